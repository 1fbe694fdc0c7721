package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// shipped waits until the page, which lists orders, says so of so many.
func (b *browser) shipped(n int) {
	b.t.Helper()
	b.until(fmt.Sprintf("document.querySelectorAll('td [data-status=shipped]').length === %d", n))
}

func TestACustomersPageSaysWhatWasOrderedSpentAndBoughtMostInEachCurrency(t *testing.T) {
	b := open(t)
	b.buys("cust-1", "product-1", 2999, "USD")
	b.buys("cust-1", "product-1", 2999, "USD")
	b.buys("cust-1", "product-2", 10001, "USD")
	b.buys("cust-1", "product-2", 123456, "JPY")
	b.post("cust-1", "Ada") // and is not submitted
	b.buys("cust-2", "product-1", 2999, "USD")
	b.show("/customers/cust-1", "Customer")
	b.shipped(4)
	b.reads(".figures dt", "Orders", "Spent, JPY", "Spent, USD")
	b.reads(".figures dd", "5", "¥123,4561 sale, ¥123,456 on average", "$159.993 sales, $53.33 on average")
	b.reads("h2", "Newest orders", "Bought most in JPY", "Bought most in USD")
	b.reads("section:nth-of-type(2) .ranking td", "1 ×", "¥123,456", "1 ×", "¥123,456")
	b.reads("section:nth-of-type(3) .ranking:first-child :is(th[scope=row], td)", "product-2", "1 ×", "$100.01", "product-1", "2 ×", "$59.98")
	b.reads("section:nth-of-type(3) .ranking:last-child :is(th[scope=row], td)", "product-1", "2 ×", "$59.98", "product-2", "1 ×", "$100.01")

	b.do(chromedp.Click("td.order a"))
	b.until("document.querySelector('h1').textContent === 'Order' && document.querySelector('#customer')")
	b.do(chromedp.Click("#customer"))
	b.until("document.querySelector('h1').textContent === 'Customer' && document.querySelector('#all')")
	b.do(chromedp.Click("#all"))
	b.until("location.hash === '#/orders?customer=cust-1' && document.querySelectorAll('tbody tr').length === 5")
	b.do(chromedp.Click("td.customer a"))
	b.until("location.hash === '#/customers/cust-1' && document.querySelector('#all')")
}

func TestACustomersPageFollowsTheFlowFromTheFirstOrderToARefund(t *testing.T) {
	b := open(t)
	b.run("window.loaded = 'once'")
	b.show("/customers/cust-new", "Customer")
	b.until("document.querySelector('main [role=alert]')?.textContent.includes('cust-new')")
	b.post("cust-new", "Ada")
	b.reads(".figures dd", "1nothing paid for yet")
	b.run("document.getElementById('all').focus()")
	id := b.pays("tok_refund_flaky", "cust-new", "product-1", 2999, "USD")
	b.reads(".figures dd", "2", "$29.991 sale, $29.99 on average")
	b.shipped(1)
	b.send("/orders/"+id+"/deliver", "")
	b.send("/orders/"+id+"/return", `{"reason": "it wobbles"}`) // it is paid back later, which the order does not say
	b.reads(".figures dd", "2", "$0.001 sale, $29.99 on average; $29.99 refunded")
	b.reads("section:nth-of-type(2) .empty", "Nothing is left of what was bought: it was refunded.")
	if eval[string](b, "window.loaded + ' ' + document.activeElement.id") != "once all" {
		t.Error("the page was loaded anew, or lost the focus")
	}
}

