package fulfilments_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

func TestRunsThatHaveNotEndedAreListedLongestWaitingFirst(t *testing.T) {
	declined := not(did("TakePayment", 1, saga.Compensating), saga.StepRefused, "payment.declined")
	begin, end := order.BeginCancel{Reason: "no", At: noon}, order.EndCancel{At: noon}
	s := newShop()
	s.place("pending")
	s.place("given up", order.Cancel{Reason: "no", At: noon})
	s.place("a nanosecond later", submit(time.Nanosecond))
	s.record("a nanosecond later", did("ReserveStock", 1, saga.Running))
	s.place("begun", submit(0))
	s.place("at once with it", submit(0))
	s.place("stuck", submit(-time.Hour))
	s.record("stuck", not(did("HandOver", 100, saga.Stuck), saga.StepFailed, "saga.fault"))
	s.place("compensating", submit(time.Second), begin)
	s.record("compensating", declined)
	s.place("to be cancelled", submit(2*time.Second), begin)
	s.place("cancelled, and the run has not heard", submit(3*time.Second), begin, end)
	s.record("cancelled, and the run has not heard", declined)
	s.place("succeeded", submit(0))
	s.record("succeeded", did("NotifyCustomer", 1, saga.Succeeded))
	s.place("compensated", submit(0), begin, end)
	s.record("compensated", declined, back(did("CancelOrder", 1, saga.Compensated)))
	s.place("cancelled without a run", submit(0), begin, end)
	s.record("not placed", declined)
	rows, err := s.view()
	if err != nil {
		t.Fatal(err)
	}
	run := func(id string, status saga.Status, after time.Duration) fulfilments.Open {
		return fulfilments.Open{Run: saga.Run{ID: id, Correlation: "order.Submit"}, Status: status, SubmittedAt: noon.Add(after)}
	}
	want := []fulfilments.Open{
		run("stuck", saga.Stuck, -time.Hour), run("at once with it", saga.Running, 0), run("begun", saga.Running, 0), run("a nanosecond later", saga.Running, time.Nanosecond),
		run("compensating", saga.Compensating, time.Second), run("to be cancelled", saga.Running, 2*time.Second),
		run("cancelled, and the run has not heard", saga.Compensating, 3*time.Second),
	}
	for _, limit := range []int{1, 2, 3, 6, 7, 8, 100} {
		if got := walk(t, rows, limit); !reflect.DeepEqual(got, want) {
			t.Errorf("by %d: got %+v\nwant %+v", limit, got, want)
		}
	}
	if runs, next, err := fulfilments.ListOpen(t.Context(), rows, "other", readmodel.Place{}, 10); len(runs) > 0 || next != nil || err != nil {
		t.Errorf("another tenant sees %+v, %v, %v", runs, next, err)
	}
}

// walk lists page by page. A page that is not full, or the last, has no next.
func walk(t *testing.T, rows readmodel.Store, limit int) (all []fulfilments.Open) {
	t.Helper()
	for after := (readmodel.Place{}); ; {
		runs, next, err := fulfilments.ListOpen(t.Context(), rows, "t", after, limit)
		if err != nil || next != nil && len(runs) != limit {
			t.Fatalf("by %d: got %+v, %v, %v", limit, runs, next, err)
		}
		all = append(all, runs...)
		if next == nil {
			return all
		}
		after = *next
	}
}
