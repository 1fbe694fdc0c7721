package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

func fulfilmentLists() []check {
	return []check{
		{sentence: "GET /fulfilments lists {id, status, submittedAt, version, steps} of each submitted order, as it is shown alone.", long: true, run: func(t *T) {
			ended := []placed{t.submit(t.stocked()), t.submit(t.stocked(paying("tok_declined"))), t.submit(t.stocked(to("00000")))}
			for _, p := range ended {
				shown := t.ended(p)
				order := t.atVersion(p.path, 2)
				version, _, _ := strings.Cut(strings.Trim(shown.etag(), `"`), ".")
				want := canonical(body{"id": p.id, "status": shown.at("/status"), "submittedAt": t.timeAt(order, "/submittedAt"), "steps": shown.at("/steps")})
				want = strings.TrimSuffix(want, "}") + `,"version":` + version + "}"
				for _, list := range []string{"/fulfilments?limit=100", "/fulfilments?status=" + shown.text("/status") + "&limit=100"} {
					list += "&after=fulfilment/" + p.id + "@" + version
					if got := canonical(t.inRuns(list, p)); got != want {
						t.note(failure{sent: "GET " + list, expected: want, got: got})
					}
				}
			}
		}},
		{sentence: "A run is in the list of its status alone, as that changes; a run under way is there once the order is submitted.", long: true, run: func(t *T) {
			p := t.submit(t.stocked(paying("tok_timeout_after_charge")))
			t.standsAlone(p, "running", "&after=order/"+p.id+"@2")
			t.standsAlone(p, t.ended(p).text("/status"), "")
		}},
		{sentence: "An order that was not submitted is in none of them.", run: func(t *T) {
			pending, cancelled := t.place(), t.place()
			t.must(post(cancelled.path+"/cancel", cancellation), 200)
			for p, version := range map[string]int{pending.id: 1, cancelled.id: 2} {
				a := t.expect(get(fmt.Sprintf("/fulfilments?limit=100&after=order/%s@%d", p, version)), 200)
				if strings.Contains(a.body, p) {
					t.fail(a, "no order %s", p)
				}
			}
		}},
		{sentence: "They come newest submitted first, page by page, by cursors of that list alone.", long: true, run: func(t *T) {
			var want []string
			for range 3 {
				p := t.submit(t.place())
				t.must(get("/fulfilments?limit=1&after=order/"+p.id+"@2"), 200)
				want = append(want, p.id)
				time.Sleep(5 * time.Millisecond) // newest first is about times
			}
			slices.Reverse(want)
			var got []string
			before := ""
			// Others are submitted meanwhile: only these three are looked at.
			for list, most := "/fulfilments?limit=2", 1000; len(got) < len(want) && most > 0; most-- {
				a := t.must(get(list), 200)
				for _, item := range a.items() {
					id, _ := lookup(item, "/id").(string)
					if at, _ := lookup(item, "/submittedAt").(string); !isTime(at) || before != "" && later(at, before) {
						t.fail(a, "times that go back from %s", before)
					} else {
						before = at
					}
					if slices.Contains(want, id) {
						got = append(got, id)
					}
				}
				if a.text("/next") == "" {
					break
				}
				list = from(list, a.text("/next"))
			}
			if !slices.Equal(got, want) {
				t.note(failure{sent: "GET /fulfilments, page by page", expected: canonical(want), got: canonical(got)})
			}
			cursor := t.cursor("/fulfilments?limit=1")
			for _, bad := range []string{"", "x", cursor + "A", cursor[1:], cursor[:len(cursor)-1], cursor + cursor, strings.ToUpper(cursor)} {
				t.refuse(get("/fulfilments?cursor="+url.QueryEscape(bad)), 400, "")
			}
			for _, other := range []string{"/fulfilments?status=running", "/fulfilments?status=succeeded", "/orders?limit=1", "/stock?limit=1"} {
				t.refuse(get(other+"&cursor="+url.QueryEscape(cursor)), 400, "")
			}
		}},
		{sentence: "Its status is one of five; any other query is 400.", parses: true, run: func(t *T) {
			for _, status := range runStatuses {
				t.expect(get("/fulfilments?limit=1&status="+status), 200)
			}
			for _, query := range []string{
				"status=", "status=pending", "status=Running", "status=RUNNING", "status=all", "status=open", "status=running,stuck", "status=*", "status=%00", "status=%ff", "status=running&status=stuck",
				"customer=a", "min_version=1", "q=a", "x=1", "limit=0", "limit=-1", "limit=101", "limit=1000000000", "limit=", "cursor=x", "cursor=",
			} {
				t.refuse(get("/fulfilments?"+query), 400, "")
			}
			t.expect(get("/fulfilments?limit=1").with("If-None-Match: *"), 304)
		}},
	}
}

// inRuns returns the run of an order in a list, null if it is not there. Runs of
// orders that were submitted before this one was placed are not looked at.
func (t *T) inRuns(list string, p placed) any {
	since := t.atVersion(p.path, 1).text("/placedAt")
	for range 1000 {
		a := t.must(get(list), 200)
		for _, item := range a.items() {
			if lookup(item, "/id") == p.id {
				return item
			}
			if at, _ := lookup(item, "/submittedAt").(string); later(since, at) {
				return nil
			}
		}
		if a.text("/next") == "" {
			return nil
		}
		list = from(list, a.text("/next"))
	}
	return nil
}

// standsAlone checks that an order's run is in the list of the status, and in no
// other.
func (t *T) standsAlone(p placed, status, after string) {
	for _, other := range runStatuses {
		list := "/fulfilments?limit=100&status=" + other + after
		if item := t.inRuns(list, p); (item != nil) != (other == status) || item != nil && lookup(item, "/status") != status {
			t.note(failure{sent: "GET " + list, expected: fmt.Sprintf("%s there: %v", p.id, other == status), got: canonical(item)})
		}
	}
}

// later reports whether one time is after another, as they stand in answers.
func later(a, b string) bool {
	at, _ := time.Parse(time.RFC3339Nano, a)
	than, _ := time.Parse(time.RFC3339Nano, b)
	return at.After(than)
}
