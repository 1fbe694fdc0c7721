package console_test

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/chromium"
	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

var shots = flag.String("shots", "", "folder into which the pictures of the pages go")

// A browser is a window of Chromium that looks at a Daybook of its own.
type browser struct {
	context.Context
	t   *testing.T
	url string
}

// open opens a window on a Daybook that keeps nothing, in parallel with other tests.
func open(t *testing.T) *browser {
	t.Helper()
	return openOn(t, app.Config{Data: boltstore.Memory})
}

// openOn starts Daybook with the demo stock, and opens a window on it. With go test
// -short that is [openAlways]'s alone.
func openOn(t *testing.T, c app.Config) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes seconds")
	}
	return openAlways(t, c)
}

func openAlways(t *testing.T, c app.Config) *browser {
	t.Helper()
	t.Parallel()
	ctx := chromium.Open(t)
	c.Addr, c.Demo, c.Log = "127.0.0.1:0", true, slog.New(slog.DiscardHandler)
	a, err := app.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- a.Serve(serving) }()
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	b := &browser{ctx, t, a.URL()}
	b.do(chromedp.Navigate(b.url + "/"))
	return b
}

// A gate holds back each message to a customer, and with it the last step of each
// run, until it is opened.
type gate struct {
	fulfilment.Notifier
	opened chan struct{}
}

// Do ignores the end of ctx, so that the step is under way however long a test looks.
func (g gate) Do(ctx context.Context, key string, m fulfilment.Message) (fulfilment.Receipt, error) {
	<-g.opened
	return g.Notifier.Do(context.WithoutCancel(ctx), key, m)
}

// openGated is [open], with a gate that letGo opens.
func openGated(t *testing.T) (b *browser, letGo func()) {
	t.Helper()
	opened := make(chan struct{})
	letGo = sync.OnceFunc(func() { close(opened) })
	b = openOn(t, app.Config{Data: boltstore.Memory, Notifier: gate{sandbox.Notifier(new(sandbox.Memory)), opened}})
	t.Cleanup(letGo) // a run that is held holds up the end of the program
	return b, letGo
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ask(b, chromedp.Steps(actions...))
}

// ask does what answers something. Its failure is the test's.
func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	got, err := chromedp.Run(b, action)
	if err != nil {
		b.t.Fatalf("%v; the page says:\n%s", err, b.text())
	}
	return got
}

func (b *browser) text() string {
	said, err := chromedp.Run(b, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return said
}

// until waits until an expression of JavaScript is true.
func (b *browser) until(expression string) {
	b.t.Helper()
	chromium.Until(b, b.t, expression)
}

// run runs a line of JavaScript.
func (b *browser) run(line string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](line))
}

// eval returns what an expression of JavaScript is.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	return ask(b, chromedp.Evaluate[T](expression))
}

// show goes to a page, by the address, and waits until the page is that one: it may have
// the title of the one before.
func (b *browser) show(hash, title string) {
	b.t.Helper()
	b.run(fmt.Sprintf(`{
		const was = location.hash;
		window.arrived = false;
		addEventListener('hashchange', () => window.arrived = true, { once: true });
		location.hash = %q;
		if (location.hash === was) window.arrived = true;
	}`, hash))
	b.until(fmt.Sprintf("window.arrived && document.querySelector('h1')?.textContent === %q", title))
}

// place fills the form with values by the fields' names and sends it.
func (b *browser) place(values map[string]string) {
	b.t.Helper()
	b.show("/place", "Place an order")
	for name, value := range values {
		b.do(chromedp.SetValue(fmt.Sprintf(`[name=%q]`, name), value))
	}
	b.do(chromedp.Click(".send button"))
	b.until("document.querySelector('h1').textContent === 'Order' && document.querySelector('.head .badge')")
}

// becomes waits until the order's page shows a status, without being loaded anew.
func (b *browser) becomes(status, run string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelector('.head .badge').textContent === %q && document.querySelector('.saga .badge')?.textContent === %q", status, run))
}

func (b *browser) states() map[string]string {
	b.t.Helper()
	return eval[map[string]string](b, `Object.fromEntries([...document.querySelectorAll('.lying .node')].map((n) => [[...n.querySelectorAll('text')].map((t) => t.textContent).join(' '), n.dataset.state]))`)
}

