package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// meteredRows counts the requests for rows and what they consume.
type meteredRows struct {
	dynamostore.ViewsClient
	bill
}

func meter(t testing.TB) (*meteredRows, *dynamostore.Views) {
	t.Helper()
	client, name := tableOf(t, dynamostore.ViewsTable)
	m := &meteredRows{ViewsClient: client}
	return m, dynamostore.NewViews(m, name)
}

func (m *meteredRows) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.ViewsClient.GetItem(ctx, in, o...)
	if err != nil {
		m.Requests++
		return nil, err
	}
	m.add(out.ConsumedCapacity)
	return out, nil
}

func (m *meteredRows) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.ViewsClient.PutItem(ctx, in, o...)
	if err != nil {
		m.Requests++
		return nil, err
	}
	m.add(out.ConsumedCapacity)
	return out, nil
}

// TransactWriteItems takes all items for as large as one: DynamoDB Local says what
// one of them consumes, where DynamoDB says what all do.
func (m *meteredRows) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.ViewsClient.TransactWriteItems(ctx, in, o...)
	if err != nil {
		m.Requests++
		return nil, err
	}
	*out.ConsumedCapacity[0].CapacityUnits *= float64(len(in.TransactItems))
	m.add(&out.ConsumedCapacity[0])
	return out, nil
}

func (m *meteredRows) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.ViewsClient.Query(ctx, in, o...)
	if err != nil {
		m.Requests++
		return nil, err
	}
	m.add(out.ConsumedCapacity)
	return out, nil
}

// A transaction writes at twice the price. The read before it is for the lists
// that the row stood in.
func TestAPutCostsAUnitAloneAndTwoForEachItemInLists(t *testing.T) {
	t.Parallel()
	m, views := meter(t)
	row := put(t, views, line("alone"))
	same(t, "alone", m.take(), bill{Requests: 1, Units: 1})
	put(t, views, row)
	same(t, "alone again", m.take(), bill{Requests: 1, Units: 1})

	for n := 1; n < 4; n++ {
		lists := []string{"all", "customer/cust-1", "status/submitted"}[:n]
		row, items := line(fmt.Sprint("in-", n), lists...), float64(1+n)
		m.take()
		row = put(t, views, row)
		same(t, fmt.Sprintf("into %d lists", n), m.take(), bill{Requests: 1, Units: 2 * items})
		row = put(t, views, row)
		same(t, "where it stood", m.take(), bill{Requests: 2, Units: 1 + 2*items})
		row.Lists = append(slices.Clone(lists[:n-1]), "elsewhere")
		row = put(t, views, row)
		same(t, "out of one and into another", m.take(), bill{Requests: 2, Units: 1 + 2*items + 2})
		row.Sort = "3"
		row = put(t, views, row)
		same(t, "to another place in each", m.take(), bill{Requests: 2, Units: 1 + 2*items + 2*float64(n)})
		late := row
		late.Revision--
		if err := views.Put(t.Context(), late); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("a put that is late: got %v", err)
		}
		same(t, "late", m.take(), bill{Requests: 1, Units: 1})
		row.Lists = nil
		put(t, views, row)
		same(t, "out of all, after a put alone was refused", m.take(), bill{Requests: 2, Units: 2 * items})
	}
}

func TestAListOf50IsOneQuery(t *testing.T) {
	m, views := meter(t)
	for i := range 60 {
		put(t, views, line(fmt.Sprintf("ord_%026d", i), "all"))
	}
	m.take()
	rows, err := views.List(t.Context(), readmodel.Page{View: "order-list", Tenant: "main", List: "all", Limit: 50, Descending: true})
	if err != nil || len(rows) != 50 {
		t.Fatalf("got %d rows, %v", len(rows), err)
	}
	same(t, "bill", m.take(), bill{Requests: 1, Units: 4})
}
