package main

import (
	"strconv"
	"strings"
)

func repeats() []check {
	return []check{
		{sentence: "A repeat of a request that wrote gets the same status, body, ETag and Location.", run: func(t *T) {
			for _, w := range writes() {
				r := w.make(t).key(fresh("key"))
				first := t.must(r, 200, 202)
				t.again(first, r)
				t.again(first, r)
			}
		}},
		{sentence: "It gets them also when more was written since.", run: func(t *T) {
			place := post("/orders", anOrder().String()).key(fresh("key"))
			placed := t.must(place, 201)
			path := "/orders/" + placed.text("/id")
			add := post(path+"/items", anItem(fresh("product")).String()).key(fresh("key"))
			added := t.must(add, 200)
			cancel := post(path+"/cancel", cancellation).key(fresh("key"))
			cancelled := t.must(cancel, 200)
			t.again(placed, place)
			t.again(added, add)
			t.again(cancelled, cancel)
			t.unwritten(path, 3)

			receive := post("/stock/"+fresh("product")+"/receive", receipt(2).String())
			once := receive.key(fresh("key"))
			received := t.must(once, 200)
			t.must(receive, 200)
			t.again(received, once)
		}},
		{sentence: "Spaces, the order of fields and how a text is escaped make no other request.", run: func(t *T) {
			stock := "/stock/" + fresh("product") + "/receive"
			r := post(stock, `{"quantity":1}`).key(fresh("key"))
			first := t.must(r, 200)
			r.body = " {\n\t\"\\u0071uantity\" : 1 } "
			t.again(first, r)

			p := t.place()
			item := anItem(fresh("product")).String()
			r = post(p.path+"/items", item).key(fresh("key"))
			first = t.must(r, 200)
			name := `"name":"Lamp",`
			r.body = "{" + strings.TrimSuffix(name, ",") + "," + strings.Replace(item, name, "", 1)[1:]
			t.again(first, r)
		}},
		{sentence: "A request that was refused is decided anew.", run: func(t *T) {
			place := post("/orders", anOrder().with("/paymentMethod", `"tok_none"`)).key(fresh("key"))
			t.refuse(place, 422, "")
			place.body = anOrder().String()
			t.expect(place, 201)

			p := t.place()
			remove := del(p.path + "/items/" + p.product).key(fresh("key"))
			t.refuse(remove, 422, "") // it is the last
			t.must(post(p.path+"/items", anItem(fresh("product")).String()), 200)
			if a := t.expect(remove, 200); a.version() != 3 {
				t.fail(a, "version 3: now it is removed")
			}
		}},
		{sentence: "A request that changed nothing is decided anew.", run: func(t *T) {
			p := t.place()
			product := fresh("product")
			remove := del(p.path + "/items/" + product).key(fresh("key"))
			if a := t.expect(remove, 200); a.version() != 1 {
				t.fail(a, "version 1: nothing to remove")
			}
			t.must(post(p.path+"/items", anItem(product).String()), 200)
			if a := t.expect(remove, 200); a.version() != 3 {
				t.fail(a, "version 3: now it is removed")
			}
		}},
		{sentence: "A request that was malformed leaves no trace.", run: func(t *T) {
			r := post("/orders", "{").key(fresh("key"))
			t.refuse(r, 400, "")
			r.body = anOrder().String()
			t.expect(r, 201)
		}},
		{sentence: "20 equal requests at once get 20 equal answers, and write once.", run: func(t *T) {
			t.twenty(post("/orders", anOrder().String()).key(fresh("key")))
			for _, w := range writes() {
				a := t.twenty(w.make(t).key(fresh("key")))
				if a.version() != 2 {
					t.fail(a, "version 2: it is written once")
				}
			}
		}},
		{sentence: "20 different requests at once all come to an end; what was granted was written, each once.", run: func(t *T) {
			stock := "/stock/" + fresh("product")
			granted := make([]int, 20)
			each(len(granted), func(i int) {
				a, ok := t.try(post(stock+"/receive", receipt(1).String()).key(fresh("key")))
				switch {
				case ok && a.is(200):
					granted[i] = 1
				case ok && !a.is(409):
					t.fail(a, "200, or 409 when the others kept writing first")
				}
			})
			want := 0
			for _, n := range granted {
				want += n
			}
			if want == 0 {
				t.note(failure{expected: "at least one of 20 granted", got: "none"})
				return
			}
			if a := t.atVersion(stock, int64(want)); a.number("/onHand") != int64(want) {
				t.fail(a, "onHand %s", strconv.Itoa(want))
			}
		}},
	}
}

// twenty sends a request twenty times at once, compares the answers and returns
// the first.
func (t *T) twenty(r request) answer {
	all := make([]answer, 20)
	each(len(all), func(i int) { all[i], _ = t.try(r) })
	for _, a := range all {
		if !a.is(200, 201, 202) {
			t.fail(a, "a write, granted")
		}
		t.equal(all[0], a)
	}
	return all[0]
}
