package e2e_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/daybook-es/daybook/internal/chromium"
)

func TestTheConsoleIsServed(t *testing.T) {
	s := open(t)
	for path, kind := range map[string]string{"/": "text/html; charset=utf-8", "/console/app.js": "text/javascript; charset=utf-8"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		got, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(got.Body)
		if err := got.Body.Close(); err != nil {
			t.Error(err)
		}
		if err != nil || got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != kind ||
			!strings.HasPrefix(got.Header.Get("Content-Security-Policy"), "default-src 'none'; ") || len(body) == 0 {
			t.Errorf("%s: %s, %v, %d bytes, %v", path, got.Status, got.Header, len(body), err)
		}
	}
}

func TestTheConsoleIsToldByTheFlow(t *testing.T) {
	s, ctx := open(t), chromium.Open(t)
	p := want(s.receive(t, 10), 1)
	s.place(t, p)
	sees := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			said, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
			t.Fatalf("%v; the page says\n%s", err, said)
		}
	}
	until := func(expression string) {
		t.Helper()
		chromium.Until(ctx, t, expression)
	}
	sees(chromedp.Navigate(s.url + "/#/events"))
	until("document.body.innerText.includes('live')")
	s.post(t, "/orders/"+p.id+"/submit", fresh("submit"), "", http.StatusAccepted)
	until("document.querySelector('.flow').innerText.includes('" + p.id + "')")
	sees(chromedp.Evaluate[chromedp.Void]("location.hash = '#/orders/" + p.id + "'"))
	until("document.querySelector('main').innerText.includes('shipped')")
	sees(chromedp.Click("#customer"))
	until("document.querySelector('.figures').innerText.includes('on average') && document.querySelector('.own').innerText.includes('shipped')")
}
