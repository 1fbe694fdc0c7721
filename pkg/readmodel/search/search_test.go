package search_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// A shop has orders and shipments, and an index of them.
type shop struct {
	store *memstore.Store
	index *bleveindex.Index
	view  projection.View
	err   error
}

func newShop() *shop {
	s := &shop{store: new(memstore.Store), index: bleveindex.New(bleveindex.Memory, slog.New(slog.DiscardHandler))}
	s.view = search.New(s.index, s.store)
	_, s.err = s.index.Begin(context.Background())
	return s
}

// open returns a shop that is closed with the test.
func open(t *testing.T) *shop {
	t.Helper()
	s := newShop()
	t.Cleanup(func() {
		if err := s.index.Close(); err != nil || s.err != nil {
			t.Error(s.err, err)
		}
	})
	return s
}

func item(product order.ProductID, name string) order.Item {
	return order.Item{ProductID: product, Name: name, Quantity: 1, UnitPrice: domain.Money{Amount: 150, Currency: "USD"}}
}

// order gives an order the commands.
func (s *shop) order(id string, commands ...order.Command) {
	for _, c := range commands {
		if _, err := command.New(s.store, "t", order.Aggregate).Do(context.Background(), id, command.Request{}, c); err != nil {
			s.err = err
		}
	}
}

func (s *shop) ship(id string, commands ...shipment.Command) {
	for _, c := range commands {
		if _, err := command.New(s.store, "t", shipment.Aggregate).Do(context.Background(), id, command.Request{}, c); err != nil {
			s.err = err
		}
	}
}

func place(customer order.CustomerID, recipient string, after time.Duration, items ...order.Item) order.Place {
	return order.Place{
		CustomerID: customer, PaymentMethod: "tok_ok", At: noon.Add(after), Items: items,
		Recipient: order.Recipient{Name: recipient, Line1: "Street", City: "Town", PostalCode: "1", Country: "GB", Email: "mail@example.com"},
	}
}

// all returns what is committed.
func (s *shop) all() (all []eventstore.Commit) {
	for c, err := range s.store.Scan(context.Background(), 0, 1) {
		if err != nil {
			s.err = err
		}
		all = append(all, c)
	}
	return all
}

// apply folds commits, and saves.
func (s *shop) apply(commits ...eventstore.Commit) {
	ctx := context.Background()
	if err := s.view.Apply(ctx, commits...); err != nil {
		s.err = err
	}
	if err := s.index.Save(ctx, projection.Place{Seq: 1}); err != nil {
		s.err = err
	}
}

// find returns the ids of what is found, with the fields that matched.
func (s *shop) find(t *testing.T, text string) string {
	t.Helper()
	hits, next, err := search.Find(t.Context(), s.index, "t", search.Query{Text: text, Limit: 10})
	if err != nil || next != nil {
		t.Fatalf("%q: %v, %v", text, next, err)
	}
	var found []string
	for _, h := range hits {
		found = append(found, string(h.ID)+":"+strings.Join(h.Matched, "+"))
	}
	return strings.Join(found, " ")
}

