package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/internal/eventually"
)

// A shop is the real program over a folder, as its customers see it.
type shop struct {
	site
	data string
	stop func() error
	log  *bytes.Buffer // its errors; to be read once it is stopped
}

// openShop opens a shop in a bubble or, where n is nil, outside.
func openShop(t *testing.T, n *bubble.Network, data string, demo bool) *shop {
	t.Helper()
	s := &shop{data: data, log: new(bytes.Buffer)}
	s.site, s.stop = serve(t, n, app.Config{Data: data, Demo: demo, Log: errorsTo(s.log)})
	t.Cleanup(func() { s.stop() })
	return s
}

// close stops the shop, which has logged no error.
func (s *shop) close(t *testing.T) {
	t.Helper()
	if err := s.stop(); err != nil || s.log.Len() > 0 {
		t.Errorf("stopped with %v; errors in the log: %s", err, s.log)
	}
}

// written is the answer to a write.
type written struct {
	status int

	ID     string
	Status any // a word; of a problem, a number
	Total  struct{ Amount int64 }
	OnHand int
	Code   string
}

// post writes under a key. An error says that nothing was answered.
func (s site) post(ctx context.Context, path, key, body string) (w written, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		return w, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Idempotency-Key", key)
	answer, err := s.web.Do(r)
	if err != nil {
		return w, err
	}
	defer answer.Body.Close()
	w.status = answer.StatusCode
	return w, json.NewDecoder(answer.Body).Decode(&w)
}

// A basket is what somebody orders.
type basket struct {
	method, postalCode string
	pieces             map[string]int
}

var prices = map[string]int64{"product-1": 2999, "product-2": 4999, "scarce": 1250}

func (b basket) total() (sum int64) {
	for product, n := range b.pieces {
		sum += prices[product] * int64(n)
	}
	return sum
}

func (b basket) body() string {
	var items []string
	for _, product := range slices.Sorted(maps.Keys(b.pieces)) { // a repeat is the same, byte by byte
		n := b.pieces[product]
		items = append(items, fmt.Sprintf(`{"productId":%q,"quantity":%d,"unitPrice":{"amount":%d,"currency":"USD"}}`, product, n, prices[product]))
	}
	return fmt.Sprintf(`{"customerId":"cust-456","items":[%s],"paymentMethod":%q,`+
		`"shippingAddress":{"name":"Ada","line1":"1 Main St","city":"Springfield","postalCode":%q,"country":"US"}}`,
		strings.Join(items, ","), b.method, b.postalCode)
}

// A purchase is an order on its way to be submitted and, where somebody thinks
// better of it, cancelled. Each of its requests stands under one key.
type purchase struct {
	basket
	key    string
	regret bool

	id        string
	submitted bool
	cancelled int // the status that was answered to the cancel
}

func (p *purchase) over() bool { return p.submitted && (!p.regret || p.cancelled != 0) }

// step sends the purchase's next request, or the last again that was not answered.
func (p *purchase) step(ctx context.Context, at site) error {
	path, key, body := "/orders/"+p.id+"/cancel", p.key+"-cancel", `{"reason":"thought better of it"}`
	switch {
	case p.id == "":
		path, key, body = "/orders", p.key+"-place", p.body()
	case !p.submitted:
		path, key, body = "/orders/"+p.id+"/submit", p.key+"-submit", ""
	}
	got, err := at.post(ctx, path, key, body)
	if err != nil {
		return err
	}
	right := got.status >= 300 || got.Total.Amount == p.total() && (p.id == "" || got.ID == p.id)
	switch said := fmt.Sprint(got.status, " ", got.Status, " ", got.Code); {
	case p.id == "":
		right = right && said == "201 pending "
		p.id = got.ID
	case !p.submitted:
		right = right && said == "202 submitted "
		p.submitted = true
	default:
		right = right && slices.Contains([]string{"202 cancelling ", "200 cancelled ", "422 422 order.shipped"}, said)
		p.cancelled = got.status
	}
	if !right {
		return fmt.Errorf("%w to %s of %s: %+v", errWrong, path, p.key, got)
	}
	return nil
}

// finish sends all that is left of the purchase to a server that stays.
func (p *purchase) finish(ctx context.Context, at site) error {
	for !p.over() {
		if err := p.step(ctx, at); err != nil {
			return err
		}
	}
	return nil
}

// receive takes pieces in.
func (s *shop) receive(t *testing.T, pieces map[string]int) {
	t.Helper()
	for product, n := range pieces {
		got, err := s.post(t.Context(), "/stock/"+product+"/receive", "first", fmt.Sprintf(`{"quantity":%d}`, n))
		if err != nil || got.status != http.StatusOK || got.OnHand != n {
			t.Fatalf("receive %s: %+v, %v", product, got, err)
		}
	}
}

// A run is how an order is fulfilled.
type run struct {
	Status string
	Steps  []step
}

type step struct {
	Name, Status string
	Attempts     int
	Error        *struct{ Code, Detail string }
}

func (r run) over() bool { return r.Status == "succeeded" || r.Status == "compensated" }

// look asks for the run of an order, which has one once it is submitted. A run that
// is stuck is wrong.
func (s site) look(ctx context.Context, id string) (r run, err error) {
	status, err := s.fetch(ctx, "/orders/"+id+"/fulfilment", &r)
	if err == nil && r.Status == "stuck" {
		err = fmt.Errorf("%w: the run of %s is %+v (%d)", errWrong, id, r, status)
	}
	return r, err
}

// await asks for a run until it is as wanted.
func (s *shop) await(t *testing.T, id string, wanted func(run) bool) (r run) {
	t.Helper()
	var err error
	eventually.Until(t, "the run of "+id+" is as wanted", func() bool {
		r, err = s.look(t.Context(), id)
		return err != nil || wanted(r)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reach waits until a run has so many steps behind it, or is over. It asks again at
// once: a pause would miss most of the steps.
func (s site) reach(ctx context.Context, id string, steps int) error {
	for {
		if r, err := s.look(ctx, id); err != nil || len(r.Steps) >= steps || r.over() {
			return err
		}
	}
}

// settle waits until no order is open.
func (s *shop) settle(t *testing.T) {
	t.Helper()
	eventually.Until(t, "no order is open", func() bool {
		open := 0
		for _, status := range []string{"submitted", "confirmed", "cancelling"} {
			open += len(s.list(t, "limit=1&status="+status, false))
		}
		return open == 0
	})
}

// list returns the ids of the orders in a list, or in its first page.
func (s *shop) list(t *testing.T, query string, whole bool) (ids []string) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID string }
			Next  string
		}
		if status := s.get(t, "/orders?"+query+cursor, &page); status != http.StatusOK {
			t.Fatalf("the list is not there: %d", status)
		}
		for _, o := range page.Items {
			ids = append(ids, o.ID)
		}
		if page.Next == "" || !whole {
			return ids
		}
		cursor = "&cursor=" + page.Next
	}
}
