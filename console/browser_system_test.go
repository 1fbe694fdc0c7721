package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// poisoned returns a folder with an order, and an event after it that nobody knows.
func poisoned(t *testing.T) (data, id string) {
	t.Helper()
	data, id = t.TempDir(), "ord_"+strings.Repeat("a", 26)
	s, err := boltstore.Open(filepath.Join(data, "events.db"))
	if err != nil {
		t.Fatal(err)
	}
	stream := eventstore.StreamID{Tenant: app.Tenant, Category: "order", ID: id}
	at := eventstore.NoStream(stream)
	for _, e := range []eventstore.Event{{Type: "order.placed.v1", Data: []byte(`{"customerId":"cust-1","items":[{"productId":"product-1","quantity":1,"unitPrice":{"amount":2999,"currency":"USD"}}],` +
		`"recipient":{"name":"Ada"},"paymentMethod":"tok_ok","at":"2026-11-24T12:00:00Z"}`)}, {Type: "order.teleported.v1", Data: []byte(`{"to":"Ada"}`)}} {
		c, err := s.Append(t.Context(), stream, at, eventstore.Commit{Events: []eventstore.Event{e}, Command: eventstore.CommandID{Key: e.Type}, At: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)})
		if err != nil {
			t.Fatal(err)
		}
		at = c.End()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return data, id
}

// system goes to the page, and waits until it says in one sentence how it stands.
func (b *browser) system(badge, says string) {
	b.t.Helper()
	b.show("/system", "System")
	b.stands(badge, says)
}

func (b *browser) stands(badge, says string) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelector('.system .summary')?.textContent === %q", badge+says))
}

// answers makes GET /system answer so, from now on.
func (b *browser) answers(system string) {
	b.t.Helper()
	b.run("window.system = " + system)
	b.run(`window.asks ??= window.fetch; window.fetch = (url, init) => (String(url).endsWith('/system')
		? Promise.resolve(new Response(JSON.stringify(window.system), { status: window.system.status ?? 200 })) : window.asks(url, init))`)
}

// look makes the page look at once, as it does when it becomes visible.
func (b *browser) look() {
	b.t.Helper()
	b.run("document.dispatchEvent(new Event('visibilitychange'))")
}

const (
	none    = `"parked":{"items":[],"more":false},"errors":{"since":"2026-11-24T12:00:00Z","items":[]}`
	running = `{"name":"search","views":["search"],"status":"running","behind":0,"oldestSeconds":0}`
)

// views is an answer about the projector of the views alone.
func views(status string, behind, seconds int) string {
	return fmt.Sprintf(`{"projectors":[{"name":"views","views":["order-list"],"status":%q,"behind":%d,"oldestSeconds":%d},%s],%s}`, status, behind, seconds, running, none)
}

func TestTheSystemPageSaysThatAllIsWell(t *testing.T) {
	b := open(t)
	b.ship("cust-1")
	b.system("all well", "The views hold everything that was committed, and no stream is parked.")
	if got := eval[[]string](b, "[...document.querySelectorAll('.projectors tbody td')].map((e) => e.textContent)"); fmt.Sprint(got) != "[running 0 commits – running 0 commits –]" {
		t.Errorf("the projectors are %q", got)
	}
	b.until("[...document.querySelectorAll('.system .empty')].map((e) => e.textContent.slice(0, 22)).join() === 'None: no view skips an,None since the start, '")
}

func TestAParkedStreamIsShownWithWhatToDoAndLeadsToItsOrder(t *testing.T) {
	data, id := poisoned(t)
	b := openOn(t, app.Config{Data: data})
	b.system("look here", "1 stream is parked.")
	for selector, want := range map[string]string{
		".parked tbody th":                   "order " + id + "from version 2 on",
		".parked tbody td":                   "unfoldedThe event's type is unknown, its data cannot be read, or its rule fails.",
		".parked tbody td.views":             "order-details, order-list, fulfilments, sales, search",
		".system .flow li:last-child strong": "Stream stopped",
	} {
		// The search parks it by itself, later than the views; they are in no order.
		b.until(fmt.Sprintf("document.querySelector(%q)?.textContent.split(', ').sort().join() === %q.split(', ').sort().join()", selector, want))
	}
	if said := b.text(); !strings.Contains(said, "start what can read the event: the next start") || strings.Contains(said, "Ada") || strings.Contains(said, "teleported") {
		t.Errorf("the page says %s", said)
	}
	b.do(chromedp.Click(".parked a"))
	b.until(fmt.Sprintf("location.hash === '#/orders/%s' && document.querySelector('h1').textContent === 'Order'", id))
}

func TestTheSystemPageAsksByItselfAndSaysWhatHasChanged(t *testing.T) {
	b := open(t)
	b.answers(views("running", 0, 0))
	b.system("all well", "The views hold everything that was committed, and no stream is parked.")
	said := func(badge, text, figures string) {
		t.Helper()
		b.stands(badge, text)
		b.until(fmt.Sprintf("document.getElementById('said').textContent === %q && document.querySelector('.projectors tbody tr').textContent === %q", text, "viewsorder-list"+figures))
	}
	b.answers(views("running", 3, 2))
	said("catching up", "No stream is parked, and the views are catching up with what was committed.", "running3 commits2 s")
	b.answers(views("waiting", 1200, 4000))
	b.look()
	said("look here", "Waiting for a fault to pass: views.", "waiting1,200 commits1 h")
	b.until("document.querySelector('.projectors + p').textContent.includes('views wait for a fault to pass')")
	b.answers(`{"projectors":[{"name":"views","views":["order-list"],"status":"starting","behind":null,"oldestSeconds":null},` + running + `],` + none + `}`)
	b.look()
	said("starting", "No stream is parked. What was committed before the start is being folded: views.", "startingnot knownnot known")
	b.answers(views("running", 0, 0))
	b.look()
	said("all well", "The views hold everything that was committed, and no stream is parked.", "running0 commits–")
}

