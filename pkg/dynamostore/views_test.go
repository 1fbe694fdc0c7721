package dynamostore_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/viewtest"
)

func TestViews(t *testing.T) {
	t.Parallel()
	dynamolocal.Endpoint(t) // skips where none can run
	viewtest.Run(t, func(t testing.TB) readmodel.Store {
		client, name := tableOf(t, dynamostore.ViewsTable)
		return dynamostore.NewViews(client, name)
	})
}

// tableOf makes a table of the test's own, for what the plain name says.
func tableOf(tb testing.TB, plain string) (client *dynamodb.Client, name string) {
	tb.Helper()
	client, name = dynamolocal.Client(dynamolocal.Endpoint(tb)), plain+"-"+rand.Text()
	if err := dynamostore.Create(tb.Context(), client, plain, name); err != nil {
		tb.Fatal(err)
	}
	return client, name
}

// line returns a row of about the size of an order in a list, which was not put
// yet.
func line(id string, lists ...string) readmodel.Row {
	return readmodel.Row{
		Key: readmodel.Key{View: "order-list", Tenant: "main", ID: id}, Lists: lists, Sort: "2026-03-01T12:00:00.000Z",
		Applied: map[string]eventstore.Position{"order": eventstore.NoStream(eventstore.StreamID{Tenant: "main", Category: "order", ID: id})},
		Data:    []byte(`{"customerId":"cust-1","status":"submitted","total":{"amount":10997,"currency":"USD"},"placedAt":"2026-03-01T12:00:00Z"}`),
	}
}

func put(t testing.TB, views readmodel.Store, row readmodel.Row) readmodel.Row {
	t.Helper()
	if err := views.Put(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	row.Revision++
	return row
}

func TestAPageOfOverAMegabyteIsWhole(t *testing.T) {
	t.Parallel()
	m, views := meter(t)
	var ids []string
	for i := range 30 {
		row := line(fmt.Sprintf("%02d", i), "all")
		row.Data = fmt.Appendf(nil, "%q", strings.Repeat("x", 50<<10))
		put(t, views, row)
		ids = append(ids, row.ID)
	}
	for _, limit := range []int{25, 30, 31} {
		m.take()
		rows, err := views.List(t.Context(), readmodel.Page{View: "order-list", Tenant: "main", List: "all", Limit: limit})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, r.ID)
		}
		same(t, "rows", got, ids[:min(limit, 30)])
		same(t, "queries", m.take().Requests, 2)
	}
}

func TestARowThatAnItemDoesNotHoldIsRefusedBeforeTheRequest(t *testing.T) {
	t.Parallel()
	m, views := meter(t)
	for i, lists := range [][]string{nil, {"all"}, {strings.Repeat("a long list's name ", 20)}} {
		row := line(fmt.Sprint(i), lists...)
		row.Sort = strings.Repeat("s", 200) // so that an entry may be larger than the row
		largest := 404_000
		for step := 4 << 10; step > 0; step /= 2 {
			row.Data = fmt.Appendf(nil, "%q", strings.Repeat("x", largest+step))
			if err := views.Put(t.Context(), row); err == nil {
				largest += step
				row.Revision++
			} else if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok || !strings.Contains(err.Error(), "bytes are more than an item holds (409600)") {
				t.Fatal(err)
			}
		}
		if largest < 405_000 || largest >= eventstore.MaxItem {
			t.Errorf("the largest has %d bytes", largest)
		}
	}
	put(t, views, line(strings.Repeat("x", 995), "all"))
	m.take()
	spoilt := line("spoilt")
	spoilt.Data = []byte("\"\xff\"")
	for what, row := range map[string]readmodel.Row{
		"not UTF-8":                  spoilt,
		"is more than a key holds (": line(strings.Repeat("x", 2048)),
		"or a place of 1021":         line(strings.Repeat("x", 996), "all"),
		"a name of 10021 bytes":      line("a", strings.Repeat("x", 10_000)),
	} {
		err := views.Put(t.Context(), row)
		if _, ok := errors.AsType[*eventstore.InvalidError](err); !ok || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: got %v", what, err)
		}
	}
	same(t, "bill", m.take(), bill{})
}

func TestADamagedRowIsNamed(t *testing.T) {
	t.Parallel()
	client, name := tableOf(t, dynamostore.ViewsTable)
	views := dynamostore.NewViews(client, name)
	row := line("1", "all")
	row = put(t, views, row)
	scanned, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil || len(scanned.Items) != 2 {
		t.Fatal(scanned, err)
	}
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	for _, damage := range []struct {
		attribute string
		value     types.AttributeValue
	}{
		{"r", text("1")},
		{"r", &types.AttributeValueMemberN{Value: "0"}},
		{"d", &types.AttributeValueMemberN{Value: "0"}},
		{"o", text("one")},
		{"o", text("one two three")},
		{"o", text("\u0141\u00f3d\u017a 1")},
		{"o", &types.AttributeValueMemberNULL{Value: true}},
		{"l", text("all\nodd")},
		{"l", &types.AttributeValueMemberL{}},
		{"a", text("{}")},
		{"a", &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"order": text("main/order@1")}}},
		{"a", &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"order": &types.AttributeValueMemberBOOL{}}}},
	} {
		for _, i := range scanned.Items {
			whole := i[damage.attribute]
			i[damage.attribute] = damage.value
			if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: i}); err != nil {
				t.Fatal(err)
			}
			i[damage.attribute] = whole
		}
		_, get := views.Get(t.Context(), row.Key)
		_, list := views.List(t.Context(), readmodel.Page{View: "order-list", Tenant: "main", List: "all", Limit: 1})
		alone := row
		alone.Lists = nil
		for where, err := range map[string]error{
			"main order-list row 1 at row": get, "main order-list list all at 2026-03-01T12:00:00.000Z 1": list,
			"main order-list row 1": views.Put(t.Context(), row), "item main order-list row 1": views.Put(t.Context(), alone),
		} {
			if err == nil || !strings.Contains(err.Error(), where) || !strings.Contains(err.Error(), fmt.Sprintf("attribute %q is missing or makes no sense", damage.attribute)) {
				t.Errorf("%q is %v: got %v", damage.attribute, damage.value, err)
			}
		}
	}
}
