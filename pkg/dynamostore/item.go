package dynamostore

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// item is an item as the SDK has it.
type item = map[string]types.AttributeValue

func encode(i eventstore.Item) item {
	a := item{
		"p":  &types.AttributeValueMemberS{Value: i.P},
		"v":  &types.AttributeValueMemberN{Value: strconv.FormatUint(uint64(i.V), 10)},
		"n":  &types.AttributeValueMemberN{Value: strconv.Itoa(i.N)},
		"e":  &types.AttributeValueMemberS{Value: i.E},
		"c":  &types.AttributeValueMemberS{Value: i.C},
		"at": &types.AttributeValueMemberS{Value: i.At},
	}
	if i.SV > 0 {
		a["s"] = &types.AttributeValueMemberS{Value: i.S}
		a["sv"] = &types.AttributeValueMemberN{Value: strconv.Itoa(i.SV)}
	}
	return a
}

// decode reads a commit. An item that makes no sense is as
// [eventstore.Item.Invalid] has it.
func decode(a item) (eventstore.Commit, error) {
	r := reader{item: a}
	i := eventstore.Item{
		P: r.text("p"), V: eventstore.Version(r.number("v")), N: r.number("n"),
		E: r.text("e"), C: r.text("c"), At: r.text("at"),
	}
	if a["s"] != nil || a["sv"] != nil {
		i.S, i.SV = r.text("s"), r.number("sv")
	}
	if r.wrong != "" {
		return i.Invalid("attribute %q is missing or makes no sense", r.wrong)
	}
	return i.Commit()
}

// A reader takes attributes out of an item and remembers the first that was not
// what it should be.
type reader struct {
	item  item
	wrong string
}

func (r *reader) text(name string) string {
	a, ok := r.item[name].(*types.AttributeValueMemberS)
	if !ok {
		r.fail(name)
		return ""
	}
	return a.Value
}

func (r *reader) number(name string) int {
	a, ok := r.item[name].(*types.AttributeValueMemberN)
	if !ok {
		r.fail(name)
		return 0
	}
	n, err := strconv.Atoi(a.Value)
	if err != nil || n < 1 {
		r.fail(name)
	}
	return n
}

func (r *reader) fail(name string) {
	if r.wrong == "" {
		r.wrong = name
	}
}
