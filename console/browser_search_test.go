package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// rows waits until the table shows so many orders.
func (b *browser) rows(n int) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelectorAll('tbody tr').length === %d && !document.querySelector('[aria-busy]')", n))
}

func TestOrdersAreFoundByWordsAndTheFocusStaysInTheField(t *testing.T) {
	b := open(t)
	b.run("window.loaded = 'once'")
	b.post("cust-lamp", "Teapot")
	b.post("cust-other", "Lamp")
	b.show("/orders?status=pending", "Orders")
	b.rows(2)
	b.run("document.getElementById('q').focus()")
	b.do(chromedp.KeyEvent("teapot LAMP" + kb.Enter))
	b.rows(1)
	if hash := eval[string](b, "location.hash"); hash != "#/orders?q=teapot+LAMP" {
		t.Errorf("the address is %s", hash)
	}
	if found := eval[string](b, "document.querySelector('td.customer').textContent"); found != "cust-lampfound in customer, recipient, products" {
		t.Errorf("found %q", found)
	}
	if eval[bool](b, "document.querySelector('[aria-label=Filters]') !== null || !document.querySelector('main').textContent.includes('filters do not narrow a search')") {
		t.Error("the page offers filters that the search does not take")
	}
	b.until("document.getElementById('said').textContent === 'Orders found: 1.'")
	b.do(chromedp.KeyEvent("x" + kb.Enter)) // goes on where the focus was
	b.until("document.activeElement.id === 'q' && location.hash === '#/orders?q=teapot+LAMPx' && document.querySelector('main .empty')?.textContent.includes('Words are found whole')")
	b.do(chromedp.KeyEvent(kb.Backspace + kb.Enter))
	b.rows(1)
	b.post("cust-lamp", "Teapot")
	b.rows(2) // as it happens
	b.until("document.getElementById('said').textContent === 'Orders found: 2.' && document.activeElement.id === 'q'")
	b.do(chromedp.Click("main p.soft a"))
	b.rows(3)
	if eval[string](b, "window.loaded") != "once" || !eval[bool](b, "document.querySelector('[aria-label=Filters]') !== null && document.getElementById('q').value === ''") {
		t.Error("the page was loaded anew, or goes on searching")
	}
}

func TestASearchIsAnAddressAndSaysWhatIsWrongWithIt(t *testing.T) {
	const script = `<img src=x onerror=window.harm=1>`
	b := open(t)
	for range 26 {
		b.post("cust-1", script)
	}
	b.do(chromedp.Navigate(b.url + "/#/orders?q=%3Cimg+onerror%3D"))
	b.rows(25)
	b.do(chromedp.Click("a.older"))
	b.rows(1)
	b.until("document.querySelector('.pages a').textContent === '← Newest' && document.getElementById('q').value === '<img onerror='")
	if eval[bool](b, "window.harm === 1 || document.querySelector('main img') !== null") {
		t.Error("what is searched for became markup")
	}
	for q, says := range map[string]string{"...": "a letter or a digit", strings.Repeat("a", 201): "1 to 200 characters", "lamp&cursor=edited": "cursor"} {
		b.show("/orders?q="+q, "Orders")
		b.until(fmt.Sprintf("document.querySelector('main [role=alert]')?.textContent.includes(%q)", says))
	}
}

func TestAnIndexThatIsBehindIsWaitedForAndIsNoError(t *testing.T) {
	b := open(t)
	b.post("cust-1", "Lamp")
	b.run(`window.fetched = window.fetch; window.behind = true; window.fetch = (...given) => String(given[0]).includes('/search') && window.behind
		? Promise.resolve(new Response('{"status":503,"detail":"the index is behind"}', { status: 503 })) : window.fetched(...given)`)
	b.show("/orders?q=lamp", "Orders")
	b.until("document.querySelector('main .empty').textContent === 'Not yet: the index is behind. It is asked again in a moment.'")
	if eval[bool](b, "document.querySelector('main [role=alert]') !== null || !document.getElementById('lost').hidden") {
		t.Error("the page shows an error")
	}
	b.run("window.behind = false")
	b.rows(1)
}

func TestOrdersAreFilteredByTheDayOfTheirPlacing(t *testing.T) {
	b := open(t)
	b.post("cust-1", "Ada")
	b.show("/orders?customer=cust-1", "Orders")
	b.rows(1)
	placed, err := time.Parse(time.RFC3339Nano, eval[string](b, "document.querySelector('tbody time').dateTime"))
	if err != nil {
		t.Fatal(err)
	}
	for days, rows := range []int{1, 0} {
		day := placed.AddDate(0, 0, -days).Format(time.DateOnly)
		b.do(chromedp.SetValue("#day", day))
		b.run("document.getElementById('day').focus()")
		b.do(chromedp.KeyEvent(kb.Enter))
		b.until(fmt.Sprintf("location.hash === '#/orders?customer=cust-1&day=%s' && document.getElementById('day').value === %[1]q && document.activeElement.id === 'day'", day))
		b.rows(rows)
	}
	b.until("document.querySelector('main .empty').textContent === 'No order is like that. Show all orders'")
	b.show("/orders?day=2026-02-30", "Orders")
	b.until("document.querySelector('main [role=alert]')?.textContent.startsWith('day: ')")
}
