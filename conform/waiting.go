package main

import (
	"fmt"
	"slices"
	"time"
)

// inVain checks that each path is waited for, and not for ever.
func (t *T) inVain(paths ...string) {
	each(len(paths), func(i int) {
		r := get(paths[i])
		r.late = true
		began := time.Now()
		a, ok := t.try(r)
		// Twice the time leaves room for a slow way to the server.
		if ok && (!a.is(503) || a.header.Get("Retry-After") == "" || time.Since(began) > 10*time.Second) {
			t.fail(a, "503 with Retry-After, in time")
		}
	})
}

func waiting() []check {
	return []check{
		{sentence: "min_version waits, at most 5 s, then 503 with Retry-After.", long: true, run: func(t *T) {
			product := fresh("product")
			t.must(post("/stock/"+product+"/receive", receipt(1).String()), 200)
			t.inVain(t.place().path+"?min_version=2", "/stock/"+product+"?min_version=9223372036854775807", "/stock/"+product+"?min_version=9223372036854775808")
		}},
		{sentence: "A list waits for the version that after names, at most 5 s, then 503 with Retry-After.", long: true, run: func(t *T) {
			p, nobody := t.place(), fresh("nobody")
			t.inVain("/orders?after=order/"+p.id+"@2", "/orders?limit=1&after=order/"+p.id+"@9223372036854775808", "/orders?after=order/"+nobody+"@1",
				"/stock?after=stock/"+nobody+"@1", "/fulfilments?after=order/"+p.id+"@2", "/fulfilments?status=stuck&after=fulfilment/"+nobody+"@1", "/search?q=lamp&after=order/"+nobody+"@9223372036854775807")
		}},
		{sentence: "With after a client finds its own writes in a list.", run: func(t *T) {
			p := t.place()
			stock := "/stock/" + p.product
			for i := range 5 {
				a := t.must(post(p.path+"/items", anItem(p.product).String()), 200)
				list := t.must(get(fmt.Sprintf("/orders?customer=%s&after=order/%s@%d", p.customer, p.id, a.version())), 200)
				t.same(list, []any{list.at("/items/0/version"), list.at("/items/0/total")}, []any{a.version(), a.at("/total")})
				t.must(post(stock+"/receive", receipt(1).String()), 200)
				all := t.pages(fmt.Sprintf("/stock?limit=100&after=stock/%s@%d", p.product, i+1), 100, 1000)
				at := slices.IndexFunc(all, func(item any) bool { return lookup(item, "/productId") == p.product })
				if at < 0 {
					t.fail(list, "product %s in GET /stock", p.product)
					return
				}
				t.same(list, all[at], stockItem(p.product, int64(i+1), int64(i+1)))
			}
			found := get("/search?q=" + p.customer + "&after=order/" + p.id + "@1")
			found.late = true // the index may be further behind
			a := t.until(found, func(a answer) bool { return a.is(200) })
			t.same(a, a.at("/items/0/id"), p.id)
		}},
		{sentence: "With min_version a client reads its own writes.", run: func(t *T) {
			p := t.place()
			stock := "/stock/" + fresh("product")
			for i := range 10 {
				a := t.must(post(p.path+"/items", anItem(p.product).String()), 200)
				read := t.atVersion(p.path, a.version())
				t.same(read, read.at("/total"), a.at("/total"))
				b := t.must(post(stock+"/receive", receipt(1).String()), 200)
				if read := t.atVersion(stock, b.version()); read.number("/onHand") != int64(i+1) {
					t.fail(read, "onHand %d", i+1)
				}
			}
		}},
		{sentence: "A version that comes while it is waited for is shown.", run: func(t *T) {
			p := t.place()
			read := make(chan answer)
			versions := map[string]string{p.path + "?min_version=2": "/version", "/orders?customer=" + p.customer + "&after=order/" + p.id + "@2": "/items/0/version"}
			for path := range versions {
				go func() {
					r := get(path)
					r.late = true
					a, _ := t.try(r)
					read <- a
				}()
			}
			time.Sleep(100 * time.Millisecond)
			t.try(post(p.path+"/items", anItem(fresh("product")).String()))
			for range versions {
				if a := <-read; !a.is(200) || a.number(versions[a.request.target]) != 2 {
					t.fail(a, "200 and version 2")
				}
			}
		}},
	}
}
