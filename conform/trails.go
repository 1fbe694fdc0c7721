package main

import (
	"fmt"
	"regexp"
	"strings"
)

var eventType = regexp.MustCompile(`^order\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*$`)

func trails() []check {
	return []check{
		{sentence: "GET /orders/{id}/events is the order's own stream, oldest first: {version, type, at, actor, correlationId, causationId, data}.", run: func(t *T) {
			p := t.place("Correlation-Id: conform-1")
			t.must(post(p.path+"/items", anItem(fresh("product")).String()).with("Correlation-Id: conform-2"), 200)
			t.must(post(p.path+"/cancel", cancellation).with("Correlation-Id: conform-3"), 200)
			a := t.until(get(p.path+"/events"), func(a answer) bool { return len(a.items()) == 3 })
			var got, want []any
			for i, item := range a.items() {
				line, _ := item.(map[string]any)
				if _, there := line["causationId"]; !there || len(line) != 7 {
					t.fail(a, "seven fields in each line")
				}
				if kind, _ := line["type"].(string); !eventType.MatchString(kind) {
					t.fail(a, "types named order.….v1")
				}
				if data, _ := line["data"].(map[string]any); data == nil {
					t.fail(a, "data, an object")
				}
				t.timeAt(a, "/items/"+canonical(i)+"/at")
				got = append(got, []any{line["version"], line["actor"], line["correlationId"]})
			}
			for i, correlation := range []string{"conform-1", "conform-2", "conform-3"} {
				want = append(want, []any{i + 1, "client", correlation})
			}
			t.same(a, got, want)
			if a.at("/next") != nil {
				t.fail(a, "next null")
			}
			var types []string
			for _, item := range a.items() {
				kind, _ := lookup(item, "/type").(string)
				types = append(types, kind[:strings.LastIndex(kind, ".")+1])
			}
			t.same(a, types, []string{"order.placed.", "order.item_added.", "order.cancelled."})
		}},
		{sentence: "It is paged as lists are.", run: func(t *T) {
			p := t.place()
			for range 4 {
				t.must(post(p.path+"/items", anItem(fresh("product")).String()), 200)
			}
			whole := t.until(get(p.path+"/events?limit=100"), func(a answer) bool { return len(a.items()) == 5 })
			t.same(whole, t.pages(p.path+"/events?limit=1", 1, 6), whole.items())
			t.same(whole, t.pages(p.path+"/events?limit=2", 2, 4), whole.items())
		}},
		{sentence: "What was refused, or changed nothing, is not in it.", run: func(t *T) {
			p := t.place()
			t.expect(del(p.path+"/items/absent"), 200)
			t.refuse(del(p.path+"/items/"+p.product), 422, "")
			t.refuse(post(p.path+"/items", "{"), 400, "")
			t.refuse(post(p.path+"/submit", "").ifMatch(`"7"`), 412, "")
			if a := t.expect(get(p.path+"/events"), 200); len(a.items()) != 1 {
				t.fail(a, "one event")
			}
		}},
		{sentence: "Of a fulfilled order it says what fulfilment did, and carries the Correlation-Id of its submit to the last event.", long: true, run: func(t *T) {
			p := t.submit(t.stocked(), "Correlation-Id: conform-run")
			t.ran(p, happy())
			t.must(post(p.path+"/deliver", "").with("Correlation-Id: conform-end"), 200)
			t.comes(get(p.path+"/events"), lines, []string{
				"1 order.placed client " + p.header.Get("Correlation-Id"),
				"2 order.submitted client conform-run",
				"3 order.confirmed fulfilment conform-run",
				"4 order.shipped fulfilment conform-run",
				"5 order.delivered client conform-end",
			})
		}},
		{sentence: "Of a compensated order as well.", long: true, run: func(t *T) {
			p := t.submit(t.stocked(to("00000")), "Correlation-Id: conform-run")
			t.ended(p)
			t.comes(get(p.path+"/events"), lines, []string{
				"1 order.placed client " + p.header.Get("Correlation-Id"),
				"2 order.submitted client conform-run",
				"3 order.confirmed fulfilment conform-run",
				"4 order.cancel_started fulfilment conform-run",
				"5 order.cancelled fulfilment conform-run",
			})
		}},
	}
}

// lines returns the events of a trail: version, type, actor and correlation.
func lines(trail answer) any {
	all := []string{}
	for _, item := range trail.items() {
		kind, _ := lookup(item, "/type").(string)
		name, _, _ := strings.Cut(kind, ".v")
		all = append(all, fmt.Sprint(lookup(item, "/version"), " ", name, " ", lookup(item, "/actor"), " ", lookup(item, "/correlationId")))
	}
	return all
}
