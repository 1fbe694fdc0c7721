package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/httpapi"
	"github.com/daybook-es/daybook/pkg/saga"
)

// lagging returns a world whose views are brought up to date by catchUp alone.
func lagging(t *testing.T) (w *world, catchUp func()) {
	t.Helper()
	w = newWorld(t, func(c *httpapi.Config) { c.Settled = nil })
	return w, func() {
		if err := w.config.Views.(*views).settled(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestAListWaitsForAVersionOfAStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, catchUp := lagging(t)
		path := w.place()
		w.do("POST", path+"/items", anItem).expect(t, "item", http.StatusOK)
		w.do("POST", "/stock/a@1:b/receive", `{"quantity": 1}`).expect(t, "receive", http.StatusOK)
		order := strings.Replace(path, "/orders/", "order/", 1)
		w.do("POST", path+"/submit", "").expect(t, "submit", http.StatusAccepted)
		mustGive[saga.Memo, saga.Event](w, memos, path, ended("ReserveStock", saga.StepSucceeded, saga.Running))
		lists := []string{
			"/fulfilments?status=running&after=" + order + "@3", "/fulfilments?after=" + strings.Replace(order, "order/", "fulfilment/", 1) + "@1",
			"/orders?after=" + order + "@2", "/orders?limit=1&status=submitted&after=" + url.QueryEscape(order+"@1"), "/stock?after=stock/a@1:b@1",
		}
		replies, begun := make(chan reply), time.Now()
		for _, list := range lists {
			unasked, _, _ := strings.Cut(list, "?")
			w.do("GET", unasked, "").expect(t, "it does not wait unasked", http.StatusOK)
			go func() { replies <- w.do("GET", list, "") }()
		}
		time.Sleep(3 * time.Second)
		catchUp()
		for range lists {
			if got := <-replies; got.status != http.StatusOK || got.field("items") == "[]" || time.Since(begun) > 3*time.Second+250*time.Millisecond {
				t.Errorf("after %v: got %d %s", time.Since(begun), got.status, got.body)
			}
		}
	})
}

func TestAVersionThatDoesNotComeIsWaitedForFiveSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		path := w.place()
		order := strings.Replace(path, "/orders/", "order/", 1)
		for _, target := range []string{
			path + "?min_version=2", "/orders?after=" + order + "@2", "/orders?after=" + order + "@99999999999999999999", "/orders?after=order/nobody@1", "/stock?after=stock/none@1",
			"/fulfilments?after=" + order + "@2", "/fulfilments?after=fulfilment/nobody@1",
		} {
			begun := time.Now()
			w.do("GET", target, "").expect(t, target, http.StatusServiceUnavailable, "view.behind", "")
			if waited := time.Since(begun); waited != 5*time.Second {
				t.Errorf("%s: waited %v", target, waited)
			}
			w.do("GET", target, "", "If-None-Match: *").expect(t, target, http.StatusServiceUnavailable, "view.behind", "")
		}
	})
}

func TestAnAfterThatIsNoneIsMalformed(t *testing.T) {
	w := newSearch(t)
	path := w.place()
	order := strings.Replace(path, "/orders/", "order/", 1)
	w.do("POST", "/stock/p/receive", `{"quantity": 1}`).expect(t, "receive", http.StatusOK)
	for list, good := range map[string]string{"/orders": order, "/fulfilments": order, "/stock": "stock/p", "/search?q=lamp": order} {
		target := strings.Replace(list+"?after=", "?q=lamp?", "?q=lamp&", 1)
		w.do("GET", target+good+"@1", "").expect(t, target+good+"@1", http.StatusOK)
		for _, bad := range []string{
			"", "@", "/", "/@", "x", "1", "@1", "/@1", good, good + "@", good + "@0", good + "@-1", good + "@+1", good + "@01", good + "@1.0", good + "@1 ", good + "@x", good + "@1@", good + "@1@0", " " + good + "@1",
			"main/" + good + "@1", "shop/" + good + "@1", "/" + good + "@1", good + "/x@1", "payment/p@1", strings.ToUpper(good) + "@1", "*@1", strings.SplitN(good, "/", 2)[0] + "@1",
			"order@1", "order/@1", "order/.a@1", "order/a b@1", "order/\x00@1", "order/\xff@1", "order/" + strings.Repeat("x", 65) + "@1", "stock/@1", "stock/../p@1", good + "@1,order/x@1", good + "@" + "١",
		} {
			got := w.do("GET", target+url.QueryEscape(bad), "")
			if got.expect(t, target+bad, http.StatusBadRequest, "query.invalid", ""); !strings.HasPrefix(got.field("detail"), "after: ") {
				t.Errorf("%s%s: %s", target, bad, got.body)
			}
		}
		w.do("GET", target+good+"@1&after="+good+"@1", "").expect(t, "twice", http.StatusBadRequest, "query.invalid", "")
	}
	w.do("GET", "/orders?after=stock/p@1", "").expect(t, "stock in orders", http.StatusBadRequest, "query.invalid", "")
	w.do("GET", "/stock?after="+order+"@1", "").expect(t, "an order in stock", http.StatusBadRequest, "query.invalid", "")
	w.do("GET", "/orders?after=fulfilment/p@1", "").expect(t, "a fulfilment in orders", http.StatusBadRequest, "query.invalid", "")
	for _, other := range []string{path + "?after=" + order + "@1", path + "/events?after=" + order + "@1", path + "/fulfilment?after=" + order + "@1", "/stock/p?after=stock/p@1"} {
		w.do("GET", other, "").expect(t, other, http.StatusBadRequest, "query.invalid", "")
	}
}

func TestASearchWaitsForAVersionOfAnOrder(t *testing.T) {
	w := newSearch(t)
	path := w.place()
	order := strings.Replace(path, "/orders/", "order/", 1)
	w.do("POST", path+"/cancel", `{"reason": "a vase"}`).expect(t, "cancel", http.StatusOK)
	if got := w.do("GET", find("vase")+"&after="+order+"@2", ""); got.status != http.StatusOK || !strings.Contains(got.body, `"version":2`) {
		t.Errorf("got %d %s", got.status, got.body)
	}
}

func TestACursorGoesOnWithAndWithoutAfter(t *testing.T) {
	w := newWorld(t)
	order := strings.Replace(w.place(), "/orders/", "order/", 1)
	w.place()
	first := w.do("GET", "/orders?limit=1&after="+order+"@1", "")
	for _, more := range []string{"", "&after=" + order + "@1"} {
		got := w.do("GET", "/orders?limit=1&cursor="+first.field("next")+more, "")
		if got.status != http.StatusOK || got.field("next") != "null" || got.field("items") == first.field("items") {
			t.Errorf("%s: got %d %s", more, got.status, got.body)
		}
	}
}
