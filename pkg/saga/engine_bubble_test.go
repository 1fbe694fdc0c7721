package saga_test

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/saga"
)

// asked is one attempt that an engine asks for.
func asked(step string, n int, caught saga.Kind) saga.Attempt {
	return saga.Attempt{Run: saga.Run{ID: "trip-1", Correlation: "call-1"}, Step: step, Number: n, Caught: caught}
}

// entered returns the attempt at a step that is entered at this moment.
func entered(a saga.Attempt) saga.Attempt {
	a.Entered = time.Now().UTC()
	return a
}

func TestWhatIsSaidCrossesUnderAFixedName(t *testing.T) {
	for name, c := range map[string]struct {
		does func(int) (saga.Verdict, error)
		ask  saga.Attempt
		want saga.Kind
	}{
		"a success is an answer": {nil, asked("BookFlight", 1, ""), ""},
		"a refusal":              {refused, asked("BookFlight", 1, ""), saga.Refused},
		"silence":                {silent, asked("BookHotel", 1, ""), saga.Transient},
		"a fault":                {fault, asked("BookHotel", 3, ""), saga.Fault},
		"a step that asks to take back is refused":     {says(saga.TakeBack), asked("AskTraveller", 1, ""), saga.Refused},
		"a run of nothing":                             {says(saga.Leave), asked("AskTraveller", 1, ""), saga.Left},
		"that the pivot was passed is an answer":       {says(saga.Resume), asked("AskBank", 1, ""), ""},
		"what may fail is tried again":                 {fault, asked("SendPostcard", 1, ""), saga.Fault},
		"until it has failed, which is an answer":      {fault, asked("SendPostcard", 3, ""), ""},
		"and so is its refusal":                        {refused, asked("SendPostcard", 1, ""), ""},
		"a step that there is not":                     {nil, asked("Fly", 1, ""), saga.Fault},
		"a compensation that is refused is no success": {refused, asked("CancelHotel", 1, ""), saga.Refused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTrip(map[string]func(int) (saga.Verdict, error){c.ask.Step: c.does})
				runs := w.runs()
				if got := runs.Crosses(runs.Perform(t.Context(), entered(c.ask))); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}

func TestTheEndOfALostStepIsWrittenBeforeTheRunTurnsBack(t *testing.T) {
	for name, c := range map[string]struct {
		before []string // the steps that ended
		does   map[string]func(int) (saga.Verdict, error)
		ask    saga.Attempt
		ends   string
		code   string // of the step that was lost
	}{
		"the first step that has no end is the one": {
			[]string{"AskTraveller", "BookFlight"},
			nil, asked("AskBank", 1, saga.Transient),
			"compensating: AskTraveller BookFlight BookHotel failed ×3 AskBank", "saga.no_answer",
		},
		"be it the first of all": {nil, nil, asked("AskBank", 1, "States.Timeout"), "compensating: AskTraveller failed ×3 AskBank", "saga.no_answer"},
		"or the pivot": {
			[]string{"AskTraveller", "BookFlight", "BookHotel"},
			nil, asked("AskBank", 1, saga.Fault),
			"compensating: AskTraveller BookFlight BookHotel Pay failed ×3 AskBank", "saga.fault",
		},
		"it is written although the head of the chain fails then": {
			[]string{"AskTraveller"},
			map[string]func(int) (saga.Verdict, error){"AskBank": silent},
			asked("AskBank", 1, saga.Fault),
			"compensating: AskTraveller BookFlight failed ×100", "saga.fault",
		},
		"none was lost where the run has turned back": {
			[]string{"AskTraveller", "BookFlight"},
			map[string]func(int) (saga.Verdict, error){"BookFlight": refused},
			asked("AskBank", 1, saga.Refused),
			"compensating: AskTraveller BookFlight refused AskBank", "trip.no",
		},
		"nor where a step asked to take back": {
			[]string{"AskTraveller"},
			map[string]func(int) (saga.Verdict, error){"AskTraveller": says(saga.TakeBack)},
			asked("AskBank", 1, saga.Refused),
			"compensating: AskTraveller AskBank", "",
		},
		"nor where all have ended": {
			[]string{"AskTraveller", "BookFlight", "BookHotel", "Pay"},
			map[string]func(int) (saga.Verdict, error){"AskBank": says(saga.Resume)},
			asked("AskBank", 1, "Sandbox.Timedout"), "running: AskTraveller BookFlight BookHotel Pay AskBank", "",
		},
		"what may fail is recorded, and not done": {
			[]string{"AskTraveller", "BookFlight", "BookHotel", "Pay", "SendTickets"},
			nil, asked("SendPostcard", 1, "Sandbox.Timedout"),
			"succeeded: AskTraveller BookFlight BookHotel Pay SendTickets SendPostcard failed ×3", "saga.no_answer",
		},
		"unless it was": {
			[]string{"AskTraveller", "BookFlight", "BookHotel", "Pay", "SendTickets", "SendPostcard"},
			nil, asked("SendPostcard", 1, "Sandbox.Timedout"),
			"succeeded: AskTraveller BookFlight BookHotel Pay SendTickets SendPostcard", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTrip(c.does)
				runs := w.runs()
				for _, step := range c.before {
					runs.Perform(t.Context(), entered(asked(step, 1, "")))
				}
				time.Sleep(time.Minute)
				calls := w.called[c.ask.Step]
				c.ask = entered(c.ask)
				_, err := runs.Perform(t.Context(), c.ask)
				memo, failed := runs.Memo(t.Context(), "trip-1")
				if got := say(memo); failed != nil || got != c.ends {
					t.Errorf("got  %s, %v\nwant %s; %v", got, failed, c.ends, err)
				}
				if n := w.called[c.ask.Step] - calls; n != 1 && c.ask.Step == "AskBank" || n != 0 && c.ask.Step != "AskBank" {
					t.Errorf("%s was called %d times", c.ask.Step, n)
				}
				code := ""
				for _, o := range memo.Steps {
					if o.Error != nil {
						code = o.Error.Code
					}
					if o.Status == saga.StepFailed && (!o.EndedAt.Equal(c.ask.Entered) || len(c.before) > 0 && !o.StartedAt.Equal(o.EndedAt.Add(-time.Minute))) {
						t.Errorf("it lasted from %v to %v", o.StartedAt, o.EndedAt)
					}
				}
				if code != c.code || c.ask.Step == "AskBank" && (memo.Cause == nil) != (code == "") || !reflect.DeepEqual(w.caught, memo.Cause) {
					t.Errorf("the code is %q, the cause %+v; the chain was told %+v", code, memo.Cause, w.caught)
				}
			})
		})
	}
}