func TestWhatADeployedSystemCannotTellIsSaidNotToBeKnown(t *testing.T) {
	b := open(t)
	unknown := func(name string) string {
		return fmt.Sprintf(`{"name":%q,"views":[%[1]q],"status":null,"behind":null,"oldestSeconds":null}`, name)
	}
	b.answers(`{"projectors":[` + unknown("views") + `,` + unknown("search") + `],"parked":{"items":[],"more":false},"errors":null}`)
	b.system("nothing parked", "No stream is parked. How far the views are behind cannot be told from here.")
	for _, says := range []string{"not known", "IteratorAge", "ProjectorAge", "CloudWatch"} {
		if !strings.Contains(b.text(), says) {
			t.Errorf("the page does not say %s", says)
		}
	}
	if strings.Contains(b.text(), "0 commits") {
		t.Error("what is not known is shown as none")
	}
}

// trouble is an answer with a projector that waits and streams that are parked.
const trouble = `{"projectors":[{"name":"views","views":["order-details","order-list","stock-levels","fulfilments","sales"],"status":"waiting","behind":42,"oldestSeconds":95},` + running + `],
	"parked":{"items":[
		{"stream":"order/ord_7rfgsmo4qkhelfu3k2p5fjkgqa","version":3,"view":"order-list","reason":"unfolded","detail":"the event's type is unknown, its data cannot be read, or its rule fails","since":"2026-11-24T12:00:02Z"},
		{"stream":"order/ord_7rfgsmo4qkhelfu3k2p5fjkgqa","version":3,"view":"sales","reason":"unfolded","detail":"the event's type is unknown, its data cannot be read, or its rule fails","since":"2026-11-24T12:00:01Z"},
		{"stream":"stock/product-1","version":11,"view":"stock-levels","reason":"damaged","detail":"what is stored in the event's place makes no sense","since":"2026-11-23T12:00:00Z"}],"more":true},
	"errors":{"since":"2026-11-23T11:00:00Z","items":[
		{"at":"2026-11-24T12:00:03Z","message":"views wait for a fault to pass","about":{"in":"order-list"}},
		{"at":"2026-11-24T12:00:02Z","message":"stream stopped","about":{"stream":"main/order/ord_7rfgsmo4qkhelfu3k2p5fjkgqa","version":"3","view":"order-list"}}]}}`

func TestByTheKeyboardAParkedStreamIsReachedAndKeptWhileThePageGoesOn(t *testing.T) {
	b := open(t)
	b.answers(trouble)
	b.tab(`nav a[href="#/system"]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelector('.parked a') && document.activeElement.tagName === 'H1'")
	b.tab(".parked a")
	b.answers(strings.Replace(trouble, `"version":11`, `"version":12`, 1))
	b.look()
	b.until("document.querySelector('.parked').textContent.includes('from version 12 on') && document.activeElement.matches('.parked a')")
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("location.hash === '#/orders/ord_7rfgsmo4qkhelfu3k2p5fjkgqa'")
}

func TestWhateverIsInTheAnswerOfTheSystemIsText(t *testing.T) {
	const script = `<img src=x onerror=window.harm=1>`
	b := open(t)
	b.answers(strings.NewReplacer("product-1", script, "order-list", script, "damaged", script, "stream stopped", script, "main/order", script).Replace(trouble))
	b.system("look here", "Waiting for a fault to pass: views. More than 2 streams are parked.")
	if n := strings.Count(b.text(), script); n < 5 || eval[bool](b, "window.harm === 1 || document.querySelector('main img') !== null") {
		t.Errorf("it is shown %d times", n)
	}
}

func TestWhoMayNotSeeTheSystemIsToldSo(t *testing.T) {
	b := open(t)
	b.answers(`{"status":403,"detail":"this is not for you"}`)
	b.show("/system", "System")
	b.until("document.querySelector('.system [role=alert]')?.textContent === 'this is not for you.'")
}

// It is among the pictures, since it is run with those of the other pages.
func TestEachPageFitsAsTheSystemsDoesWhenSomethingIsWrong(t *testing.T) {
	b := open(t)
	b.answers(trouble)
	for _, size := range sizes {
		b.do(chromedp.EmulateViewport(size.width, 800, chromedp.EmulateScale(1.5)), scheme(size.scheme))
		b.system("look here", "Waiting for a fault to pass: views. More than 2 streams are parked.")
		b.picture("system-wrong", size.name, size.width)
	}
}

// picture looks whether the page fits the window and can be read. For make shots it
// takes a picture too.
func (b *browser) picture(page, size string, width int64) {
	b.t.Helper()
	if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > width {
		b.t.Errorf("%s is %d pixels wide in a window of %d", page, wide, width)
	}
	b.readable(page + ", " + size)
	folder := *shots
	if folder == "" {
		return
	}
	picture := ask(b, chromedp.FullScreenshot(100))
	name := page + "-" + size + ".png"
	if err := os.WriteFile(filepath.Join(folder, name), picture, 0o644); err != nil { //nolint:gosec // a picture for everybody
		b.t.Fatal(err)
	}
	fmt.Println(filepath.Base(folder)+"/"+name, len(picture)/1000, "kB")
}
