package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/bubble"
)

// told returns the URL of what answers at address, but for the answers to GET
// that are told otherwise.
func told(t *testing.T, n *bubble.Network, address string, otherwise func(path, body string) string) string {
	t.Helper()
	base, err := parseBase(address)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, n, &httputil.ReverseProxy{
		Transport: n.Client().Transport,
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(base) },
		ModifyResponse: func(res *http.Response) error {
			if res.Request.Method != http.MethodGet || res.StatusCode != http.StatusOK {
				return nil
			}
			text, err := io.ReadAll(res.Body)
			body := otherwise(res.Request.URL.Path, string(text))
			res.Body = io.NopCloser(strings.NewReader(body))
			res.ContentLength = int64(len(body))
			res.Header.Set("Content-Length", strconv.Itoa(len(body)))
			return err
		},
	})
}

// in returns what tells a text otherwise in the answers under paths that end so.
func in(suffix, text, otherwise string) func(path, body string) string {
	old := regexp.MustCompile(text)
	return func(path, body string) string {
		if suffix != "" && strings.HasSuffix(path, suffix) || suffix == "" && strings.Count(path, "/") == 2 {
			return old.ReplaceAllString(body, otherwise)
		}
		return body
	}
}

// TestARunThatIsNotAsTheWireSaysFails: each thing told otherwise is found.
func TestARunThatIsNotAsTheWireSaysFails(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs a part of the suite 16 times")
	}
	for what, test := range map[string]struct {
		otherwise func(path, body string) string
		breaks    string // a sentence, in part
	}{
		"nothing":                       {in("", `^$`, ""), ""},
		"a step by another name":        {in("/fulfilment", `"TakePayment"`, `"TakeMoney"`), "2 at 29.99"},
		"a step that failed in silence": {in("/fulfilment", `("TakePayment","status":)"succeeded"`, `$1"failed"`), "A fulfilment is {status"},
		"a run that never ends":         {in("/fulfilment", `^{"status":"(succeeded|compensated)"`, `{"status":"running"`), "Not enough stock"},
		"a run that is stuck":           {in("/fulfilment", `^{"status":"(succeeded|compensated)"`, `{"status":"stuck"`), "2 at 29.99"},
		"a step without an end":         {in("/fulfilment", `"endedAt":"[^"]*"`, `"endedAt":null`), "A fulfilment is {status"},
		"an error that is a text":       {in("/fulfilment", `"error":{[^}]*}`, `"error":"oh"`), "A fulfilment is {status"},
		"charged twice":                 {in("", `("captured":{"amount":)10997`, `${1}21994`), "2 at 29.99"},
		"money of what costs nothing":   {in("", `("refunded":{"amount":0,"currency":")EUR`, `${1}USD`), "An order that costs nothing"},
		"stock that stays reserved":     {in("", `"reserved":0`, `"reserved":2`), "Not enough stock"},
		"shipped without a number":      {in("", `"trackingNumber":"[^"]*"`, `"trackingNumber":null`), "2 at 29.99"},
		"cancelled without a reason":    {in("", `"cancelReason":"[^"]*"`, `"cancelReason":null`), "Not enough stock"},
		"a line of another status":      {in("/fulfilments", `("status":)"[a-z]*"(,"submittedAt")`, `$1"running"$2`), "GET /fulfilments lists"},
		"a list of runs without orders": {in("/fulfilments", `"id":"[^"]*"`, `"id":"x"`), "GET /fulfilments lists"},
		"runs of no version":            {in("/fulfilments", `"version":[0-9]*`, `"version":0`), "GET /fulfilments lists"},
		"refunded, and nothing was":     {in("", `"status":"none","captured"`, `"status":"refunded","captured"`), "A product never received"},
	} {
		t.Run(what, func(t *testing.T) {
			bubble.Run(t, func(t *testing.T, n *bubble.Network) {
				c := clientOf(t, n, told(t, n, daybook(t, n).URL(), test.otherwise))
				lines := fulfilmentLists()[:1] // the others wait for a slow gateway
				sections := []section{{name: "Fulfilment", checks: slices.Concat(fulfilling(), lines, shortages())}}
				var out bytes.Buffer
				_, failed := report(&out, t.Output(), c, start(t.Context(), c, sections))
				if found := regexp.MustCompile(`✗ ` + regexp.QuoteMeta(test.breaks)).MatchString(out.String()); found != (test.breaks != "") || found != (failed > 0) {
					t.Errorf("got\n%s\nwant that %q does not hold", out.String(), test.breaks)
				}
			})
		})
	}
}
