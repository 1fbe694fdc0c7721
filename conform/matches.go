package main

import "strings"

func matches() []check {
	return []check{
		{sentence: "If-Match is one strong tag; a weak one, *, a list or a bare text is 400.", run: func(t *T) {
			bad := [][]string{
				{""}, {"*"}, {"1"}, {`"1`}, {`1"`}, {`W/"1"`}, {`w/"1"`}, {`"1", "2"`}, {`"1","1"`}, {`"1" "1"`}, {`'1'`}, {`"`}, {`"1"x`}, {`"1";`}, {`"1"`, `"1"`}, {`"1"`, `*`},
			}
			for _, w := range writes() {
				r := w.make(t)
				for _, tags := range bad {
					r := r
					for _, tag := range tags {
						r = r.ifMatch(tag)
					}
					t.refuse(r, 400, "")
				}
				t.expect(r, 200, 202) // nothing was written before
			}
			t.refuse(post("/orders", anOrder().String()).ifMatch("*"), 400, "")
		}},
		{sentence: "A write takes the tag of a write.", run: func(t *T) {
			p := t.place()
			a := t.must(post(p.path+"/items", anItem(fresh("product")).String()).ifMatch(p.etag()), 200)
			t.expect(post(p.path+"/cancel", cancellation).ifMatch(a.etag()), 200)
			for _, w := range writes() {
				t.expect(w.make(t).ifMatch(`"1"`), 200, 202)
			}
		}},
		{sentence: "It takes the tag of a read, of which the part before the dot is compared.", run: func(t *T) {
			p := t.place()
			read := t.atVersion(p.path, 1)
			t.expect(post(p.path+"/items", anItem(fresh("product")).String()).ifMatch(read.etag()), 200)
			t.expect(post(p.path+"/items", anItem(fresh("product")).String()).ifMatch(`"2.another-digest"`), 200)
			t.refuse(post(p.path+"/cancel", cancellation).ifMatch(read.etag()), 412, "")

			stock := "/stock/" + fresh("product")
			t.must(post(stock+"/receive", receipt(1).String()), 200)
			t.expect(post(stock+"/receive", receipt(1).String()).ifMatch(t.atVersion(stock, 1).etag()), 200)
		}},
		{sentence: "A stale tag is 412, and nothing is written.", run: func(t *T) {
			for _, w := range writes() {
				r := w.make(t)
				for _, tag := range []string{`"0"`, `"2"`, `"99"`, `"2.x"`, `"18446744073709551617"`} {
					t.refuse(r.ifMatch(tag), 412, "")
				}
				t.expect(r.ifMatch(`"1"`), 200, 202)
			}
		}},
		{sentence: "A strong tag that is not of this API is stale too: 412.", run: func(t *T) {
			for _, w := range writes() {
				r := w.make(t)
				for _, tag := range []string{`"abc"`, `""`, `"1x"`, `"-1"`, `"é"`, `"` + strings.Repeat("x", 1000) + `"`} {
					t.refuse(r.ifMatch(tag), 412, "")
				}
			}
		}},
		{sentence: "A repeat gets its first answer before its tag is compared; staleness is said before a refusal.", run: func(t *T) {
			for _, w := range writes() {
				r := w.make(t).key(fresh("key")).ifMatch(`"1"`)
				t.again(t.must(r, 200, 202), r)
			}
			p := t.place()
			t.refuse(del(p.path+"/items/"+p.product).ifMatch(`"7"`), 412, "")
			t.refuse(del(p.path+"/items/"+p.product).ifMatch(`"1"`), 422, "")
		}},
		{sentence: "Of 20 that change one version at once, one is granted and the others are stale.", run: func(t *T) {
			p := t.place()
			statuses := make([]int, 20)
			each(len(statuses), func(i int) {
				if a, ok := t.try(post(p.path+"/items", anItem(fresh("product")).String()).ifMatch(`"1"`)); ok {
					statuses[i] = a.status
				}
			})
			count := make(map[int]int)
			for _, status := range statuses {
				count[status]++
			}
			t.same(p.answer, count, map[int]int{200: 1, 412: 19})
			t.unwritten(p.path, 2)
		}},
	}
}