func TestAFailureSaysNothingOfAFaultsText(t *testing.T) {
	for _, does := range []func(int) (saga.Verdict, error){refused, silent, fault} {
		_, err := does(1)
		got, want := saga.FailureOf("Pay", err), saga.Failure{Step: "Pay", Code: "saga.fault", Detail: "Pay failed for a reason that is ours and has been recorded"}
		switch saga.KindOf(err) {
		case saga.Refused:
			want = saga.Failure{Step: "Pay", Code: "trip.no", Detail: "it cannot be had"}
		case saga.Transient:
			want = saga.Failure{Step: "Pay", Code: "saga.no_answer", Detail: "Pay got no answer"}
		default: // a fault
		}
		if *got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestAProcessThatLeavesNoChoiceHasNoStateMachine(t *testing.T) {
	p := newTrip(nil).process()
	p.Steps = p.Steps[:4] // nothing behind the pivot
	if text, err := p.ASL(); err == nil {
		t.Errorf("rendered: %s", text)
	}
	p = newTrip(nil).process()
	p.Steps = p.Steps[3:] // nothing to take back but the pivot
	if text, err := p.ASL(); err == nil {
		t.Errorf("rendered: %s", text)
	}
}

func TestWhatStoppedIsNewsOnce(t *testing.T) {
	runs := saga.New(newTrip(nil).process(), new(memstore.Store), "home", nil)
	for _, want := range []bool{true, false} {
		news, err := runs.Stop(t.Context(), saga.Run{ID: "trip-1"}, noon)
		if memo, failed := runs.Memo(t.Context(), "trip-1"); err != nil || failed != nil || news != want || memo.Status != saga.Stuck {
			t.Errorf("news: %v, %v; %+v, %v", news, err, memo, failed)
		}
	}
}