func TestAnOrderPlacedByTheFormIsSeenToShip(t *testing.T) {
	b, letGo := openGated(t)
	b.run("window.loaded = 'once'")
	b.place(nil)
	b.becomes("shipped", "running")
	for step, want := range map[string]string{"Take payment": "done", "Notify customer": "running", "Cancel order": "waiting"} {
		if got := b.states()[step]; got != want {
			t.Errorf("%s is %q, want %q", step, got, want)
		}
	}
	letGo()
	b.becomes("shipped", "succeeded")
	for step, want := range map[string]string{"Take payment": "done", "Notify customer": "done", "Cancel order": "waiting"} {
		if got := b.states()[step]; got != want {
			t.Errorf("%s is %q, want %q", step, got, want)
		}
	}
	b.until("document.querySelectorAll('.timeline li').length === 4")
	b.do(chromedp.Click("#deliver"))
	b.becomes("delivered", "succeeded")
	b.do(chromedp.SetValue("#reason", "it wobbles"), chromedp.Click(".acts form button"))
	b.becomes("returned", "succeeded")
	b.until("document.querySelector('.facts').textContent.includes('refunded') && document.querySelector('.reason').textContent.includes('it wobbles')")
	if eval[string](b, "window.loaded") != "once" {
		t.Error("the page was loaded anew")
	}
}

func TestAnOrderIsSubmittedOnItsPageAndSaidToShip(t *testing.T) {
	b := open(t)
	id := b.post("cust-1", "Ada")
	b.show("/orders/"+id, "Order")
	b.until("document.querySelector('.head .badge').textContent === 'pending'") // and is not said: nothing has changed
	b.do(chromedp.Click("#submit"))
	b.becomes("shipped", "succeeded")
	b.until("document.getElementById('said').textContent === 'The order is shipped.'")
}

// It is the one browser test of go test -short.
func TestADeclinedOrderIsSeenToBeTakenBack(t *testing.T) {
	b := openAlways(t, app.Config{Data: boltstore.Memory})
	b.place(map[string]string{"/paymentMethod": "tok_declined"})
	b.becomes("cancelled", "compensated")
	for step, want := range map[string]string{"Reserve stock": "taken back", "Take payment": "failed", "Ship order": "waiting", "Release stock": "done", "Cancel order": "done"} {
		if got := b.states()[step]; got != want {
			t.Errorf("%s is %q, want %q", step, got, want)
		}
	}
}

func TestAnOrderThatSomebodyElsePlacedAppears(t *testing.T) {
	b := open(t)
	b.place(map[string]string{"/paymentMethod": "tok_timeout_after_charge"})
	b.show("/orders", "Orders") // it is under way, so the list looks often
	b.until("document.querySelectorAll('tbody tr').length === 1")
	b.post("cust-other", "Ada")
	b.until("document.querySelectorAll('tbody tr').length === 2 && document.querySelector('td.customer').textContent === 'cust-other'")
	b.show("/orders?customer=cust-other&status=pending", "Orders")
	b.until("document.querySelectorAll('tbody tr').length === 1")
}

// post places an order without the page, and answers its id.
func (b *browser) post(customer, name string) (id string) {
	b.t.Helper()
	body := fmt.Sprintf(`{"customerId":%q,"items":[{"productId":"product-1","name":%q,"quantity":1,"unitPrice":{"amount":2999,"currency":"USD"}}],`+
		`"shippingAddress":{"name":%q,"line1":%[2]q,"city":%[2]q,"postalCode":"SW1Y 4JH","country":"GB"},"paymentMethod":"tok_ok"}`, customer, name, name)
	return b.send("/orders", body).ID
}

// send writes to the API without the page, and answers what came back.
func (b *browser) send(path, body string) (written struct{ ID string }) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&written); err != nil || answer.StatusCode >= http.StatusMultipleChoices {
		b.t.Fatal(answer.Status, err)
	}
	return written
}

// get reads from the API without the page.
func (b *browser) get(path string, into any) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.url+path, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil || answer.StatusCode != http.StatusOK {
		b.t.Fatal(path, answer.Status, err)
	}
}

// ship places an order of a customer, waits until it has shipped, and returns its id.
func (b *browser) ship(customer string) (id string) {
	b.t.Helper()
	b.place(map[string]string{"/customerId": customer})
	b.becomes("shipped", "succeeded")
	return strings.TrimPrefix(eval[string](b, "location.hash"), "#/orders/")
}

