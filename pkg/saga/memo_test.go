package saga_test

import (
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/domaintest"
	"github.com/daybook-es/daybook/pkg/saga"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	full = &saga.Failure{Step: "BookHotel", Code: "hotel.full", Detail: "the hotel is full"}
	memo = domain.Aggregate[saga.Memo, saga.Event]{Category: "trip", Events: saga.Events, Schema: 2}
)

func outcome(step string, status saga.StepStatus, err *saga.Failure) saga.Outcome {
	return saga.Outcome{Step: step, Status: status, Attempts: 1, StartedAt: noon, EndedAt: noon.Add(time.Second), Error: err}
}

func ended(o saga.Outcome, run saga.Status) saga.Event { return saga.StepEnded{Outcome: o, Run: run} }

func TestTheMemoKeepsWhatIsKnown(t *testing.T) {
	flight := outcome("BookFlight", saga.StepSucceeded, nil)
	hotel := outcome("BookHotel", saga.StepRefused, full)
	pay := outcome("Pay", saga.StepSucceeded, nil)
	back := outcome("CancelFlight", saga.StepSucceeded, nil)
	given := outcome("CancelFlight", saga.StepFailed, &saga.Failure{Step: "CancelFlight", Code: "saga.no_answer", Detail: "no answer"})
	turned := []saga.Event{ended(flight, saga.Running), ended(hotel, saga.Compensating)}
	stuck := append(turned[:2:2], ended(given, saga.Stuck))
	over := append(turned[:2:2], ended(back, saga.Compensated))
	type story = domaintest.Story[saga.Memo, saga.Event]
	domaintest.Tell(t, memo, []story{
		{Name: "the end of a step is recorded", When: saga.Record{Outcome: flight, Run: saga.Running}, Then: turned[:1]},
		{Name: "once", Given: turned[:1], When: saga.Record{Outcome: outcome("BookFlight", saga.StepRefused, full), Run: saga.Compensating}},
		{Name: "and the next one's", Given: turned[:1], When: saga.Record{Outcome: hotel, Run: saga.Compensating}, Then: turned[1:]},
		{Name: "a run that has turned back hears no more of the way forward", Given: turned, When: saga.Record{Outcome: pay, Run: saga.Running}},
		{Name: "but of the way back", Given: turned, When: saga.Record{Outcome: back, Run: saga.Compensated, Back: true}, Then: over[2:]},
		{Name: "a run that has ended hears nothing", Given: over, When: saga.Record{Outcome: outcome("EndTrip", saga.StepSucceeded, nil), Run: saga.Compensated, Back: true}},
		{Name: "a step that was given up is recorded", Given: turned, When: saga.Record{Outcome: given, Run: saga.Stuck, Back: true}, Then: stuck[2:]},
		{Name: "once, however often it is given up", Given: stuck, When: saga.Record{Outcome: given, Run: saga.Stuck, Back: true}},
		{Name: "until it is done", Given: stuck, When: saga.Record{Outcome: back, Run: saga.Compensated, Back: true}, Then: over[2:]},
		{Name: "a run that is stuck on the way back hears no more of the way forward either", Given: stuck, When: saga.Record{Outcome: pay, Run: saga.Running}},
	})
	state := domain.Fold(saga.Memo{}, append(stuck, over[2])...)
	if got, _ := state.Of("CancelFlight"); got.Status != saga.StepSucceeded || len(state.Steps) != 3 || state.Cause == nil || *state.Cause != *full {
		t.Errorf("got %+v", state)
	}
}

func TestARunThatStoppedIsStuckUntilAStepEndsLater(t *testing.T) {
	flight := ended(outcome("BookFlight", saga.StepSucceeded, nil), saga.Running)
	hotel := outcome("BookHotel", saga.StepRefused, full)
	turned := []saga.Event{flight, ended(hotel, saga.Compensating)}
	back := outcome("CancelFlight", saga.StepSucceeded, nil)
	over := append(turned[:2:2], ended(back, saga.Compensated))
	stop := saga.Stop{At: noon.Add(time.Second)} // as the last step ended
	stuck := saga.Event(saga.GotStuck(stop))
	type story = domaintest.Story[saga.Memo, saga.Event]
	domaintest.Tell(t, memo, []story{
		{Name: "a run that stopped is stuck", Given: turned, When: stop, Then: []saga.Event{stuck}},
		{Name: "also before its first step ended", When: stop, Then: []saga.Event{stuck}},
		{Name: "once", Given: append(turned[:2:2], stuck), When: saga.Stop{At: noon.Add(time.Hour)}},
		{Name: "not where a step has ended since", Given: turned, When: saga.Stop{At: noon.Add(time.Second - 1)}},
		{Name: "nor when it has ended", Given: over, When: saga.Stop{At: noon.Add(time.Hour)}},
		{Name: "a later end lifts it", Given: append(turned[:2:2], stuck), When: saga.Record{Outcome: back, Run: saga.Compensated, Back: true}, Then: over[2:]},
		{Name: "but none of the way forward", Given: append(turned[:2:2], stuck), When: saga.Record{Outcome: outcome("Pay", saga.StepSucceeded, nil), Run: saga.Running}},
	})
	for name, c := range map[string]struct {
		events []saga.Event
		want   saga.Memo
	}{
		"stuck on the way":      {[]saga.Event{flight, stuck}, saga.Memo{Status: saga.Stuck}},
		"stuck on the way back": {append(turned[:2:2], stuck), saga.Memo{Status: saga.Stuck, Turned: true}},
		"no longer stuck":       {append(turned[:2:2], stuck, over[2]), saga.Memo{Status: saga.Compensated, Turned: true}},
		"on again":              {[]saga.Event{flight, stuck, ended(outcome("Pay", saga.StepSucceeded, nil), saga.Running)}, saga.Memo{Status: saga.Running}},
	} {
		if got := domain.Fold(saga.Memo{}, c.events...); got.Status != c.want.Status || got.Turned != c.want.Turned {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

func TestStoredFormsStay(t *testing.T) {
	domaintest.Golden[saga.Memo, saga.Event](t, memo, "testdata", saga.StepEnded{Outcome: saga.Outcome{
		Step: "BookHotel", Status: saga.StepRefused, Verdict: saga.TakeBack, Attempts: 2, StartedAt: noon, EndedAt: noon.Add(time.Second), Error: full,
	}, Run: saga.Compensating}, saga.GotStuck{At: noon})
}

func FuzzEvents(f *testing.F) {
	f.Add("saga.step_ended.v1", []byte(`{"outcome":{"step":"BookHotel","status":"failed","attempts":1},"run":"stuck"}`))
	f.Add("saga.stuck.v1", []byte(`{"at":"2026-03-01T12:00:00Z"}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) { domaintest.Fuzz(t, memo, name, data) })
}

func TestTheStatusesOfARunAreKnown(t *testing.T) {
	for _, s := range []saga.Status{saga.Running, saga.Compensating, saga.Succeeded, saga.Compensated, saga.Stuck} {
		if !s.Known() {
			t.Errorf("%s is not", s)
		}
	}
	for _, s := range []saga.Status{"", "Running", "refused", "all"} {
		if s.Known() {
			t.Errorf("%q is", s)
		}
	}
}