func TestAnOrderIsFoundByWhatItSays(t *testing.T) {
	s := open(t)
	s.order("1", place("cust-1", "Ada Lovelace", 0, item("lamp-1", "Blue desk lamp")))
	s.order("2", place("cust-2", "Grace", time.Hour, item("vase-1", "Blue vase"), item("p", "")), order.Submit{}, order.Cancel{Reason: "Found a cheaper lamp"})
	s.ship("1", shipment.Arrange{TrackingNumber: "TRK-77", At: noon})
	s.apply(s.all()...)
	for text, want := range map[string]string{
		"ada":                   "1:recipient",
		"LOVELACE, Ada":         "1:recipient",
		"cust":                  "2:customerId 1:customerId",
		"cust-2":                "2:customerId",
		"blue":                  "2:items 1:items",
		"blue lamp":             "2:items+cancelReason 1:items",
		"blue desk":             "1:items",
		"ada lamp":              "1:recipient+items",
		"trk-77":                "1:trackingNumber",
		"cheaper":               "2:cancelReason",
		"1 lamp":                "2:items+cancelReason 1:customerId+items",
		"vase-1 grace cheaper":  "2:recipient+items+cancelReason",
		"vas":                   "",
		"ada vase":              "",
		"street":                "",
		"example":               "", // neither address nor e-mail
		"tok":                   "",
		"<script>blue</script>": "",
	} {
		if got := s.find(t, text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAnOrderThatChangesIsFoundAsItIs(t *testing.T) {
	s := open(t)
	s.order("1", place("ada", "Ada", 0, item("lamp", ""), item("vase", "")), order.RemoveItem{ProductID: "lamp"})
	s.apply(s.all()...)
	if got := s.find(t, "lamp") + s.find(t, "vase"); got != "1:items" {
		t.Errorf("without the lamp: %q", got)
	}
	s.order("1", order.ReplaceItems{Items: []order.Item{item("lamp", "Lamp")}})
	s.apply(s.all()...)
	if got := s.find(t, "lamp") + s.find(t, "vase"); got != "1:items" {
		t.Errorf("with a lamp instead: %q", got)
	}
	s.order("1", order.Submit{})
	s.apply(s.all()...)
	hits, _, err := search.Find(t.Context(), s.index, "t", search.Query{Text: "lamp", Limit: 1})
	got, _ := json.Marshal(hits)
	want := `[{"id":"1","customerId":"ada","status":"submitted","total":{"amount":150,"currency":"USD"},"version":4,"placedAt":"2026-11-24T12:00:00Z","matched":["items"]}]`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestAShipmentThatComesFirstIsFoundWithItsOrder(t *testing.T) {
	s := open(t)
	s.ship("1", shipment.Arrange{TrackingNumber: "TRK77", At: noon})
	s.apply(s.all()...)
	if got := s.find(t, "trk77"); got != "" {
		t.Errorf("an order that nobody placed is found: %q", got)
	}
	s.order("1", place("ada", "Ada", 0, item("lamp", "")))
	s.apply(s.all()...)
	if got := s.find(t, "trk77 ada"); got != "1:customerId+recipient+trackingNumber" {
		t.Errorf("got %q", got)
	}
}

func TestHoweverCommitsComeTheSameIsFound(t *testing.T) {
	s := open(t)
	for i := range 20 {
		id := fmt.Sprint(i)
		s.order(id, place("ada", "Ada", time.Duration(i%7)*time.Second, item("lamp", "Lamp")), order.AddItem{Item: item("vase", "Vase")})
		if i%2 == 0 {
			s.order(id, order.RemoveItem{ProductID: "lamp"})
		}
		s.ship(id, shipment.Arrange{TrackingNumber: "TRK" + id, At: noon})
	}
	all := s.all()
	s.apply(all...)
	shuffled := open(t)
	shuffled.store, shuffled.view = s.store, search.New(shuffled.index, s.store)
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	twice := append(slices.Clone(all), all...)
	random.Shuffle(len(twice), func(i, j int) { twice[i], twice[j] = twice[j], twice[i] })
	for some := range slices.Chunk(twice, 7) {
		shuffled.apply(some...)
	}
	for _, text := range []string{"lamp", "vase", "ada", "lamp vase", "trk7", "trk7 lamp", "nothing"} {
		for _, limit := range []int{1, 3, 100} {
			if got, want := walk(t, shuffled, text, limit), walk(t, s, text, limit); got != want {
				t.Errorf("%q by %d: got %s, want %s", text, limit, got, want)
			}
		}
	}
	if got := walk(t, s, "lamp", 3); got != "13 5 19 11 3 17 9 15 1 7 " {
		t.Errorf("newest first: %s", got)
	}
}

// walk returns what is found page by page. A page that is not full is the last.
func walk(t *testing.T, s *shop, text string, limit int) (found string) {
	t.Helper()
	q := search.Query{Text: text, Limit: limit}
	for {
		hits, next, err := search.Find(t.Context(), s.index, "t", q)
		if err != nil || hits == nil || next != nil && len(hits) != limit {
			t.Fatalf("%+v: got %v, %v, %v", q, hits, next, err)
		}
		for _, h := range hits {
			found += string(h.ID) + " "
		}
		if next == nil {
			return found
		}
		q.After = *next
	}
}

func Example() {
	s := newShop()
	defer s.index.Close()
	s.order("ord_1", place("cust-1", "Ada Lovelace", 0, item("product-1", "Desk lamp")))
	s.apply(s.all()...)
	hits, next, err := search.Find(context.Background(), s.index, "t", search.Query{Text: "Lamp for Ada", Limit: 10})
	fmt.Println(len(hits), next, err)
	hits, next, err = search.Find(context.Background(), s.index, "t", search.Query{Text: "lamp, Ada", Limit: 10})
	fmt.Println(hits[0].ID, hits[0].Status, hits[0].Matched, next, err)
	// Output:
	// 0 <nil> <nil>
	// ord_1 pending [recipient items] <nil> <nil>
}