// sold waits until an order is the first of the sales, and returns the day of it.
func (b *browser) sold(id string) (day string) {
	b.t.Helper()
	var order struct{ PlacedAt time.Time }
	b.get("/orders/"+id+"?min_version=1", &order)
	from, to := order.PlacedAt.Format(time.DateOnly), order.PlacedAt.AddDate(0, 0, 1).Format(time.DateOnly)
	var sales struct{ Items []struct{ From string } }
	eventually.Until(b.t, id+" is among the sales", func() bool {
		b.get("/sales?by=day&from="+from+"&to="+to, &sales)
		return len(sales.Items) > 0
	})
	return sales.Items[0].From
}

func TestSalesAreDrawnOnceAnOrderShips(t *testing.T) {
	b := open(t)
	b.show("/sales", "Sales")
	b.until("document.querySelector('.empty')?.textContent.includes('Nothing was sold') && document.querySelector('.figures dd').firstChild.textContent === '0'")
	day := b.sold(b.ship("cust-sales"))
	b.show("/sales", "Sales") // up to the present day, which may be the next one by now
	b.until("document.querySelector('.period:nth-last-of-type(-n+2) .captured')")
	for by, periods := range map[string]int{"day": 14, "week": 12, "month": 12} {
		b.show("/sales?by="+by+"&to="+day, "Sales")
		b.until(fmt.Sprintf("document.querySelectorAll('.period').length === %d && document.querySelectorAll('.bars .captured').length === 1", periods))
		if !eval[bool](b, "document.querySelector('.period:last-of-type .captured') !== null && document.querySelectorAll('.periods tbody tr').length === 1") {
			t.Errorf("the %s of the sale is not the last, or not in the table", by)
		}
		captured := eval[string](b, "document.querySelectorAll('.periods tbody td')[1].textContent")
		if title := eval[string](b, "document.querySelector('.period:last-of-type title').textContent"); !strings.Contains(title, captured+" captured") {
			t.Errorf("the bar says %q, the table %q", title, captured)
		}
	}
	b.show("/sales?by=day", "Sales")
	b.run("document.querySelector('[name=by]').focus()")
	b.do(chromedp.KeyEvent("w")) // a choice by the keyboard
	b.until("location.hash === '#/sales?by=week' && document.querySelector('[name=by]').value === 'week'")
	b.show("/sales?by=day&from=2026-02-02&to=2026-02-01", "Sales")
	b.until("document.querySelector('.sales [role=alert]')?.textContent.includes('from')")
}

func TestScriptInANameIsText(t *testing.T) {
	const script = `<img src=x onerror=window.harm=1><script>window.harm=1</script>`
	b := open(t)
	b.post("cust-1", script)
	b.show("/orders?customer=cust-1", "Orders")
	b.until("document.querySelector('td.order a')")
	b.do(chromedp.Click("td.order a"))
	b.until("document.querySelector('.facts dl')")
	b.run("document.querySelectorAll('details').forEach((d) => (d.open = true))")
	if said := b.text(); strings.Count(said, script) < 4 {
		t.Errorf("the name is not shown as it is: %s", said)
	}
	if eval[bool](b, "window.harm === 1 || document.querySelector('main img, main script') !== null") {
		t.Error("the name became markup")
	}
}

// tab goes on by the keyboard until it is where a selector says.
func (b *browser) tab(until string) {
	b.t.Helper()
	for range 40 {
		b.do(chromedp.KeyEvent(kb.Tab))
		if !eval[bool](b, "getComputedStyle(document.activeElement).outlineStyle !== 'none'") {
			b.t.Error("the focus cannot be seen before " + until)
		}
		if eval[bool](b, fmt.Sprintf("document.activeElement.matches(%q)", until)) {
			return
		}
	}
	b.t.Fatalf("no way to %s", until)
}

