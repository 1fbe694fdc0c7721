package fulfilments_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

// step is the JSON of a step that did as it does in these tests.
func step(name, status string, attempts int, err string) string {
	return fmt.Sprintf(`{"name":%q,"status":%q,"attempts":%d,"startedAt":"2026-11-24T12:00:00Z","endedAt":"2026-11-24T12:00:02Z","error":%s}`, name, status, attempts, err)
}

func errorOf(code string) string { return fmt.Sprintf(`{"code":%q,"detail":"it cannot be had"}`, code) }

func TestFulfilmentsAreTheWiresJSON(t *testing.T) {
	reserved, declined := did("ReserveStock", 1, saga.Running), not(did("TakePayment", 3, saga.Compensating), saga.StepRefused, "payment.declined")
	silent := not(did("NotifyCustomer", 3, saga.Succeeded), saga.StepFailed, "saga.no_answer")
	released := back(did("ReleaseStock", 1, saga.Compensating))
	stuck := back(not(did("ReleaseStock", 100, saga.Stuck), saga.StepFailed, "saga.fault"))
	for name, c := range map[string]struct {
		ends    []saga.Record
		status  string
		steps   []string
		version eventstore.Version
	}{
		"an order that was submitted is under way, and no step has ended": {status: "running"},
		"a step that ended is shown": {
			[]saga.Record{reserved}, "running", []string{step("ReserveStock", "succeeded", 1, "null")}, 1,
		},
		"what was refused is shown with the reason": {
			[]saga.Record{reserved, declined},
			"compensating",
			[]string{step("ReserveStock", "succeeded", 1, "null"), step("TakePayment", "refused", 3, errorOf("payment.declined"))},
			2,
		},
		"what was taken back stands behind it": {
			[]saga.Record{reserved, declined, released, back(did("CancelOrder", 2, saga.Compensated))},
			"compensated",
			[]string{
				step("ReserveStock", "succeeded", 1, "null"), step("TakePayment", "refused", 3, errorOf("payment.declined")),
				step("ReleaseStock", "succeeded", 1, "null"), step("CancelOrder", "succeeded", 2, "null"),
			},
			4,
		},
		"a compensation that was given up is stuck": {
			[]saga.Record{declined, stuck},
			"stuck",
			[]string{step("TakePayment", "refused", 3, errorOf("payment.declined")), step("ReleaseStock", "failed", 100, errorOf("saga.fault"))},
			2,
		},
		"until it is done: a step has its last end, where it had its first": {
			[]saga.Record{declined, stuck, released},
			"compensating",
			[]string{step("TakePayment", "refused", 3, errorOf("payment.declined")), step("ReleaseStock", "succeeded", 1, "null")},
			3,
		},
		"a step that may fail fails alone": {
			[]saga.Record{did("HandOver", 1, saga.Running), silent},
			"succeeded",
			[]string{step("HandOver", "succeeded", 1, "null"), step("NotifyCustomer", "failed", 3, errorOf("saga.no_answer"))},
			2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop()
			s.place("1", submit(0))
			s.record("1", c.ends...)
			rows, err := s.view()
			if err != nil {
				t.Fatal(err)
			}
			f, ok, err := fulfilments.Find(t.Context(), rows, "t", "1")
			if err != nil || !ok || f.Version != c.version {
				t.Fatalf("got %v at %d, want it at %d: %v", ok, f.Version, c.version, err)
			}
			got, err := json.Marshal(f)
			want := fmt.Sprintf(`{"status":%q,"steps":[%s]}`, c.status, strings.Join(c.steps, ","))
			if err != nil || string(got) != want {
				t.Errorf("got  %s, %v\nwant %s", got, err, want)
			}
		})
	}
}

func TestARunThatStoppedIsStuckUntilAStepEndsLater(t *testing.T) {
	s := newShop()
	for id, then := range map[string][]saga.Record{
		"before its first step": nil, "on its way": {did("ReserveStock", 1, saga.Running)},
		"on its way back": {did("ReserveStock", 1, saga.Running), not(did("TakePayment", 1, saga.Compensating), saga.StepRefused, "payment.declined")},
	} {
		s.place(id, submit(0))
		s.record(id, then...)
		s.stop(id, noon.Add(time.Minute))
		s.place(id+", and gone on", submit(0))
		s.record(id+", and gone on", then...)
		s.stop(id+", and gone on", noon.Add(time.Minute))
		s.record(id+", and gone on", back(did("CancelOrder", 1, saga.Compensated)))
	}
	rows, err := s.view()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"before its first step", "on its way", "on its way back"} {
		for id, want := range map[string]saga.Status{id: saga.Stuck, id + ", and gone on": saga.Compensated} {
			if f, ok, err := fulfilments.Find(t.Context(), rows, "t", id); err != nil || !ok || f.Status != want {
				t.Errorf("%s: %+v, %v, %v", id, f, ok, err)
			}
		}
	}
	if open := walk(t, rows, 10); len(open) != 3 || open[0].Status != saga.Stuck || open[1].Status != saga.Stuck || open[2].Status != saga.Stuck {
		t.Errorf("open: %+v", open)
	}
}

func TestAnOrderThatWasNotSubmittedIsNotFound(t *testing.T) {
	s := newShop()
	s.place("pending")
	s.place("given up", order.Cancel{Reason: "no", At: noon})
	s.place("submitted", submit(0))
	s.record("a memo alone", did("ReserveStock", 1, saga.Running))
	rows, err := s.view()
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range [][2]string{{"t", "pending"}, {"t", "given up"}, {"t", "a memo alone"}, {"t", "nobody's"}, {"other", "submitted"}} {
		if f, ok, err := fulfilments.Find(t.Context(), rows, of[0], of[1]); ok || err != nil {
			t.Errorf("%v: got %+v, %v", of, f, err)
		}
	}
}

func TestTheViewNamesNoPerson(t *testing.T) {
	s := newShop()
	s.place("1", submit(0))
	rows, err := s.view()
	if err != nil {
		t.Fatal(err)
	}
	row, err := rows.Get(t.Context(), readmodel.Key{View: fulfilments.View, Tenant: "t", ID: "1"})
	if err != nil || row.Revision == 0 || bytes.Contains(row.Data, []byte("Ada")) || bytes.Contains(row.Data, []byte("cust-1")) {
		t.Errorf("got %s, %v", row.Data, err)
	}
}

func TestARowThatCannotBeReadIsAFault(t *testing.T) {
	rows := boltstore.NewViews()
	row := readmodel.Row{
		Key:     readmodel.Key{View: fulfilments.View, Tenant: "t", ID: "1"},
		Applied: map[string]eventstore.Position{}, Data: []byte(`[]`), Lists: []string{"open"},
	}
	if err := rows.Put(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	if f, ok, err := fulfilments.Find(t.Context(), rows, "t", "1"); ok || err == nil {
		t.Errorf("found %+v, %v", f, err)
	}
}

func Example() {
	s := newShop()
	s.place("ord_1", submit(0))
	s.record("ord_1", did("ReserveStock", 2, saga.Running), not(did("TakePayment", 1, saga.Compensating), saga.StepRefused, "payment.declined"))
	rows, _ := s.view()
	f, ok, err := fulfilments.Find(context.Background(), rows, "t", "ord_1")
	fmt.Println(f.Status, ok, err)
	for _, step := range f.Steps {
		fmt.Println(step.Name, step.Status, step.Attempts)
	}
	// Output:
	// compensating true <nil>
	// ReserveStock succeeded 2
	// TakePayment refused 1
}
