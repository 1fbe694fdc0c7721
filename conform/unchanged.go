package main

import (
	"net/http"
	"strings"
)

// cacheOf returns the Cache-Control that an answer is to have.
func cacheOf(a answer) string {
	path, _, _ := strings.Cut(a.request.target, "?")
	read := a.request.method == http.MethodGet || a.request.method == http.MethodHead
	switch {
	case !read || a.status >= 400 || path == "/healthz" || path == "/journal" || path == "/live" || path == "/system":
		return "no-store"
	case path == "/openapi.json":
		return "public, max-age=300"
	default:
		return "private, no-cache"
	}
}

// tagged returns a read of every route that answers an ETag.
func (t *T) tagged() []request {
	p := t.submit(t.stocked(to("00000"))) // its run ends, and nobody else asks for it
	t.ended(p)
	t.must(get("/stock/"+p.product+"?min_version=3"), 200) // received, reserved, released
	t.comes(get(p.path), func(a answer) any { return []any{a.at("/version"), a.at("/payment/status"), a.at("/shipment/status")} }, []any{5, "refunded", "none"})
	t.comes(get("/orders?customer="+p.customer), func(a answer) any { return a.at("/items/0/version") }, 5)
	t.comes(get(find(p.customer)), func(a answer) any { return a.at("/items/0/version") }, 5)
	return []request{get(p.path), get(p.path + "/fulfilment"), get(p.path + "/events"), get("/orders?customer=" + p.customer), get("/stock/" + p.product), get(find(p.customer)), get("/openapi.json")}
}

func unchanged() []check {
	return []check{
		{sentence: "If-None-Match with the tag of what is there is 304, on every read with an ETag; with others, 200.", long: true, run: func(t *T) {
			for _, r := range t.tagged() {
				tag := t.must(r, 200).etag()
				for _, same := range []string{tag, "W/" + tag, `"x", ` + tag, tag + `,"x"`, `W/"x" , ,W/` + tag + " ,", "*"} {
					t.expect(r.with("If-None-Match: "+same), 304)
				}
				t.expect(r.with(`If-None-Match: "x"`, "If-None-Match: "+tag), 304)
				for _, other := range []string{`""`, `"x"`, `W/"x"`, `"*"`, `"x,y"`, strings.TrimSuffix(tag, `"`) + `x"`} {
					t.expect(r.with("If-None-Match: "+other), 200)
				}
				r.method = "HEAD"
				t.expect(r.with("If-None-Match: "+tag), 304)
			}
		}},
		{sentence: "What has changed is 200 with another tag, in a list as well.", run: func(t *T) {
			p := t.place()
			one, list := get(p.path+"?min_version=1"), get("/orders?customer="+p.customer)
			first := t.must(one, 200).etag()
			before := t.until(list, func(a answer) bool { return len(a.items()) == 1 }).etag()
			t.must(post(p.path+"/cancel", cancellation), 200)
			a := t.must(get(p.path+"?min_version=2").with("If-None-Match: "+first), 200)
			b := t.until(list.with("If-None-Match: "+before), func(a answer) bool { return a.is(200) })
			if !b.is(200) || a.etag() == first || b.etag() == before {
				t.fail(b, "200 and another tag")
			}
		}},
		{sentence: "If-None-Match that is malformed is 400; an error stays the error that it is.", run: func(t *T) {
			p := t.place()
			for _, r := range []request{get(p.path + "?min_version=1"), get("/orders"), get("/fulfilments"), get("/stock"), get(p.path + "/events"), get("/openapi.json")} {
				for _, bad := range []string{"", ",", "1", `"1`, `1"`, `w/"1"`, `W/1`, `W/`, `W /"1"`, `"1" "2"`, `"1";`, `"1"x`, `'1'`, `*, "1"`, `"1", *`, "**", `"a b"`} {
					t.refuse(r.with("If-None-Match: "+bad), 400, "")
				}
			}
			t.refuse(get("/orders/"+fresh("nobody")).with("If-None-Match: *"), 404, "")
			t.expect(get("/healthz").with("If-None-Match: *"), 200)
		}},
		{sentence: "A write does not take If-None-Match: 400, and nothing is written.", run: func(t *T) {
			for _, w := range writes() {
				r := w.make(t)
				for _, tag := range []string{"*", `"1"`} {
					t.refuse(r.with("If-None-Match: "+tag), 400, "")
				}
				t.expect(r.ifMatch(`"1"`), 200, 202)
			}
			t.refuse(post("/orders", anOrder().String()).with("If-None-Match: *"), 400, "")
		}},
		{sentence: "The tag of a list is not one for If-Match: 412.", run: func(t *T) {
			p := t.place()
			list := t.must(get(p.path+"/events"), 200)
			t.refuse(post(p.path+"/cancel", cancellation).ifMatch(list.etag()), 412, "")
		}},
	}
}
