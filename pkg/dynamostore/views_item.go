package dynamostore

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// encodeRow returns the item of a row as it is once it is written. Its entries
// are the same, but for where they stand.
//
//	r  revision
//	o  its place, as it is the sort key of entries
//	d  data
//	a  category → position; left out when empty
//	l  its lists, as one key; left out when empty
//	c  what it contributes to sums, as JSON; left out when empty
//
// While its next put takes several transactions, k counts those that are done; a
// row that was not there has c and k alone.
func encodeRow(row readmodel.Row) (item, error) {
	i := rowAt(row.Key).of(item{
		"r": &types.AttributeValueMemberN{Value: strconv.FormatInt(row.Revision+1, 10)},
		"o": &types.AttributeValueMemberS{Value: key(row.Sort, row.ID)},
		"d": &types.AttributeValueMemberS{Value: string(row.Data)},
	})
	if len(row.Applied) > 0 {
		applied := make(item, len(row.Applied))
		for category, position := range row.Applied {
			text, err := position.MarshalText()
			if err != nil {
				return nil, fmt.Errorf("put %s: %w", named(row.Key), err)
			}
			applied[category] = &types.AttributeValueMemberS{Value: string(text)}
		}
		i["a"] = &types.AttributeValueMemberM{Value: applied}
	}
	if len(row.Lists) > 0 {
		i["l"] = &types.AttributeValueMemberS{Value: key(row.Lists...)}
	}
	if len(row.Sums) > 0 {
		c, err := json.Marshal(row.Sums)
		if err != nil {
			return nil, fmt.Errorf("put %s: %w", named(row.Key), err)
		}
		i["c"] = &types.AttributeValueMemberS{Value: string(c)}
	}
	return i, storable(row, i)
}

// storable is an [*eventstore.InvalidError] when DynamoDB would refuse the row,
// or replace what is no text.
func storable(row readmodel.Row, i item) error {
	invalid := func(format string, args ...any) error {
		return &eventstore.InvalidError{Reason: "put " + named(row.Key) + ": " + fmt.Sprintf(format, args...)}
	}
	if !utf8.Valid(row.Data) {
		return invalid("its data is not UTF-8")
	}
	for _, a := range append(entriesAt(row), rowAt(row.Key)) {
		if len(a.p) > maxPartition || len(a.s) > maxPlace {
			return invalid("a name of %d bytes, or a place of %d, is more than a key holds (%d and %d)", len(a.p), len(a.s), maxPartition, maxPlace)
		}
		if size := sizeOf(a.of(i)); size > eventstore.MaxItem {
			return invalid("%d bytes are more than an item holds (%d)", size, eventstore.MaxItem)
		}
	}
	for _, s := range row.Sums {
		if err := s.Check(); err != nil {
			return fmt.Errorf("put %s: %w", named(row.Key), err)
		}
		if p := sumAt(row.Key, s).p; len(p) > maxPartition {
			return invalid("the group of a sum has a name of %d bytes, more than a key holds (%d)", len(p), maxPartition)
		}
	}
	return nil
}

// decodeLine reads a row, which may be one that is not there yet.
func decodeLine(i item, k readmodel.Key) (line, error) {
	l, r := line{Row: readmodel.Row{Key: k}}, reader{item: i}
	if i["k"] != nil {
		l.steps = r.number("k")
	}
	if i["k"] != nil && i["r"] == nil {
		l.Sums = r.sums("c")
		return l, r.err(k.View)
	}
	row, err := decodeRow(i, k.View, k.Tenant)
	if err == nil {
		err = r.err(k.View)
	}
	l.Row = row
	return l, err
}

// decodeRow reads a row or an entry.
func decodeRow(i item, view, tenant string) (readmodel.Row, error) {
	r := reader{item: i}
	row := readmodel.Row{
		Key: readmodel.Key{View: view, Tenant: tenant}, Revision: int64(r.number("r")), Data: json.RawMessage(r.text("d")),
		Applied: r.positions("a"), Lists: r.names("l"), Sums: r.sums("c"),
	}
	if place, ok := texts(r.text("o")); ok && len(place) == 2 {
		row.Sort, row.ID = place[0], place[1]
	} else {
		r.fail("o")
	}
	return row, r.err(view)
}

// err is an error when something was not what it should be.
func (r *reader) err(view string) error {
	if r.wrong == "" {
		return nil
	}
	p, s := reader{item: r.item}, reader{item: r.item}
	return fmt.Errorf("view %s: item %s at %s: attribute %q is missing or makes no sense; rebuild the view", view, p.text("p"), s.text("s"), r.wrong)
}

func (r *reader) positions(name string) map[string]eventstore.Position {
	if r.item[name] == nil {
		return map[string]eventstore.Position{}
	}
	m, ok := r.item[name].(*types.AttributeValueMemberM)
	if !ok {
		r.fail(name)
		return nil
	}
	positions, in := make(map[string]eventstore.Position, len(m.Value)), reader{item: m.Value}
	for category := range m.Value {
		var p eventstore.Position
		if err := p.UnmarshalText([]byte(in.text(category))); err != nil {
			r.fail(name)
		}
		positions[category] = p
	}
	return positions
}

func (r *reader) names(name string) []string {
	if r.item[name] == nil {
		return nil
	}
	l, ok := r.item[name].(*types.AttributeValueMemberS)
	if !ok {
		r.fail(name)
		return nil
	}
	names, ok := texts(l.Value)
	if !ok {
		r.fail(name)
	}
	return names
}

func named(k readmodel.Key) string { return k.ID + " of " + k.View }
