package saga_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A trip is booked by a process that has nothing to do with orders: flight and
// hotel, which can be cancelled, then the payment, the pivot, then the tickets,
// and a postcard, which may fail.
type trip struct {
	mu     sync.Mutex
	does   map[string]func(attempt int) (saga.Verdict, error) // by step; nil: it succeeds
	called map[string]int
	way    []string // the tasks in the order they were called, once for each attempt
	caught *saga.Failure

	store eventstore.Store
	log   bytes.Buffer
}

func newTrip(does map[string]func(int) (saga.Verdict, error)) *trip {
	return &trip{does: does, called: make(map[string]int), store: new(memstore.Store)}
}

func (w *trip) task(ctx context.Context, c saga.Call) (saga.Verdict, error) {
	w.mu.Lock()
	w.called[c.Step]++
	n := w.called[c.Step]
	w.way = append(w.way, c.Step)
	if c.Caught != nil {
		w.caught = c.Caught
	}
	w.mu.Unlock()
	if does := w.does[c.Step]; does != nil {
		return does(n)
	}
	return saga.Proceed, ctx.Err()
}

const attempt = time.Second

var (
	quick   = saga.Retry{Attempts: 3, First: time.Second, Most: 4 * time.Second}
	patient = saga.Retry{Attempts: 10, First: time.Second, Most: time.Minute}
)

func (w *trip) process() saga.Process {
	return saga.Process{Name: "trip", Compensating: patient, Steps: []saga.Step{
		{Name: "AskTraveller", Do: w.task, Compensation: "EndTrip", Undo: w.task, Timeout: attempt, Retry: quick},
		{Name: "BookFlight", Do: w.task, Compensation: "CancelFlight", Undo: w.task, Timeout: attempt, Deadline: 10 * time.Second, Retry: saga.Retry{Attempts: 100, First: time.Second, Most: 4 * time.Second}},
		{Name: "BookHotel", Do: w.task, Compensation: "CancelHotel", Undo: w.task, Timeout: attempt, Retry: quick},
		{Name: "Pay", Do: w.task, Compensation: "AskBank", Undo: w.task, Pivot: true, Timeout: attempt, Retry: quick},
		{Name: "SendTickets", Do: w.task, Timeout: attempt, Retry: patient},
		{Name: "SendPostcard", Do: w.task, MayFail: true, Timeout: attempt, Retry: quick},
	}}
}

func (w *trip) runs() *saga.Runs {
	return saga.New(w.process(), w.store, "home", slog.New(slog.NewTextHandler(&w.log, nil)))
}

// run runs the trip to its end and returns its memo.
func (w *trip) run(t *testing.T) saga.Memo {
	t.Helper()
	runs := w.runs()
	runs.Start(t.Context(), saga.Run{ID: "trip-1", Correlation: "call-1"})
	runs.Wait()
	memo, err := runs.Memo(t.Context(), "trip-1")
	if err != nil {
		t.Fatal(err)
	}
	return memo
}

func say(m saga.Memo) string {
	text := []string{string(m.Status) + ":"}
	for _, o := range m.Steps {
		word := o.Step
		if o.Status != saga.StepSucceeded {
			word += " " + string(o.Status)
		}
		if o.Attempts != 1 {
			word += fmt.Sprintf(" ×%d", o.Attempts)
		}
		text = append(text, word)
	}
	return strings.Join(text, " ")
}

func refused(int) (saga.Verdict, error) {
	return saga.Proceed, domain.Refuse("trip.no", "it cannot be had")
}
func silent(int) (saga.Verdict, error) { return saga.Proceed, saga.ErrUnavailable }
func fault(int) (saga.Verdict, error)  { return saga.Proceed, fmt.Errorf("secret fault") }
func panics(int) (saga.Verdict, error) { panic("secret panic") }
func says(v saga.Verdict) func(int) (saga.Verdict, error) {
	return func(int) (saga.Verdict, error) { return v, nil }
}

func after(attempts int, first func(int) (saga.Verdict, error)) func(int) (saga.Verdict, error) {
	return func(n int) (saga.Verdict, error) {
		if n <= attempts {
			return first(n)
		}
		return saga.Proceed, nil
	}
}

