package dynamostore_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/daybook-es/daybook/pkg/dynamostore"
)

func connections(t testing.TB) *dynamostore.Connections {
	t.Helper()
	client, name := tableOf(t, dynamostore.ConnectionsTable)
	return dynamostore.NewConnections(client, name, "main")
}

func join(t testing.TB, c *dynamostore.Connections, connection, topic string) *dynamostore.Lease {
	t.Helper()
	l, err := c.Join(t.Context(), connection, topic, "0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestATicketIsTakenOnce(t *testing.T) {
	c := connections(t)
	ticket, err := c.Ticket(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, one := range []string{"", ticket + "A", ticket, ticket} {
		if good, err := c.Admit(t.Context(), "one", one); err != nil || good != (i == 2) {
			t.Errorf("%d: %v, %v", i, good, err)
		}
		if somebody, err := c.Any(t.Context()); err != nil || somebody != (i >= 2) {
			t.Errorf("%d: somebody is there: %v, %v", i, somebody, err)
		}
	}
	if err := c.Forget(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if somebody, err := c.Any(t.Context()); err != nil || somebody {
		t.Errorf("forgotten, and somebody is there: %v, %v", somebody, err)
	}
}

func TestASubscriptionThatIsTakenIsGivenUpWhenNobodyAskedForMore(t *testing.T) {
	c := connections(t)
	l := join(t, c, "one", "all")
	if other, err := c.Take(t.Context(), "one", "all"); other != nil || err != nil {
		t.Fatalf("taken twice: %+v, %v", other, err)
	}
	if err := c.Move(t.Context(), l, "7"); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, true} {
		if done, err := c.Release(t.Context(), l); done != want || err != nil {
			t.Errorf("%d: given up: %v, %v", i, done, err)
		}
	}
	if err := c.Move(t.Context(), l, "8"); !errors.Is(err, dynamostore.ErrLost) {
		t.Errorf("moved after it was given up: %v", err)
	}
	l, err := c.Take(t.Context(), "one", "all")
	if err != nil || l == nil || l.Place != "7" {
		t.Fatalf("%+v, %v", l, err)
	}
	if err := c.Yield(t.Context(), l); err != nil {
		t.Error(err)
	}
	if done, err := c.Release(t.Context(), l); done || !errors.Is(err, dynamostore.ErrLost) {
		t.Errorf("given up twice: %v, %v", done, err)
	}
}

func TestWhoeverIsGoneIsFoundNoMore(t *testing.T) {
	c := connections(t)
	l := join(t, c, "one", "all")
	join(t, c, "one", "order/1")
	join(t, c, "two", "all")
	if was, err := c.Leave(t.Context(), "one", "order/1"); !was || err != nil {
		t.Errorf("%v, %v", was, err)
	}
	if was, err := c.Leave(t.Context(), "one", "order/1"); was || err != nil {
		t.Errorf("twice: %v, %v", was, err)
	}
	if err := c.Forget(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if all, err := c.Of(t.Context(), "all"); err != nil || !slices.Equal(all, []string{"two"}) {
		t.Errorf("%v, %v", all, err)
	}
	if err := c.Move(t.Context(), l, "1"); !errors.Is(err, dynamostore.ErrLost) {
		t.Errorf("moved: %v", err)
	}
	if l, err := c.Take(t.Context(), "one", "all"); l != nil || err != nil {
		t.Errorf("taken: %+v, %v", l, err)
	}
}

func TestAConnectionHasAHundredSubscriptionsEachOnce(t *testing.T) {
	t.Parallel()
	c := connections(t)
	for n := range 100 {
		join(t, c, "one", fmt.Sprint("order/", n))
	}
	if _, err := c.Join(t.Context(), "one", "order/7", "0"); !errors.Is(err, dynamostore.ErrSubscribed) {
		t.Errorf("twice: %v", err)
	}
	if _, err := c.Join(t.Context(), "one", "all", "0"); !errors.Is(err, dynamostore.ErrTooMany) {
		t.Errorf("one more: %v", err)
	}
}

// Something happens, and somebody is woken; many at once. Whoever holds the
// subscription reads how much has happened, as a teller does.
func TestOfManyWhoAreWokenOneTellsAndNothingIsLeft(t *testing.T) {
	t.Parallel()
	c := connections(t)
	l := join(t, c, "one", "all")
	if done, err := c.Release(t.Context(), l); !done || err != nil {
		t.Fatal(done, err)
	}
	var happened, told, holders atomic.Int64
	wake := func() {
		happened.Add(1)
		l, err := c.Take(t.Context(), "one", "all")
		if err != nil {
			t.Error(err)
		}
		if l == nil {
			return
		}
		if holders.Add(1) != 1 {
			t.Error("two have it")
		}
		for {
			told.Store(happened.Load())
			holders.Add(-1) // before it can be somebody else's
			done, err := c.Release(t.Context(), l)
			if err != nil {
				t.Error(err)
			}
			if done || err != nil {
				return
			}
			holders.Add(1)
		}
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				wake()
			}
		})
	}
	wg.Wait()
	if happened.Load() != 200 || told.Load() != 200 {
		t.Errorf("%d happened, %d were told", happened.Load(), told.Load())
	}
}
