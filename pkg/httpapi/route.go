package httpapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A route is one line of the API. Parts of a pattern in braces are ids.
type route struct {
	method, pattern string
	query           []string // the parameters it knows
	serve           func(*call) (answer, error)
}

func (a *api) table() []route {
	page := []string{"limit", "cursor"}
	list := append([]string{"after"}, page...)
	return []route{
		{"POST", "/orders", nil, a.place},
		{"POST", "/orders/{id}/items", nil, a.addItem},
		{"PUT", "/orders/{id}/items", nil, a.replaceItems},
		{"DELETE", "/orders/{id}/items/{productId}", nil, a.removeItem},
		{"POST", "/orders/{id}/submit", nil, a.submit},
		{"POST", "/orders/{id}/cancel", nil, a.cancel},
		{"POST", "/orders/{id}/deliver", nil, a.deliver},
		{"POST", "/orders/{id}/return", nil, a.giveBack},
		{"GET", "/orders", append([]string{"customer", "status", "day"}, list...), a.listOrders},
		{"GET", "/orders/{id}", []string{"min_version"}, a.getOrder},
		{"GET", "/orders/{id}/events", page, a.listEvents},
		{"GET", "/orders/{id}/fulfilment", nil, a.getFulfilment},
		{"GET", "/fulfilments", append([]string{"status"}, list...), a.listFulfilments},
		{"POST", "/stock/{productId}/receive", nil, a.receive},
		{"GET", "/stock", list, a.listStock},
		{"GET", "/stock/{productId}", []string{"min_version"}, a.getStock},
		{"GET", "/customers/{id}", nil, a.getCustomer},
		{"GET", "/statistics", nil, a.getStatistics},
		{"GET", "/sales", []string{"by", "from", "to", "top"}, a.listSales},
		{"GET", "/search", append([]string{"q"}, list...), a.search},
		{"GET", "/journal", append([]string{"from", "to"}, page...), a.readJournal},
		{"GET", "/live", nil, a.getLive},
		{"GET", "/system", nil, a.getSystem},
		{"GET", "/healthz", nil, a.healthz},
		{"GET", "/openapi.json", nil, a.openapi},
	}
}

// find returns the route of a request and the ids in its path. It is not
// [http.ServeMux], which redirects paths that it would spell otherwise.
func (a *api) find(r *http.Request) (route, map[string]string, error) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	parts, ok := split(r.URL.EscapedPath())
	if !ok {
		return route{}, nil, notFound()
	}
	var allow []string
	for _, route := range a.routes {
		ids, ok := match(route.pattern, parts)
		switch {
		case !ok:
		case route.method == method:
			return route, ids, nil
		case route.method == http.MethodGet:
			allow = append(allow, http.MethodGet, http.MethodHead)
		default:
			allow = append(allow, route.method)
		}
	}
	if allow == nil {
		return route{}, nil, notFound()
	}
	slices.Sort(allow)
	return route{}, nil, notAllowed(strings.Join(allow, ", "))
}

// split returns the parts of a path, unescaped one by one: an escaped slash
// divides nothing.
func split(path string) ([]string, bool) {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		text, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		parts[i] = text
	}
	return parts, true
}

func match(pattern string, parts []string) (ids map[string]string, ok bool) {
	names := strings.Split(pattern, "/")
	if len(names) != len(parts) {
		return nil, false
	}
	for i, name := range names {
		id, isID := strings.CutPrefix(name, "{")
		switch {
		case !isID && parts[i] != name, isID && !idForm.ok(parts[i]):
			return nil, false
		case isID:
			if ids == nil {
				ids = make(map[string]string, 2)
			}
			ids[strings.TrimSuffix(id, "}")] = parts[i]
		}
	}
	return ids, true
}
