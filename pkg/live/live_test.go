package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/live"
)

// A book is a store, and what is told of it.
type book struct {
	*boltstore.Store
	live.Source
	ends map[eventstore.StreamID]eventstore.Position
}

func open() (*book, error) {
	store, err := boltstore.Open(boltstore.Memory)
	b := &book{Store: store, ends: make(map[eventstore.StreamID]eventstore.Position)}
	b.Source = live.Source{Tenant: "t", Events: store, Journal: boltstore.NewJournal(store)}
	return b, err
}

func newBook(t *testing.T) *book {
	t.Helper()
	b, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *book) note(category, id string, events ...eventstore.Event) error {
	stream := eventstore.StreamID{Tenant: "t", Category: category, ID: id}
	end, known := b.ends[stream]
	if !known {
		end = eventstore.NoStream(stream)
	}
	c, err := b.Append(context.Background(), stream, end, eventstore.Commit{
		Events: events, Command: eventstore.CommandID{Key: fmt.Sprint(end.Version())}, At: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC),
	})
	b.ends[stream] = c.End()
	return err
}

func noted() eventstore.Event {
	return eventstore.Event{Type: "noted.v1", Data: json.RawMessage(`{}`)}
}

func placed(customer order.CustomerID) eventstore.Event {
	name, data, err := order.Events.Encode(order.Placed{CustomerID: customer, Recipient: order.Recipient{Name: "Ada Lovelace"}})
	if err != nil {
		panic(err)
	}
	return eventstore.Event{Type: name, Data: data}
}

// told reads a topic to its end and returns streams and versions.
func (b *book) told(t *testing.T, topic live.Topic, after string) (all []string, cursor string) {
	t.Helper()
	at, err := b.Begin(t.Context(), topic, after)
	if err != nil {
		t.Fatal(err)
	}
	for {
		messages, next, err := b.Next(t.Context(), topic, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			var said struct {
				Stream, Cursor string
				Version        int
			}
			if err := json.Unmarshal(m.Text, &said); err != nil || said.Cursor != m.Place.Cursor() {
				t.Errorf("%s, %v", m.Text, err)
			}
			if at.Holds(m) || !m.Place.Holds(m) || !next.Holds(m) {
				t.Errorf("%s: its place is not after the one before, or not held by the next", m.Text)
			}
			all = append(all, fmt.Sprintf("%s@%d", said.Stream, said.Version))
		}
		if next.Cursor() == at.Cursor() {
			return all, at.Cursor()
		}
		at = next
	}
}

func (b *book) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestATopicIsToldFromItsCursorOn(t *testing.T) {
	b := newBook(t)
	b.must(t, b.note("order", "a", placed("ada")))
	_, begun := b.told(t, "all", "")
	b.must(t, b.note("order", "b", placed("bob"), noted()))
	b.must(t, b.note("stock", "p", noted()))
	b.must(t, b.note("order", "a", noted(), noted()))
	for _, c := range []struct {
		topic       live.Topic
		after, want string
	}{
		{"all", begun, "[order/b@2 stock/p@1 order/a@3]"},
		{"all", "", "[]"},
		{"customer/ada", begun, "[order/a@3]"},
		{"customer/nobody", begun, "[]"},
		{"order/a", "", "[order/a@1 order/a@3]"},
		{"order/a", "1", "[order/a@3]"},
		{"order/a", "3", "[]"},
		{"order/none", "", "[]"},
		{"stock/p", "0", "[stock/p@1]"},
	} {
		if got, _ := b.told(t, c.topic, c.after); fmt.Sprint(got) != c.want {
			t.Errorf("%s after %q: got %v, want %s", c.topic, c.after, got, c.want)
		}
	}
}

func TestALongStreamIsToldPieceByPiece(t *testing.T) {
	b := newBook(t)
	for range 250 {
		b.must(t, b.note("stock", "p", noted()))
	}
	if got, cursor := b.told(t, "stock/p", "7"); len(got) != 243 || cursor != "250" {
		t.Errorf("%d messages, to %s", len(got), cursor)
	}
}

func TestWhatIsNoPlaceIsRefused(t *testing.T) {
	b := newBook(t)
	b.must(t, b.note("order", "a", placed("ada"), noted()))
	_, cursor := b.told(t, "all", "")
	for _, c := range []struct {
		topic live.Topic
		after string
	}{{"order/a", "1"}, {"order/a", "3"}, {"order/a", "x"}, {"order/a", cursor}, {"order/none", "1"}, {"all", "2"}, {"all", cursor + "A"}, {"customer/ada", "0"}} {
		_, err := b.Begin(t.Context(), c.topic, c.after)
		if refusal, ok := errors.AsType[*live.Refusal](err); !ok || refusal.Code != "cursor.unknown" {
			t.Errorf("%s after %q: %v", c.topic, c.after, err)
		}
	}
}

func TestWhatIdentifiesAPersonIsNotTold(t *testing.T) {
	b := newBook(t)
	_, begun := b.told(t, "all", "")
	b.must(t, b.note("order", "a", placed("ada")))
	for topic, after := range map[live.Topic]string{"order/a": "", "all": begun, "customer/ada": begun} {
		at, err := b.Begin(t.Context(), topic, after)
		b.must(t, err)
		messages, _, err := b.Next(t.Context(), topic, at)
		if err != nil || len(messages) != 1 || strings.Contains(string(messages[0].Text), "Lovelace") {
			t.Errorf("%s: %s, %v", topic, messages[0].Text, err)
		}
	}
}

func FuzzParseFrame(f *testing.F) {
	for _, seed := range []string{`{"subscribe":"all"}`, `{"subscribe":"order/a","after":"1"}`, `{"unsubscribe":"customer/a"}`, `{`, ``} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		frame, err := live.ParseFrame(text)
		if refusal, ok := errors.AsType[*live.Refusal](err); err != nil && (!ok || refusal.Code == "" || refusal.Detail == "") {
			t.Errorf("%q: %v", text, err)
		}
		if err == nil && (frame.Subscribe == "") == (frame.Unsubscribe == "") {
			t.Errorf("%q: %+v", text, frame)
		}
	})
}

func Example() {
	b, err := open()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	_ = b.note("order", "a", placed("ada"))
	frame, err := live.ParseFrame([]byte(`{"subscribe": "order/a", "after": "0"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	at, _ := b.Begin(context.Background(), frame.Subscribe, frame.After)
	messages, next, err := b.Next(context.Background(), frame.Subscribe, at)
	fmt.Println(len(messages), next.Cursor(), err)
	// Output: 1 1 <nil>
}
