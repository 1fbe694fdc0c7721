package bustest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/internal/lawtest"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/publish/bustest"
)

// A plain bus has one consumer, whom everything reaches after a while, and keeps
// the contract but for its fault.
type plain struct {
	fault string
	calls int
	got   []publish.Event
	due   []time.Time
	seen  map[string]bool
}

func (b *plain) received() []publish.Event {
	n := 0
	for n < len(b.due) && !time.Now().Before(b.due[n]) {
		n++
	}
	return b.got[:n]
}

func (b *plain) arrive(e publish.Event) {
	b.got, b.due = append(b.got, e), append(b.due, time.Now().Add(time.Second))
}

func (b *plain) Publish(ctx context.Context, events []publish.Event) (failed []int, err error) {
	if b.calls++; b.calls%3 == 0 {
		return nil, errors.New("busy")
	}
	if ctx.Err() != nil {
		if b.fault == "forgets what it was cancelled in" {
			return nil, nil
		}
		return nil, ctx.Err()
	}
	switch fit, many := publish.Fit(events), len(events) > publish.Most; {
	case fit == len(events), many && b.fault == "takes any number", !many && b.fault == "takes any size":
	case many && b.fault == "takes the first ten", !many && b.fault == "takes what fits":
		events = events[:fit]
	default:
		return nil, errors.New("too much")
	}
	for i, e := range events {
		switch {
		case b.calls%3 == 1 && i%3 == 1:
			failed = append(failed, i)
			continue
		case b.fault == "knows streams by their id" && b.repeats(e.Stream[strings.IndexByte(e.Stream, '/'):]+fmt.Sprint(e.Tenant, e.Type, e.Version)),
			b.fault == "takes streams for words" && b.repeats(strings.ToLower(e.Stream)+fmt.Sprint(e.Tenant, e.Type, e.Version)),
			b.fault == "mixes tenants" && b.repeats(e.Stream+fmt.Sprint(e.Type, e.Version)),
			b.fault == "mixes types" && b.repeats(e.Stream+fmt.Sprint(e.Tenant, e.Version)),
			b.fault == "knows the last of a stream" && b.repeats(e.Tenant+e.Type+e.Stream),
			b.fault == "loses the tenth" && i == publish.Most-1,
			b.fault == "loses what is large" && len(e.Data) > 64<<10:
			continue
		case b.fault == "fails on a repeat" && b.repeats(fmt.Sprint(e.Stream, e.Version)):
			failed = append(failed, i)
			continue
		}
		b.arrive(b.spoilt(e))
	}
	switch b.fault {
	case "says nothing of what it does not take":
		return nil, nil
	case "counts from one":
		for i := range failed {
			failed[i]++
		}
	case "names them backwards":
		slices.Reverse(failed)
	}
	return failed, nil
}

// repeats reports whether it was asked for the same before.
func (b *plain) repeats(key string) bool {
	if b.seen == nil {
		b.seen = make(map[string]bool)
	}
	defer func() { b.seen[key] = true }()
	return b.seen[key]
}

// spoilt is what the fault makes of an event.
func (b *plain) spoilt(e publish.Event) publish.Event {
	switch b.fault {
	case "cuts the time":
		e.At = e.At.Truncate(time.Second)
	case "counts in floats":
		e.Version = eventstore.Version(float64(e.Version))
	case "loses the correlation":
		e.Correlation = ""
	case "makes up a correlation":
		if e.Correlation == "" {
			e.Correlation = "made-up"
		}
	case "loses the tenant":
		e.Tenant = ""
	case "spoils texts":
		e.Data = json.RawMessage(strings.ReplaceAll(string(e.Data), "é漢", "??"))
	}
	return e
}

func TestABusThatKeepsTheContractPasses(t *testing.T) {
	for _, law := range bustest.Laws() {
		if fails(t, law, new(plain)) {
			t.Errorf("fails %q", law.Name)
		}
	}
}

func TestABusThatBreaksALawFailsIt(t *testing.T) {
	faults := map[string]string{
		"cuts the time":                         "what is taken arrives, with all that it says",
		"counts in floats":                      "what is taken arrives, with all that it says",
		"loses the correlation":                 "what is taken arrives, with all that it says",
		"loses the tenant":                      "what is taken arrives, with all that it says",
		"spoils texts":                          "what is taken arrives, with all that it says",
		"makes up a correlation":                "what has neither correlation nor data of its own arrives as well",
		"loses the tenth":                       "as many as are taken at once arrive",
		"says nothing of what it does not take": "as many as are taken at once arrive",
		"counts from one":                       "as many as are taken at once arrive",
		"names them backwards":                  "as many as are taken at once arrive",
		"takes any number":                      "more than that are refused",
		"takes the first ten":                   "more than that are refused",
		"loses what is large":                   "as many bytes as are taken at once arrive",
		"takes any size":                        "more bytes than that are refused",
		"takes what fits":                       "more bytes than that are refused",
		"knows streams by their id":             "events that are alike but in one thing all arrive",
		"takes streams for words":               "events that are alike but in one thing all arrive",
		"mixes tenants":                         "events that are alike but in one thing all arrive",
		"mixes types":                           "events that are alike but in one thing all arrive",
		"knows the last of a stream":            "events that are alike but in one thing all arrive",
		"fails on a repeat":                     "what is published again is taken again",
		"forgets what it was cancelled in":      "what is taken from a context that has ended arrives",
	}
	var broken []string
	for fault, name := range faults {
		t.Run(fault, func(t *testing.T) {
			i := slices.IndexFunc(bustest.Laws(), func(l bustest.Law) bool { return l.Name == name })
			if i < 0 {
				t.Fatalf("there is no law %q", name)
			}
			if !fails(t, bustest.Laws()[i], &plain{fault: fault}) {
				t.Errorf("passes %q", name)
			}
		})
		broken = append(broken, name)
	}
	for _, law := range bustest.Laws() {
		if !slices.Contains(broken, law.Name) {
			t.Errorf("no bus breaks %q", law.Name)
		}
	}
}

// fails reports whether the bus fails the law; nobody waits meanwhile.
func fails(t *testing.T, law bustest.Law, bus *plain) (failed bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		failed = lawtest.Fails(t, func(t testing.TB) { law.Check(t, bus, bus.received) })
	})
	return failed
}

func ExampleLaws() {
	for _, law := range bustest.Laws()[:4] {
		fmt.Println(law.Name)
	}
	// Output:
	// what is taken arrives, with all that it says
	// what has neither correlation nor data of its own arrives as well
	// as many as are taken at once arrive
	// more than that are refused
}
