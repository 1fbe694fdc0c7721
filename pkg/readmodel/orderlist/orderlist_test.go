package orderlist_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A shop has orders that were placed, of which some were submitted or cancelled.
type shop struct {
	rows readmodel.Store
	err  error
}

// add places an order, so long after noon, and gives it the commands.
func (s *shop) add(id string, customer order.CustomerID, after time.Duration, commands ...order.Command) {
	ctx, store := context.Background(), new(memstore.Store)
	loop := command.New(store, "t", order.Aggregate)
	placed := order.Place{
		CustomerID: customer, PaymentMethod: "tok_ok", At: noon.Add(after),
		Items: []order.Item{{ProductID: "p", Quantity: 2, UnitPrice: domain.Money{Amount: 150, Currency: "USD"}}},
	}
	for _, c := range append([]order.Command{placed}, commands...) {
		if _, err := loop.Do(ctx, id, command.Request{}, c); err != nil {
			s.err = err
		}
	}
	view := orderlist.New(s.rows, store)
	for c, err := range store.Scan(ctx, 0, 1) {
		if err == nil {
			err = view.Apply(ctx, c)
		}
		if err != nil {
			s.err = err
		}
	}
}

func newShop() *shop {
	s := &shop{rows: boltstore.NewViews()}
	s.add("1", "ada", 0)
	s.add("2", "ada", time.Nanosecond, order.Submit{})
	s.add("3", "adalbert", time.Second, order.Submit{})
	s.add("4", "ada", -time.Hour, order.Cancel{})
	s.add("5", "ada", 0, order.AddItem{Item: order.Item{ProductID: "q", Quantity: 1, UnitPrice: domain.Money{Amount: 1, Currency: "USD"}}})
	return s
}

func TestOrdersAreListedNewestFirst(t *testing.T) {
	s := newShop()
	if s.err != nil {
		t.Fatal(s.err)
	}
	for _, c := range []struct {
		query orderlist.Query
		want  []order.ID
	}{
		{orderlist.Query{}, []order.ID{"3", "2", "5", "1", "4"}},
		{orderlist.Query{Customer: "ada"}, []order.ID{"2", "5", "1", "4"}},
		{orderlist.Query{Customer: "adalbert"}, []order.ID{"3"}},
		{orderlist.Query{Customer: "grace"}, []order.ID{}},
		{orderlist.Query{Status: order.StatusPending}, []order.ID{"5", "1"}},
		{orderlist.Query{Status: order.StatusSubmitted}, []order.ID{"3", "2"}},
		{orderlist.Query{Status: order.StatusShipped}, []order.ID{}},
		{orderlist.Query{Customer: "ada", Status: order.StatusSubmitted}, []order.ID{"2"}},
		{orderlist.Query{Customer: "ada", Status: order.StatusCancelled}, []order.ID{"4"}},
		{orderlist.Query{Customer: "adalbert", Status: order.StatusCancelled}, []order.ID{}},
	} {
		for _, limit := range []int{1, 2, 3, 5, 100} {
			c.query.Limit = limit
			if got := walk(t, s.rows, c.query); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v: got %v, want %v", c.query, got, c.want)
			}
		}
	}
	lines, _, err := orderlist.List(t.Context(), s.rows, "t", orderlist.Query{Customer: "ada", Status: order.StatusPending, Limit: 1})
	want := []orderlist.Line{{
		ID: "5", CustomerID: "ada", Status: order.StatusPending, Total: domain.Money{Amount: 301, Currency: "USD"}, Version: 2, PlacedAt: noon,
	}}
	if err != nil || !reflect.DeepEqual(lines, want) {
		t.Errorf("got %+v, %v\nwant %+v", lines, err, want)
	}
}

// walk lists page by page. A page that is not full, or the last, has no next.
func walk(t *testing.T, rows readmodel.Store, q orderlist.Query) []order.ID {
	t.Helper()
	ids := []order.ID{}
	for {
		lines, next, err := orderlist.List(t.Context(), rows, "t", q)
		if err != nil || next != nil && len(lines) != q.Limit {
			t.Fatalf("%+v: got %v, %v, %v", q, lines, next, err)
		}
		for _, l := range lines {
			ids = append(ids, l.ID)
		}
		if next == nil {
			return ids
		}
		q.After = *next
	}
}

func TestADayHasTheOrdersThatWerePlacedOnItInUTC(t *testing.T) {
	s := &shop{rows: boltstore.NewViews()}
	s.add("last", "ada", -12*time.Hour-time.Nanosecond) // of the day before
	s.add("first", "ada", -12*time.Hour)
	s.add("noon", "bob", 0, order.Submit{})
	s.add("late", "ada", 12*time.Hour-time.Nanosecond, order.Submit{})
	s.add("next", "ada", 12*time.Hour)
	s.add("west", "ada", 0, order.Cancel{At: noon.AddDate(0, 0, 1)})
	if s.err != nil {
		t.Fatal(s.err)
	}
	for _, c := range []struct {
		query orderlist.Query
		want  []order.ID
	}{
		{orderlist.Query{Day: "2026-11-24"}, []order.ID{"late", "west", "noon", "first"}},
		{orderlist.Query{Day: "2026-11-23"}, []order.ID{"last"}},
		{orderlist.Query{Day: "2026-11-25"}, []order.ID{"next"}},
		{orderlist.Query{Day: "2026-11-26"}, []order.ID{}},
		{orderlist.Query{Day: "0001-01-01"}, []order.ID{}},
		{orderlist.Query{Day: "9999-12-31"}, []order.ID{}},
		{orderlist.Query{Day: "2026-11-24", Customer: "ada"}, []order.ID{"late", "west", "first"}},
		{orderlist.Query{Day: "2026-11-24", Status: order.StatusSubmitted}, []order.ID{"late", "noon"}},
		{orderlist.Query{Day: "2026-11-24", Customer: "ada", Status: order.StatusPending}, []order.ID{"first"}},
		{orderlist.Query{Day: "2026-11-24", Customer: "grace"}, []order.ID{}},
	} {
		for _, limit := range []int{1, 2, 4, 100} {
			c.query.Limit = limit
			if got := walk(t, s.rows, c.query); !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v: got %v, want %v", c.query, got, c.want)
			}
		}
	}
}

func TestAnotherTenantSeesNothing(t *testing.T) {
	lines, next, err := orderlist.List(t.Context(), newShop().rows, "other", orderlist.Query{Limit: 10})
	if lines == nil || !slices.Equal(lines, []orderlist.Line{}) || next != nil || err != nil {
		t.Errorf("got %v, %v, %v", lines, next, err)
	}
}

func Example() {
	lines, next, err := orderlist.List(context.Background(), newShop().rows, "t", orderlist.Query{Status: order.StatusSubmitted, Limit: 1})
	fmt.Println(lines[0].ID, lines[0].CustomerID, lines[0].Total.Amount, next.ID, err)
	// Output: 3 adalbert 300 3 <nil>
}