func TestTheLargestCustomersOfAPeriodLeadToTheirPages(t *testing.T) {
	b := open(t)
	b.show("/customers", "Customers")
	b.until("document.querySelector('main .empty')?.textContent.includes('these months')")
	b.readable("customers, none")
	sold := b.sold(b.pays("tok_ok", "cust-1", "product-1", 100, "USD"))
	b.show("/customers?to="+sold, "Customers") // the same month, however late it is
	b.buys("cust-1", "product-1", 100, "USD")
	b.buys("cust-2", "product-1", 300, "USD")
	b.buys("cust-2", "product-1", 7, "EUR")
	day, err := time.Parse(time.DateOnly, sold)
	if err != nil {
		t.Fatal(err)
	}
	b.reads("main h2", day.Format("The largest, January 2006"))
	b.reads(".ranking caption", "In EUR", "In USD")
	b.reads(".ranking :is(th[scope=row], td)", "cust-2", "1 ×", "€0.07", "cust-2", "1 ×", "$3.00", "cust-1", "2 ×", "$2.00")
	b.run("document.querySelector('[name=by]').focus()")
	b.do(chromedp.KeyEvent("d"))
	b.until("location.hash === '#/customers?by=day' && document.querySelectorAll('.ranking').length === 2")
	b.show("/customers?by=day&from=2026-01-01&to=2026-02-01", "Customers")
	b.until("document.querySelector('main :not([aria-busy]) > [role=alert]')?.textContent.includes('At most 31 days')")
	b.show("/customers?by=day&from=2026-01-01&to=2026-01-31", "Customers")
	b.until("document.querySelector('main .empty')?.textContent.includes('these days')")
	b.show("/customers?by=day&from=tomorrow&to=never", "Customers") // which are no days
	b.until("document.querySelectorAll('.ranking').length === 2")
	for _, page := range []string{"Customers", "Sales"} {
		b.show("/"+strings.ToLower(page)+"?to="+sold, page)
		b.until("[...document.querySelectorAll('.ranking a')].some((a) => a.textContent === 'cust-1')")
		b.run("[...document.querySelectorAll('.ranking a')].find((a) => a.textContent === 'cust-1').click()")
		b.until("location.hash === '#/customers/cust-1' && document.querySelector('#all')")
	}
}

func TestAnIdIsTypedAndLeadsToItsCustomer(t *testing.T) {
	b := open(t)
	b.post("cust-1", "Ada")
	b.tab(`nav a[href="#/customers"]`)
	b.do(chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelector('h1').textContent === 'Customers' && document.activeElement.tagName === 'H1'")
	b.tab("[name=customer]")
	b.do(chromedp.KeyEvent(" "), chromedp.KeyEvent(kb.Enter)) // nothing
	b.do(chromedp.KeyEvent("Cust-1 "), chromedp.KeyEvent(kb.Enter))
	b.until("location.hash === '#/customers/Cust-1' && document.querySelector('main [role=alert] q')?.textContent === 'Cust-1' && document.activeElement.tagName === 'H1'")
	b.readable("an unknown customer")
	b.tab(`main a[href="#/customers"]`)
	b.tab("[name=customer]")
	b.run("document.activeElement.select()")
	b.do(chromedp.KeyEvent("cust-1"), chromedp.KeyEvent(kb.Enter))
	b.until("document.querySelector('.figures dd')?.textContent.startsWith('1') && document.querySelector('.id').textContent === 'cust-1'")
	b.tab("td.order a")
}

func TestWhateverStandsForACustomersIdIsShownAsText(t *testing.T) {
	b := open(t)
	b.do(chromedp.EmulateViewport(400, 800))
	for _, id := range []string{`<img src=x onerror=window.harm=1><script>window.harm=1</script>`, "..", ".", "a/b", "%", "ü", strings.Repeat("a", 300)} {
		b.run(fmt.Sprintf("location.hash = '/customers/' + encodeURIComponent(%q)", id))
		b.until(fmt.Sprintf("document.querySelector('h1').textContent === 'Customer' && document.querySelector('main [role=alert] q')?.textContent === %q && document.querySelector('[name=customer]').value === %[1]q", id))
		if eval[bool](b, "window.harm === 1 || document.querySelector('main img, main script') !== null || !document.getElementById('lost').hidden") {
			t.Errorf("%q became markup, or was asked for", id)
		}
		if wide := eval[int64](b, "document.documentElement.scrollWidth"); wide > 400 {
			t.Errorf("%q makes the page %d pixels wide in a window of 400", id, wide)
		}
	}
}
