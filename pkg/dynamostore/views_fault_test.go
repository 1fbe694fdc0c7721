package dynamostore_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

func TestAWriteAtTheSameMomentIsARace(t *testing.T) {
	for _, refusals := range []struct{ alone, listed string }{
		{refusal("ConditionalCheckFailedException"), cancelled("ConditionalCheckFailed", "None")},
		{refusal("TransactionConflictException"), cancelled("None", "TransactionConflict")},
		{refusal("TransactionConflictException"), cancelled("ThrottlingError", "ConditionalCheckFailed")},
	} {
		row := line("1")
		row.Revision = 1
		if err := dynamostore.NewViews(over(answer(400, refusals.alone)), "views").Put(t.Context(), row); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("alone: got %v", err)
		}
		if err := dynamostore.NewViews(over(answer(400, refusals.listed)), "views").Put(t.Context(), line("1", "all")); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("in a list: got %v", err)
		}
	}
}

func TestAPutWhoseReplyIsLostIsNoRace(t *testing.T) {
	_, name := tableOf(t, dynamostore.ViewsTable)
	for operation, row := range map[string]readmodel.Row{"PutItem": line("1"), "TransactWriteItems": line("2", "all", "odd")} {
		network, client := unheard(t, operation)
		views := dynamostore.NewViews(client, name)
		for range 3 {
			network.replies.Store(2)
			row = put(t, views, row)
			if left := network.replies.Load(); left > 0 {
				t.Fatalf("%d replies were not lost", left)
			}
			got, err := views.Get(t.Context(), row.Key)
			if err != nil || got.Revision != row.Revision {
				t.Errorf("%s: got %+v, %v", operation, got, err)
			}
			row.Data = []byte(`{}`)
		}
		late := row
		late.Revision, late.Data = late.Revision-1, []byte(`{"late":true}`)
		if err := views.Put(t.Context(), late); !errors.Is(err, readmodel.ErrRace) {
			t.Errorf("%s: a put that is late: got %v", operation, err)
		}
	}
}

// between is a client with whom somebody else writes the row after each read.
type between struct {
	dynamostore.ViewsClient
	write func()
}

func (b *between) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	out, err := b.ViewsClient.GetItem(ctx, in, o...)
	if b.write != nil {
		b.write()
	}
	return out, err
}

func TestAPutThatWasOvertakenLeavesTheListsAsTheyAre(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	others, slow := dynamostore.NewViews(client, name), &between{ViewsClient: client}
	row := put(t, others, line("1", "all", "pending"))
	slow.write = func() {
		next := row
		next.Lists = []string{"all", "submitted"}
		put(t, others, next)
		slow.write = nil
	}
	late := row
	late.Lists = []string{"all", "cancelled"}
	if err := dynamostore.NewViews(slow, name).Put(t.Context(), late); !errors.Is(err, readmodel.ErrRace) {
		t.Fatalf("got %v", err)
	}
	for list, want := range map[string]int{"all": 1, "pending": 0, "submitted": 1, "cancelled": 0} {
		rows, err := others.List(t.Context(), readmodel.Page{View: row.View, Tenant: row.Tenant, List: list, Limit: 10})
		if err != nil || len(rows) != want || want == 1 && rows[0].Revision != 2 {
			t.Errorf("%s: got %v, %v", list, rows, err)
		}
	}
}

func TestARowMayNameAListTwice(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	views := dynamostore.NewViews(client, name)
	row := put(t, views, line("1", "all", "all"))
	for want := 1; want >= 0; want-- {
		rows, err := views.List(t.Context(), readmodel.Page{View: row.View, Tenant: row.Tenant, List: "all", Limit: 10})
		if err != nil || len(rows) != want {
			t.Fatalf("got %v, %v; want %d rows", rows, err, want)
		}
		row.Lists = nil
		if want == 1 {
			row = put(t, views, row)
		}
	}
}
