package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// since returns the journal from when the order was placed.
func (t *T) since(p placed) string {
	return "/journal?from=" + url.QueryEscape(t.must(get(p.path+"/events?limit=1"), 200).text("/items/0/at"))
}

// follow reads the journal to its end, and returns the commits of a stream, and
// all their cursors.
func (t *T) follow(list, stream string) (commits []any, cursors []string) {
	for _, item := range t.pages(list+"&limit=100", 100, 100) {
		c, _ := item.(map[string]any)
		cursor, _ := c["cursor"].(string)
		cursors = append(cursors, cursor)
		if c["stream"] == stream {
			commits = append(commits, item)
		}
	}
	return commits, cursors
}

// arrived waits until the journal holds so many commits of the order.
func (t *T) arrived(list string, p placed, n int) []any {
	var commits []any
	a := t.until(get(list+"&limit=1"), func(answer) bool {
		commits, _ = t.follow(list, "order/"+p.id)
		return len(commits) >= n
	})
	if len(commits) != n {
		t.fail(a, "%d commits of order %s in the journal, not %d", n, p.id, len(commits))
		panic(stop{})
	}
	return commits
}

func journals() []check {
	return []check{
		{sentence: "GET /journal is all that happened: {stream, version, at, events: [{version, type, actor, correlationId, causationId, data}], cursor}.", run: func(t *T) {
			p := t.place("Correlation-Id: conform-journal")
			t.must(post(p.path+"/items", anItem(fresh("product")).String()), 200)
			commits := t.arrived(t.since(p), p, 2)
			trail := t.must(get(p.path+"/events"), 200).items()
			for i, item := range commits {
				c, _ := item.(map[string]any)
				event, _ := lookup(item, "/events/0").(map[string]any)
				line, _ := trail[i].(map[string]any)
				if len(c) != 5 || len(event) != 6 || lookup(item, "/at") != line["at"] || canonical(c["version"]) != canonical(event["version"]) {
					t.note(failure{sent: "GET /journal", expected: "five fields, and six of an event, as in " + canonical(line), got: canonical(item)})
				}
				for _, name := range []string{"version", "type", "actor", "correlationId", "causationId"} {
					if canonical(event[name]) != canonical(line[name]) {
						t.note(failure{sent: "GET /journal", expected: name + " as in " + canonical(line), got: canonical(item)})
					}
				}
			}
		}},
		{sentence: "It does not show whom an order is for.", run: func(t *T) {
			p := t.place()
			commit := t.arrived(t.since(p), p, 1)[0]
			data, _ := lookup(commit, "/events/0/data").(map[string]any)
			if text := canonical(commit); data["customerId"] != p.customer || strings.Contains(text, "Lovelace") || strings.Contains(text, "example.com") || strings.Contains(text, "Main St") {
				t.note(failure{sent: "GET /journal", expected: "the order without its recipient", got: text})
			}
		}},
		{sentence: "Whoever goes on from a cursor, by next or of any commit, gets what came later, once.", run: func(t *T) {
			p := t.place()
			list := t.since(p)
			t.arrived(list, p, 1)
			first := t.must(get(list+"&limit=1"), 200)
			cursor := "/journal?cursor=" + url.QueryEscape(first.text("/items/0/cursor"))
			before, cursors := t.follow(list, "order/"+p.id)
			for range 3 {
				t.must(post(p.path+"/items", anItem(fresh("product")).String()), 200)
			}
			t.arrived(list, p, 4)
			end := "/journal?cursor=" + url.QueryEscape(cursors[len(cursors)-1])
			t.until(get(end+"&limit=1"), func(answer) bool { late, _ := t.follow(end, "order/"+p.id); return len(late) == 3 })
			late, after := t.follow(end, "order/"+p.id)
			if len(before) != 1 || len(late) != 3 {
				t.note(failure{sent: "GET " + end, expected: "3 commits of the order after 1", got: fmt.Sprint(len(late), " after ", len(before))})
			}
			for i, item := range late {
				if got := canonical(lookup(item, "/version")); got != fmt.Sprint(i+2) {
					t.note(failure{sent: "GET " + end, expected: fmt.Sprint("version ", i+2), got: got})
				}
			}
			for _, c := range after {
				if slices.Contains(cursors, c) {
					t.note(failure{sent: "GET " + end, expected: "what came later", got: "a cursor of before: " + c})
				}
			}
			t.expect(get(cursor+"&limit=1"), 200)
		}},
		{sentence: "from and to are about the commit's time, and completeTo is a time or null.", run: func(t *T) {
			p := t.place()
			list := t.since(p)
			at, _ := lookup(t.arrived(list, p, 1)[0], "/at").(string)
			past, _ := t.follow("/journal?from="+url.QueryEscape("2001-01-01T00:00:00Z")+"&to="+url.QueryEscape("2001-01-02T00:00:00Z"), "order/"+p.id)
			future, _ := t.follow("/journal?from="+url.QueryEscape("9999-01-01T00:00:00Z"), "order/"+p.id)
			if len(past)+len(future) > 0 {
				t.note(failure{sent: list, expected: "nothing before or after " + at, got: fmt.Sprint(past, future)})
			}
			if a := t.must(get(list+"&limit=1"), 200); a.at("/completeTo") != nil {
				t.timeAt(a, "/completeTo")
			}
			if a := t.must(get("/journal?limit=1"), 200); len(a.json().(map[string]any)) != 3 {
				t.fail(a, "items, next and completeTo")
			}
		}},
		{sentence: "A time that does not exist, or is not in UTC, a cursor of elsewhere, and any other query are 400.", parses: true, run: func(t *T) {
			p := t.place()
			t.arrived(t.since(p), p, 1)
			cursor := t.must(get("/journal?limit=1"), 200).text("/items/0/cursor")
			for _, bad := range []string{"", "x", cursor + "A", cursor[1:], cursor[:len(cursor)-1], cursor + cursor, cursor + "=", t.cursor("/orders?limit=1")} {
				t.refuse(get("/journal?cursor="+url.QueryEscape(bad)), 400, "")
			}
			t.refuse(get("/orders?cursor="+url.QueryEscape(cursor)), 400, "")
			for _, at := range []string{"", "now", "2026-02-30T00:00:00Z", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+00:00", "2026-01-01T25:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00,5Z", "-1"} {
				t.refuse(get("/journal?from="+url.QueryEscape(at)), 400, "")
				t.refuse(get("/journal?to="+url.QueryEscape(at)), 400, "")
			}
			for _, query := range []string{
				"x=1", "From=2026-01-01T00:00:00Z", "from=2026-01-01T00:00:00Z&from=2026-01-01T00:00:00Z", "from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "status=pending",
				"limit=0", "limit=-1", "limit=101", "limit=1000000000", "limit=", "min_version=1", "limit=%zz",
			} {
				t.refuse(get("/journal?"+query), 400, "")
			}
		}},
	}
}
