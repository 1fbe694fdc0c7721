package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

var errCutOff = errors.New("cut off")

// cutOff is a client that is cut off after so many transactions.
type cutOff struct {
	dynamostore.ViewsClient
	left int
}

func (c *cutOff) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if c.left--; c.left < 0 {
		return nil, errCutOff
	}
	return c.ViewsClient.TransactWriteItems(ctx, in, o...)
}

func summing(from, sums int, amount int64) (all []readmodel.Sum) {
	for i := range sums {
		all = append(all, readmodel.Sum{Group: "g", ID: fmt.Sprintf("%03d", from+i), Amounts: map[string]int64{readmodel.ByAmount: amount}})
	}
	return all
}

// Whatever the next put says, it goes on from what the last one did.
func TestAPutThatIsCutOffAmongItsSumsIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	client, name := tableOf(t, dynamostore.ViewsTable)
	oneIn := testsize.N{Short: 7, Race: 3, Gate: 3, Soak: 1}.Get() // 3 leaves 12 of 36, with every pair
	for first := range 2 {
		for left := range 3 {
			for n, next := range [][]readmodel.Sum{summing(50, 250, 7), summing(0, 40, 3), nil} {
				for _, lists := range [][]string{nil, {"all"}} {
					if (first+left+n+len(lists))%oneIn != 0 {
						continue
					}
					row := line("1", lists...)
					row.View = fmt.Sprint("view-", first, left, n, len(lists))
					views := dynamostore.NewViews(client, name)
					if first > 0 {
						row.Sums = summing(0, 150, 5)
						row = put(t, views, row)
					}
					row.Sums = summing(50, 250, 7)
					if err := dynamostore.NewViews(&cutOff{client, left}, name).Put(t.Context(), row); !errors.Is(err, errCutOff) {
						t.Fatalf("got %v", err)
					}
					row.Sums = next
					row = put(t, views, row)
					got, err := views.Totals(t.Context(), readmodel.Group{View: row.View, Tenant: row.Tenant, Name: "g"})
					if err != nil || len(got) != len(next) {
						t.Fatalf("%s: got %d, %v; want %d", row.View, len(got), err, len(next))
					}
					for i, s := range next {
						if got[i].ID != s.ID || got[i].Of(readmodel.ByAmount).Int64() != s.Amounts[readmodel.ByAmount] {
							t.Errorf("%s: got %v, want %v", row.View, got[i], s)
						}
					}
				}
			}
		}
	}
}

func TestASumIsCountedOnceWhenRepliesAreLost(t *testing.T) {
	t.Parallel()
	_, name := tableOf(t, dynamostore.ViewsTable)
	network, client := unheard(t, "TransactWriteItems")
	views, row := dynamostore.NewViews(client, name), line("1")
	for i := range int64(3) {
		network.replies.Store(2)
		row.Sums = summing(0, 150, i+1)
		row = put(t, views, row)
		if left := network.replies.Load(); left > 0 {
			t.Fatalf("%d replies were not lost", left)
		}
		got, err := views.Totals(t.Context(), readmodel.Group{View: row.View, Tenant: row.Tenant, Name: "g"})
		if err != nil || len(got) != 150 || got[0].Of(readmodel.ByAmount).Int64() != i+1 || got[149].Of(readmodel.ByAmount).Int64() != i+1 {
			t.Errorf("got %v, %v", got, err)
		}
	}
}
