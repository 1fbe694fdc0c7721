package main

import (
	"fmt"
	"time"
)

func waiting() []check {
	return []check{
		{sentence: "min_version waits, at most 5 s, then 503 with Retry-After.", long: true, run: func(t *T) {
			product := fresh("product")
			t.must(post("/stock/"+product+"/receive", receipt(1).String()), 200)
			paths := []string{t.place().path + "?min_version=2", "/stock/" + product + "?min_version=9223372036854775807", "/stock/" + product + "?min_version=9223372036854775808"}
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
			go func() {
				r := get(fmt.Sprintf("%s?min_version=%d", p.path, 2))
				r.late = true
				a, _ := t.try(r)
				read <- a
			}()
			time.Sleep(100 * time.Millisecond)
			t.try(post(p.path+"/items", anItem(fresh("product")).String()))
			if a := <-read; !a.is(200) || a.version() != 2 {
				t.fail(a, "200 and version 2")
			}
		}},
	}
}
