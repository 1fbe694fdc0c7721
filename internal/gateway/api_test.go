package gateway_test

import (
	"encoding/base64"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/gateway"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/httpapi"
)

// api returns the API over an empty store, and views that never see anything.
func api() http.Handler {
	store := new(memstore.Store)
	return httpapi.New(httpapi.Config{
		Tenant: "shop", Events: store, Views: boltstore.NewViews(), Actor: gateway.Actor, Log: slog.New(slog.DiscardHandler),
		Orders: command.New(store, "shop", order.Aggregate), Stock: command.New(store, "shop", stock.Aggregate),
	})
}

// A sent request, before it is made one of net/http or an event.
type sent struct {
	method string
	parts  []string // of the path, decoded
	query  string
	header http.Header
	body   string
}

// overHTTP sends it through net/http.
func (s sent) overHTTP(t *rapid.T, server *httptest.Server) reply {
	target, escaped := server.URL+"/", make([]string, len(s.parts))
	for i, part := range s.parts {
		escaped[i] = url.PathEscape(part)
	}
	if target += strings.Join(escaped, "/"); s.query != "" {
		target += "?" + s.query
	}
	r, err := http.NewRequestWithContext(t.Context(), s.method, target, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = s.header.Clone()
	got, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	header := make(map[string]string)
	for name := range got.Header {
		header[name] = strings.Join(got.Header.Values(name), ",")
	}
	return reply{got.StatusCode, header, string(body)}.plain(s)
}

// throughGateway sends it as API Gateway does.
func (s sent) throughGateway(tb testing.TB, t *rapid.T, g *gateway.Gateway) reply {
	got := invoke(tb, g, event(tb, s.method, strings.ToValidUTF8("/"+strings.Join(s.parts, "/"), "\ufffd"), func(e *events.APIGatewayV2HTTPRequest) {
		e.RawQueryString = s.query
		for name, values := range s.header {
			e.Headers[strings.ToLower(name)] = strings.ToValidUTF8(strings.Join(values, ","), "\ufffd")
		}
		e.Body = s.body
		if rapid.Bool().Draw(t, "base64") {
			e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(s.body)), true
		}
	}))
	if got.IsBase64Encoded {
		t.Fatalf("base64: %+v", got)
	}
	return reply{got.StatusCode, got.Headers, got.Body}.plain(s)
}

type reply struct {
	status int
	header map[string]string
	body   string
}

// placed is the order of whoever places one under the key k.
const placed = "ord_rdvvsehk3vjywmzwtisbzlvt3m"

// chance is what two equal requests get differently: random ids.
var chance = regexp.MustCompile(`ord_[a-z2-7]{26}`)

// plain takes away what net/http adds, and what is chance.
func (r reply) plain(s sent) reply {
	delete(r.header, "Date")
	if r.header["Correlation-Id"] != s.header.Get("Correlation-Id") {
		r.header["Correlation-Id"] = "made"
	}
	if location, ok := r.header["Location"]; ok {
		r.header["Location"] = chance.ReplaceAllString(location, "ord_")
	}
	r.body = chance.ReplaceAllString(r.body, "ord_")
	return r
}

const anOrder = `{"customerId":"c","items":[{"productId":"p","quantity":2,"unitPrice":{"amount":5,"currency":"EUR"}}],` +
	`"shippingAddress":{"name":"Ada","line1":"1 Main St","city":"Ulm","postalCode":"89073","country":"DE"},"paymentMethod":"tok_ok"}`

var requests = rapid.Custom(func(t *rapid.T) sent {
	s := sent{
		method: rapid.SampledFrom([]string{"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "BREW"}).Draw(t, "method"),
		parts: rapid.OneOf(
			rapid.SampledFrom([][]string{
				{"orders"},
				{"orders", "o"},
				{"orders", "o", "submit"},
				{"orders", "o", "events"},
				{"orders", "o", "fulfilment"},
				{"orders", "o", "items", "p"},
				{"orders", placed, "items"},
				{"orders", placed, "submit"},
				{"orders", placed, "cancel"},
				{"orders", placed, "deliver"},
				{"orders", placed, "items", "p"},
				{"stock"},
				{"stock", "p"},
				{"stock", "p", "receive"},
				{"healthz"},
				{"openapi.json"},
				{""},
			}),
			rapid.SliceOfN(rapid.SampledFrom([]string{"orders", "stock", "o", "", ".", "..", "a b", "ä", "\xff", "?", "#", "%", "%2", "%zz", "+", ";", "a:b", "\t"}), 1, 4),
		).Draw(t, "parts"),
		query:  rapid.SampledFrom([]string{"", "limit=1", "limit=0", "limit=1&limit=2", "x=%20", "%zz", "status=%E4", "customer=a+b", "cursor=%00", "a;b"}).Draw(t, "query"),
		header: http.Header{"User-Agent": {"test"}, "Accept-Encoding": {"identity"}},
	}
	for name, values := range map[string][][]string{
		"Idempotency-Key": {{"k"}, {"k"}, {"l"}, {"a", "b"}, {""}, {"ä"}, {strings.Repeat("k", 256)}},
		"Correlation-Id":  {{"trip-1"}, {"a", "b"}, {"a b"}, {"\xff"}},
		"If-None-Match":   {{`"1"`}, {"*"}, {`W/"1"`, `"list.x"`}, {`"x,y", "z"`}, {"1"}, {""}, {`"1"`, "*"}},
		"If-Match":        {{`"1"`}, {`"0"`}, {`W/"1"`}, {`"1"`, `"1"`}, {"*"}, {`"x,y"`}},
		"Content-Type":    {{"application/json"}, {"application/json"}, {"application/json", "application/json"}, {"text/plain"}, {""}},
		"X-Tenant":        {{"other"}},
	} {
		if rapid.Bool().Draw(t, name) {
			s.header[name] = rapid.SampledFrom(values).Draw(t, name+" values")
		}
	}
	if s.method != "GET" && s.method != "HEAD" {
		s.body = rapid.SampledFrom([]string{"", "{}", `{"quantity":3}`, `{"reason":"no"}`, anOrder, "{", strings.Repeat(" ", 64<<10+1)}).Draw(t, "body")
	}
	return s
})

func TestBehindAGatewayTheAPIAnswersAsOverHTTP(t *testing.T) {
	testsize.Check(t, testsize.N{Short: 20, Race: 50, Gate: 100, Soak: 20_000}, func(rt *rapid.T) {
		server := httptest.NewServer(api())
		defer server.Close()
		g := gateway.New(api(), slog.New(slog.DiscardHandler))
		for _, s := range rapid.SliceOfN(requests, 1, 10).Draw(rt, "requests") {
			want, got := s.overHTTP(rt, server), s.throughGateway(t, rt, g)
			if got.status != want.status || got.body != want.body || !maps.Equal(got.header, want.header) {
				rt.Fatalf("%+v\ngot  %+v\nwant %+v", s, got, want)
			}
		}
	})
}