func TestTheKeyboardAloneReachesAndSendsTheForm(t *testing.T) {
	b := open(t)
	b.tab(`nav a[href="#/place"]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelector('h1').textContent === 'Place an order' && document.activeElement.tagName === 'H1'")
	b.tab(`[name="/customerId"]`)
	b.do(chromedp.KeyEvent("!"))
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until(`document.activeElement.name === '/customerId' && document.activeElement.getAttribute('aria-invalid') === 'true' && document.getElementById('wrong-field')`)
	b.run("document.activeElement.select()")
	b.do(chromedp.KeyEvent("cust-keys"))
	b.tab(".send button")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelector('.head')?.textContent.includes('cust-keys')")
	b.becomes("shipped", "succeeded")
}

func TestAConnectionThatBreaksOffIsSaidAndTakenUpAgain(t *testing.T) {
	b, letGo := openGated(t)
	l := b.line()
	b.do(chromedp.Navigate(l.URL + "/some/stage/"))
	b.place(nil)
	b.becomes("shipped", "running")
	l.cutOff()
	b.until("!document.getElementById('lost').hidden")
	l.cut.Store(false)
	b.until("document.getElementById('lost').hidden")
	letGo()
	b.becomes("shipped", "succeeded")
}

// A line is the way to Daybook, below a path as a gateway may have it; it can be cut.
type line struct {
	*httptest.Server
	cut atomic.Bool
}

func (b *browser) line() *line {
	b.t.Helper()
	to, err := url.Parse(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	l, proxy := new(line), httputil.NewSingleHostReverseProxy(to)
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	l.Server = httptest.NewUnstartedServer(http.StripPrefix("/some/stage", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	})))
	l.Listener = &wires{Listener: l.Listener}
	l.Start()
	b.t.Cleanup(l.Close)
	return l
}

// cutOff ends every connection, those that became WebSockets too, and lets no
// request pass.
func (l *line) cutOff() {
	l.cut.Store(true)
	w := l.Listener.(*wires)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.all {
		_ = c.Close()
	}
	w.all = nil
}

// wires are the connections that a listener accepted.
type wires struct {
	net.Listener
	mu  sync.Mutex
	all []net.Conn
}

func (w *wires) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	if err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.all = append(w.all, c)
	}
	return c, err
}

func TestWhatSomebodyElseDoesIsSeenAtOnce(t *testing.T) {
	b := open(t)
	b.show("/events", "Events")
	b.until("document.querySelector('.summary .badge').textContent === 'live'")
	b.show("/orders", "Orders")
	b.until("document.querySelector('main p.empty')")
	b.run("window.asked = 0; window.start = performance.now(); window.fetched = window.fetch; window.fetch = (...given) => { window.asked++; return window.fetched(...given); }")
	b.post("cust-other", "Ada")
	b.until("document.querySelectorAll('tbody tr').length === 1")
	// After news the page also asks every second, so a slow machine sees more requests.
	if over := eval[float64](b, "window.asked - 3 - (performance.now() - window.start) / 1000"); over > 0 {
		t.Errorf("asked %g times more for one order than 3 times and once a second", over)
	}
}

func TestEventsAreShownAsTheyHappenAndOnceHoweverOftenTheLineIsCut(t *testing.T) {
	b := open(t)
	l := b.line()
	b.post("cust-before", "Ada")
	b.do(chromedp.Navigate(l.URL + "/some/stage/#/events"))
	b.until("document.querySelector('.summary .badge')?.textContent === 'live' && document.querySelector('.flow li a')")
	placed := `[...document.querySelectorAll('.flow li[data-category=order] strong')].filter((e) => e.textContent === 'Placed').length`
	for cut := range 3 {
		l.cutOff()
		b.until("document.querySelector('.summary .badge').textContent === 'not connected'")
		for n := range 4 {
			b.post(fmt.Sprintf("cust-%d-%d", cut, n), "Ada")
		}
		l.cut.Store(false)
		b.until(fmt.Sprintf("%s === %d && document.querySelector('.summary .badge').textContent === 'live'", placed, 1+5*cut+4))
		b.post(fmt.Sprintf("cust-%d-live", cut), "Ada")
		b.until(fmt.Sprintf("%s === %d", placed, 1+5*cut+5))
	}
	b.show("/orders", "Orders") // which listens to the same topic
	b.until("document.querySelector('td.customer')")
	b.show("/events", "Events")
	b.until(fmt.Sprintf("%s === 16", placed))
	ids := eval[[]string](b, "[...document.querySelectorAll('.flow a')].map((a) => a.textContent)")
	slices.Sort(ids)
	if len(slices.Compact(slices.Clone(ids))) != len(ids) {
		t.Errorf("shown twice: %v", ids)
	}
	b.do(chromedp.Click("#hold"))
	b.post("cust-held", "Ada")
	b.until("document.getElementById('hold').textContent.includes('(1 waiting)')")
	b.do(chromedp.Click("#hold"))
	b.until(fmt.Sprintf("%s === %d", placed, len(ids)+1))
}

// scheme is what the system prefers, light or dark.
func scheme(name string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
		})
		return chromedp.Void{}, err
	}
}

// pages are what is looked at, by name: the address, its title, and what is there
// when it is complete.
var pages = []struct{ name, hash, title, complete string }{
	{"orders", "/orders", "Orders", "document.querySelectorAll('tbody tr').length > 4"},
	{"orders-of-a-day", "/orders?day=2026-02-28", "Orders", "document.querySelector('main .empty')"},
	{"search", "/orders?q=ada+product", "Orders", "document.querySelectorAll('.found').length > 2"},
	{"search-without-result", "/orders?q=lampshade", "Orders", "document.querySelector('main .empty')?.textContent.includes('No order has all')"},
	{"search-refused", "/orders?q=...", "Orders", "document.querySelector('main [role=alert]')"},
	{"shipped", "", "Order", ""},
	{"cancelled", "", "Order", ""},
	{"place", "/place", "Place an order", "document.querySelectorAll('datalist option').length > 1"},
	{"sales", "/sales?by=day", "Sales", "document.querySelectorAll('.bars .captured').length > 0"},
	{"customers", "/customers", "Customers", "document.querySelectorAll('.ranking').length === 3"},
	{"customer", "/customers/cust-456", "Customer", "document.querySelectorAll('.ranking').length === 4"},
	{"stock", "/stock", "Stock", "document.querySelectorAll('.stock tbody tr').length > 1"},
	{"system", "/system", "System", "document.querySelectorAll('.projectors tbody tr').length === 2"},
	{"events", "/events", "Events", "document.querySelectorAll('.flow li').length > 20"},
}

// sizes are those of the windows in which pages are looked at.
var sizes = []struct {
	name   string
	width  int64
	scheme string
}{{"light", 1100, "light"}, {"dark", 1100, "dark"}, {"narrow", 400, "light"}}

func TestEachPageFitsWideAndNarrowWindowsInLightAndDark(t *testing.T) {
	b := open(t)
	at := map[string]string{}
	for name, values := range map[string]map[string]string{"shipped": {"/paymentMethod": "tok_ok"}, "cancelled": {"/shippingAddress/postalCode": "00000", "/customerId": "cust-789"}} {
		b.place(values)
		b.becomes(name, map[string]string{"shipped": "succeeded", "cancelled": "compensated"}[name])
		at[name] = eval[string](b, "location.hash.slice(1)")
	}
	b.post("cust-101", "Teapot")
	b.place(map[string]string{"/customerId": "cust-456", "/paymentMethod": "tok_declined"})
	b.becomes("cancelled", "compensated")
	at["customers"] = "/customers?to=" + b.sold(b.pays("tok_ok", "cust-456", "product-2", 4500, "EUR")) // the same month, however late it is
	b.buys("cust-789", "product-1", 15800, "JPY")
	b.place(map[string]string{"/customerId": "cust-789", "/paymentMethod": "tok_timeout_after_charge"})
	for _, size := range sizes {
		b.do(chromedp.EmulateViewport(size.width, 800, chromedp.EmulateScale(1.5)), scheme(size.scheme))
		for _, page := range pages {
			hash, complete := cmp.Or(at[page.name], page.hash), page.complete
			if complete == "" {
				complete = "document.querySelector('.head .badge')?.textContent === '" + page.name + "'"
			}
			b.show(hash, page.title)
			b.until(complete)
			b.picture(page.name, size.name, size.width)
		}
	}
}

func TestAPageIsPaintedFromLessThan300KB(t *testing.T) {
	b := open(t)
	const painted = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
	b.until("document.querySelector('main p.empty') && " + painted)
	weight := eval[float64](b, "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.transferSize, 0)")
	t.Logf("first paint after %.0f ms, %.0f bytes in all", eval[float64](b, painted), weight)
	if weight > 300_000 || weight == 0 {
		t.Errorf("%.0f bytes in all", weight)
	}
}
