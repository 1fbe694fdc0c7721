package fulfilments_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/saga"
)

func TestRunsAreListedNewestSubmittedFirstByStatusOrAll(t *testing.T) {
	declined := not(did("TakePayment", 1, saga.Compensating), saga.StepRefused, "payment.declined")
	s := newShop()
	s.place("pending")
	s.place("given up", order.Cancel{Reason: "no", At: noon})
	s.record("not placed", declined)
	s.place("begun", submit(0))
	s.place("at once with it", submit(0))
	s.place("a nanosecond later", submit(time.Nanosecond))
	s.record("a nanosecond later", did("ReserveStock", 1, saga.Running))
	s.place("stuck", submit(-time.Hour))
	s.record("stuck", not(did("HandOver", 100, saga.Stuck), saga.StepFailed, "saga.fault"))
	s.place("compensating", submit(time.Second))
	s.record("compensating", declined)
	s.place("succeeded", submit(2*time.Second))
	s.record("succeeded", did("HandOver", 1, saga.Running), did("NotifyCustomer", 1, saga.Succeeded))
	s.place("compensated", submit(3*time.Second))
	s.record("compensated", declined, back(did("CancelOrder", 1, saga.Compensated)))
	rows, err := s.view()
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[saga.Status][]order.ID{
		"":                {"compensated", "succeeded", "compensating", "a nanosecond later", "begun", "at once with it", "stuck"},
		saga.Running:      {"a nanosecond later", "begun", "at once with it"},
		saga.Compensating: {"compensating"},
		saga.Succeeded:    {"succeeded"},
		saga.Compensated:  {"compensated"},
		saga.Stuck:        {"stuck"},
		"unknown":         nil,
	} {
		for _, limit := range []int{1, 2, 3, 6, 7, 8} {
			if got := list(t, rows, status, limit); !reflect.DeepEqual(got, want) {
				t.Errorf("%q by %d: got %v, want %v", status, limit, got, want)
			}
		}
	}
	if lines, next, err := fulfilments.List(t.Context(), rows, "other", fulfilments.Query{Limit: 10}); lines == nil || len(lines) > 0 || next != nil || err != nil {
		t.Errorf("another tenant sees %+v, %v, %v", lines, next, err)
	}
}

// list lists page by page, and holds each line against what Find returns.
func list(t *testing.T, rows readmodel.Store, status saga.Status, limit int) (ids []order.ID) {
	t.Helper()
	for q := (fulfilments.Query{Status: status, Limit: limit}); ; {
		lines, next, err := fulfilments.List(t.Context(), rows, "t", q)
		if err != nil || next != nil && len(lines) != limit {
			t.Fatalf("by %d: got %+v, %v, %v", limit, lines, next, err)
		}
		for _, l := range lines {
			ids = append(ids, l.ID)
			f, ok, err := fulfilments.Find(t.Context(), rows, "t", string(l.ID))
			if got := (fulfilments.Fulfilment{Status: l.Status, Steps: l.Steps, Version: l.Version}); !ok || err != nil || !reflect.DeepEqual(got, f) {
				t.Errorf("%s: listed %+v, found %+v, %v", l.ID, got, f, err)
			}
			if status != "" && l.Status != status {
				t.Errorf("%s: %s in the list of %s", l.ID, l.Status, status)
			}
		}
		if next == nil {
			return ids
		}
		q.After = *next
	}
}

func TestALineIsTheWiresJSON(t *testing.T) {
	s := newShop()
	s.place("1", submit(time.Second))
	s.record("1", did("ReserveStock", 1, saga.Running))
	s.place("2", submit(0))
	rows, err := s.view()
	if err != nil {
		t.Fatal(err)
	}
	lines, _, err := fulfilments.List(t.Context(), rows, "t", fulfilments.Query{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(lines)
	want := `[{"id":"1","status":"running","submittedAt":"2026-11-24T12:00:01Z","version":1,"steps":[` + step("ReserveStock", "succeeded", 1, "null") + `]},` +
		`{"id":"2","status":"running","submittedAt":"2026-11-24T12:00:00Z","version":0,"steps":[]}]`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestAPageWithARowThatCannotBeReadIsAFault(t *testing.T) {
	rows := boltstore.NewViews()
	for id, data := range map[string]string{"1": `[]`, "2": `{}`} {
		row := readmodel.Row{
			Key:     readmodel.Key{View: fulfilments.View, Tenant: "t", ID: id},
			Applied: map[string]eventstore.Position{}, Data: []byte(data), Lists: []string{"all", "open"},
		}
		if err := rows.Put(t.Context(), row); err != nil {
			t.Fatal(err)
		}
	}
	if lines, next, err := fulfilments.List(t.Context(), rows, "t", fulfilments.Query{Limit: 10}); lines != nil || next != nil || err == nil {
		t.Errorf("listed %+v, %v, %v", lines, next, err)
	}
	if runs, next, err := fulfilments.ListOpen(t.Context(), rows, "t", readmodel.Place{}, 10); runs != nil || next != nil || err == nil {
		t.Errorf("listed %+v, %v, %v", runs, next, err)
	}
}