func TestEachWayThroughATrip(t *testing.T) {
	type does = map[string]func(int) (saga.Verdict, error)
	const back = "AskBank CancelHotel CancelFlight EndTrip"
	for name, c := range map[string]struct {
		does does
		ends string
	}{
		"all is done":               {nil, "succeeded: AskTraveller BookFlight BookHotel Pay SendTickets SendPostcard"},
		"the first step is refused": {does{"AskTraveller": refused}, "compensated: AskTraveller refused " + back},
		"a step is refused":         {does{"BookHotel": refused}, "compensated: AskTraveller BookFlight BookHotel refused " + back},
		"the pivot is refused":      {does{"Pay": refused}, "compensated: AskTraveller BookFlight BookHotel Pay refused " + back},
		"the pivot was passed after all": {
			does{"Pay": silent, "AskBank": says(saga.Resume)},
			"succeeded: AskTraveller BookFlight BookHotel Pay failed ×3 AskBank SendTickets SendPostcard",
		},
		"a step asks to take back": {does{"AskTraveller": says(saga.TakeBack)}, "compensated: AskTraveller " + back},
		"there is nothing to run":  {does{"AskTraveller": says(saga.Leave)}, ":"},
		"what is silent twice is tried again": {
			does{"BookHotel": after(2, silent)}, "succeeded: AskTraveller BookFlight BookHotel ×3 Pay SendTickets SendPostcard",
		},
		"what is always silent is given up": {does{"BookHotel": silent}, "compensated: AskTraveller BookFlight BookHotel failed ×3 " + back},
		"a panic is a fault":                {does{"BookHotel": panics}, "compensated: AskTraveller BookFlight BookHotel failed ×3 " + back},
		"a deadline ends the attempts":      {does{"BookFlight": silent}, "compensated: AskTraveller BookFlight refused ×5 " + back},
		"what stands behind the pivot is tried on": {
			does{"SendTickets": after(5, fault)}, "succeeded: AskTraveller BookFlight BookHotel Pay SendTickets ×6 SendPostcard",
		},
		"until it is stuck":             {does{"SendTickets": fault}, "stuck: AskTraveller BookFlight BookHotel Pay SendTickets failed ×10"},
		"what may fail fails alone":     {does{"SendPostcard": silent}, "succeeded: AskTraveller BookFlight BookHotel Pay SendTickets SendPostcard failed ×3"},
		"also by a refusal":             {does{"SendPostcard": refused}, "succeeded: AskTraveller BookFlight BookHotel Pay SendTickets SendPostcard failed"},
		"a compensation is tried again": {does{"Pay": refused, "CancelHotel": after(4, silent)}, "compensated: AskTraveller BookFlight BookHotel Pay refused AskBank CancelHotel ×5 CancelFlight EndTrip"},
		"until it is stuck as well":     {does{"Pay": refused, "CancelHotel": silent}, "stuck: AskTraveller BookFlight BookHotel Pay refused AskBank CancelHotel failed ×10"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTrip(c.does)
				memo := w.run(t)
				if got := say(memo); got != c.ends {
					t.Errorf("got  %s\nwant %s", got, c.ends)
				}
				stuck := memo.Status == saga.Stuck
				if n := strings.Count(w.log.String(), "level=ERROR"); n > 1 || stuck != (n == 1) {
					t.Errorf("%d errors in the log: %s", n, &w.log)
				}
				for _, o := range memo.Steps {
					if o.Error != nil && strings.Contains(o.Error.Detail, "secret") {
						t.Errorf("a fault's text got out: %s", o.Error.Detail)
					}
				}
			})
		})
	}
}

func TestACompensationIsToldWhatFirstEndedAStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTrip(map[string]func(int) (saga.Verdict, error){"BookHotel": refused})
		w.run(t)
		if want := (saga.Failure{Step: "BookHotel", Code: "trip.no", Detail: "it cannot be had"}); w.caught == nil || *w.caught != want {
			t.Errorf("got %+v", w.caught)
		}
	})
}

func TestAStuckRunGoesOnAtTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTrip(map[string]func(int) (saga.Verdict, error){"Pay": refused, "CancelHotel": after(15, silent)})
		for _, want := range []string{
			"stuck: AskTraveller BookFlight BookHotel Pay refused AskBank CancelHotel failed ×10",
			"compensated: AskTraveller BookFlight BookHotel Pay refused AskBank CancelHotel ×6 CancelFlight EndTrip",
			"compensated: AskTraveller BookFlight BookHotel Pay refused AskBank CancelHotel ×6 CancelFlight EndTrip",
		} {
			if got := say(w.run(t)); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
		if n := w.called["BookHotel"] + w.called["AskBank"]; n != 2 {
			t.Errorf("%d calls of what was done before", n)
		}
	})
}

// TestARunThatIsCutOffGoesOnFromItsMemo ends the program in each step, before it
// is written down.
func TestARunThatIsCutOffGoesOnFromItsMemo(t *testing.T) {
	for _, at := range []string{"AskTraveller", "BookFlight", "BookHotel", "Pay", "SendTickets", "SendPostcard", "AskBank", "CancelHotel", "CancelFlight", "EndTrip"} {
		for _, fails := range []string{"", "Pay"} {
			t.Run(at+" "+fails, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cut := context.WithCancel(t.Context())
					does := map[string]func(int) (saga.Verdict, error){}
					if fails != "" {
						does[fails] = refused
					}
					before := does[at]
					does[at] = func(n int) (saga.Verdict, error) {
						cut()
						if before != nil {
							return before(n)
						}
						return saga.Proceed, nil
					}
					w := newTrip(does)
					first := w.runs()
					first.Start(ctx, saga.Run{ID: "trip-1"})
					first.Wait()
					second := w.run(t)
					want := "succeeded: AskTraveller BookFlight BookHotel Pay SendTickets SendPostcard"
					if fails != "" {
						want = "compensated: AskTraveller BookFlight BookHotel Pay refused AskBank CancelHotel CancelFlight EndTrip"
					}
					if got := say(second); got != want {
						t.Errorf("got  %s\nwant %s", got, want)
					}
				})
			})
		}
	}
}

func TestOneRunIsUnderWayOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTrip(map[string]func(int) (saga.Verdict, error){"BookHotel": func(int) (saga.Verdict, error) {
			time.Sleep(time.Second / 2)
			return saga.Proceed, nil
		}})
		runs := w.runs()
		for range 20 {
			runs.Start(t.Context(), saga.Run{ID: "trip-1"})
		}
		runs.Wait()
		runs.Start(t.Context(), saga.Run{ID: "trip-1"}) // one that has ended
		runs.Wait()
		if len(w.way) != 6 {
			t.Errorf("called: %v", w.way)
		}
	})
}

func TestWhatEndedIsAnsweredFromTheMemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTrip(map[string]func(int) (saga.Verdict, error){"BookHotel": refused})
		w.run(t)
		runs, calls := w.runs(), len(w.way)
		for step, want := range map[string]string{"BookFlight": "", "BookHotel": "trip.no", "CancelFlight": "", "SendTickets": "saga.turned_back"} {
			_, err := runs.Perform(t.Context(), saga.Attempt{Run: saga.Run{ID: "trip-1"}, Step: step, Entered: time.Now(), Number: 1})
			code := ""
			if r, ok := domain.Refused(err); ok {
				code = r.Code
			}
			if code != want || (err != nil) != (want != "") {
				t.Errorf("%s: %v, want %q", step, err, want)
			}
		}
		if _, err := runs.Perform(t.Context(), saga.Attempt{Run: saga.Run{ID: "trip-1"}, Step: "Fly"}); err == nil || saga.KindOf(err) != saga.Fault {
			t.Errorf("a step that there is not: %v", err)
		}
		if len(w.way) != calls {
			t.Errorf("called again: %v", w.way[calls:])
		}
	})
}

func TestARunWhoseStepIsNoLongerDeclaredIsSaidAndLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTrip(map[string]func(int) (saga.Verdict, error){"SendTickets": fault})
		before := say(w.run(t))
		w.log.Reset()
		p := w.process()
		p.Steps[4].Name = "HandOutTickets"
		runs := saga.New(p, w.store, "home", slog.New(slog.NewTextHandler(&w.log, nil)))
		runs.Start(t.Context(), saga.Run{ID: "trip-1"})
		runs.Wait()
		memo, err := runs.Memo(t.Context(), "trip-1")
		if err != nil || say(memo) != before {
			t.Errorf("got %s, %v", say(memo), err)
		}
		if n := strings.Count(w.log.String(), "level=ERROR"); n != 1 || !strings.Contains(w.log.String(), "SendTickets") {
			t.Errorf("the log says %s", &w.log)
		}
	})
}

func TestADeclarationWithoutSenseIsAMistakeInTheProgram(t *testing.T) {
	for name, spoil := range map[string]func(*saga.Process){
		"two steps of one name":        func(p *saga.Process) { p.Steps[1].Name = "Pay" },
		"no name":                      func(p *saga.Process) { p.Steps[1].Name = "" },
		"no timeout":                   func(p *saga.Process) { p.Steps[1].Timeout = 0 },
		"no pivot":                     func(p *saga.Process) { p.Steps[3].Pivot = false },
		"two pivots":                   func(p *saga.Process) { p.Steps[2].Pivot = true },
		"a pivot that heads no chain":  func(p *saga.Process) { p.Steps[3].Compensation = "" },
		"no attempt":                   func(p *saga.Process) { p.Compensating.Attempts = 0 },
		"pauses of parts of a second":  func(p *saga.Process) { p.Steps[1].Retry.First = 1500 * time.Millisecond },
		"pauses that become no longer": func(p *saga.Process) { p.Steps[1].Retry.Most = 0 },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it was taken")
				}
			}()
			p := newTrip(nil).process()
			spoil(&p)
			saga.New(p, new(memstore.Store), "home", slog.Default())
		})
	}
}

func TestAProcessIsDrawn(t *testing.T) {
	got := newTrip(nil).process().Mermaid()
	for _, line := range []string{
		`AskTraveller["AskTraveller"] --> BookFlight["BookFlight"] --> BookHotel["BookHotel"] --> Pay{{"Pay<br/>the pivot"}}`,
		`before -. "a step fails" .-> AskBank`, `AskBank -- "yes" --> behind`, `SendTickets["SendTickets"] --> SendPostcard(["SendPostcard<br/>may fail"])`,
		`CancelHotel["CancelHotel<br/>takes back BookHotel"] --> CancelFlight["CancelFlight<br/>takes back BookFlight"] --> EndTrip["EndTrip<br/>takes back AskTraveller"]`,
	} {
		if !strings.Contains(got, "  "+line+"\n") {
			t.Errorf("no %s in\n%s", line, got)
		}
	}
}
