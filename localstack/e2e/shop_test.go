package e2e_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Servers close an idle connection after 5 s or later; a POST at that moment has no
// answer, so the client lets go first.
var web = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 2 * time.Second}}

// An answer is what came over HTTP.
type answer struct {
	status int
	header http.Header
	body   string
}

// send asks the API; a key makes it a write that happens once.
func (s *stack) send(ctx context.Context, method, path, key, body string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	got, err := web.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	return answer{got.StatusCode, got.Header, string(text)}, err
}

// post writes, and is answered with the status.
func (s *stack) post(t *testing.T, path, key, body string, status int) answer {
	t.Helper()
	got, err := s.send(t.Context(), http.MethodPost, path, key, body)
	if err != nil || got.status != status {
		t.Fatalf("POST %s: %d %s, %v; want %d", path, got.status, got.body, err, status)
	}
	return got
}

// get reads into v, as far as there is something to be read.
func (s *stack) get(t *testing.T, path string, v any) int {
	t.Helper()
	got, err := s.send(t.Context(), http.MethodGet, path, "", "")
	if err == nil && got.status == http.StatusOK {
		err = json.Unmarshal([]byte(got.body), v)
	}
	if err != nil || got.status >= http.StatusInternalServerError {
		t.Fatalf("GET %s: %d %s, %v", path, got.status, got.body, err)
	}
	return got.status
}

// fresh returns an unused id.
func fresh(prefix string) string { return prefix + "-" + strings.ToLower(rand.Text()) }

const price = 2999

// A purchase is an order of some pieces of one product.
type purchase struct {
	product                   string
	pieces                    int
	method, postalCode, email string

	id        string
	cancelled int // the status that was answered to a cancel
}

func (p *purchase) total() domain.Money {
	return domain.Money{Amount: price * int64(p.pieces), Currency: "USD"}
}

func (p *purchase) body() string {
	return fmt.Sprintf(`{"customerId":"cust-456","customerEmail":%q,"items":[{"productId":%q,"quantity":%d,"unitPrice":{"amount":%d,"currency":"USD"}}],`+
		`"paymentMethod":%q,"shippingAddress":{"name":"Ada","line1":"1 Main St","city":"Springfield","postalCode":%q,"country":"US"}}`,
		p.email, p.product, p.pieces, price, p.method, p.postalCode)
}

// want returns a purchase of so many pieces, without any trouble of its own.
func want(product string, pieces int) *purchase {
	return &purchase{product: product, pieces: pieces, method: "tok_ok", postalCode: "12345", email: "ada@example.com"}
}

// place places the order.
func (s *stack) place(t *testing.T, p *purchase) {
	t.Helper()
	var placed struct{ ID string }
	got := s.post(t, "/orders", fresh("place"), p.body(), http.StatusCreated)
	if err := json.Unmarshal([]byte(got.body), &placed); err != nil || placed.ID == "" {
		t.Fatalf("%s: %v", got.body, err)
	}
	p.id = placed.ID
}

// buy places the order and submits it.
func (s *stack) buy(t *testing.T, p *purchase) {
	t.Helper()
	s.place(t, p)
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
}

// receive takes in pieces of a new product, and returns its id.
func (s *stack) receive(t *testing.T, pieces int) (product string) {
	t.Helper()
	product = fresh("product")
	s.post(t, "/stock/"+product+"/receive", fresh("receive"), fmt.Sprintf(`{"quantity":%d}`, pieces), http.StatusOK)
	return product
}
