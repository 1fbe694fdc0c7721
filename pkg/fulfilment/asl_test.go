package fulfilment_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A stateMachine is what of the Amazon States Language the saga's laws are about.
type stateMachine struct {
	StartAt        string
	TimeoutSeconds int
	States         map[string]*state
}

type state struct {
	Type, Resource       string
	Parameters           map[string]string
	ResultPath           json.RawMessage
	TimeoutSeconds       int
	Retry                []retrier
	Catch                []catcher
	Choices              []choice
	Default, Error, Next string
	End                  bool
}

type retrier struct {
	ErrorEquals                                                []string
	MaxAttempts, IntervalSeconds, BackoffRate, MaxDelaySeconds int
	JitterStrategy                                             string
}

type catcher struct {
	ErrorEquals      []string
	ResultPath, Next string
}

type choice struct{ Variable, StringEquals, Next string }

func rendered(t *testing.T) (m stateMachine) {
	t.Helper()
	text, err := fulfilment.Process(new(fulfilment.World)).ASL()
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var all = []string{"States.ALL"}

// The laws of the design that are the state machine's to keep.
const (
	lawHappy    = "a run that nothing hinders makes one transition for each of eight steps"
	lawBack     = "the way back ends with the order"
	lawWays     = "every state is entered from somewhere, and every way leads to a state"
	lawCalled   = "every task calls the function with its run, its step, when it was entered and how often it was tried"
	lawHanded   = "what led to the way back, or to the record of a failure, is handed over"
	lawTimeouts = "every task has a timeout above that of its function, and the machine has none"
	lawRefused  = "what is refused is never tried again, nor is what there is no run for"
	lawAgain    = "all else is tried again as it is declared, with jitter and a cap"
	lawOut      = "every step up to the pivot has one way out, and the first one more"
	lawRecords  = "what may fail leads to what records it"
	lawFails    = "all else fails the execution itself, so that it can be redriven"
	lawDropped  = "of what is answered, the answer of BeginCancel alone is kept"
	lawChoose   = "a choice reads which commit won"
	lawNothing  = "a run of nothing ends as refused"
)

// laws says of each how a machine keeps it.
var laws = map[string]func(stateMachine) error{
	lawHappy: func(m stateMachine) error {
		return same(m.way(m.StartAt), []string{
			"ValidateOrder", "ReserveStock", "TakePayment", "ConfirmOrder", "ArrangeShipment", "ShipOrder", "HandOver", "NotifyCustomer",
		})
	},
	lawBack: func(m stateMachine) error {
		return same(m.way(m.States["ShipOrderFirst"].Default), []string{"CancelShipment", "RefundPayment", "ReleaseStock", "CancelOrder"})
	},
	lawWays: func(m stateMachine) error {
		entered := map[string]bool{m.StartAt: true}
		for _, s := range m.States {
			for _, next := range s.nexts() {
				entered[next] = true
			}
		}
		return same(slices.Sorted(maps.Keys(entered)), slices.Sorted(maps.Keys(m.States)))
	},
	lawCalled: func(m stateMachine) error {
		return m.tasks(func(name string, s *state) error {
			if name == "RecordNotifyCustomer" {
				name = "NotifyCustomer"
			}
			got := maps.Clone(s.Parameters)
			delete(got, "caught.$")
			return same(fmt.Sprint(s.Resource, got), fmt.Sprint(saga.TaskFunction, map[string]string{
				"run.$": "$$.Execution.Input", "step": name, "entered.$": "$$.State.EnteredTime", "retries.$": "$$.State.RetryCount",
			}))
		})
	},
	lawHanded: func(m stateMachine) error {
		return m.tasks(func(name string, s *state) error {
			want := map[bool]string{true: "$.caught.Error"}[name == "BeginCancel" || name == "RecordNotifyCustomer"]
			return same(s.Parameters["caught.$"], want)
		})
	},
	lawTimeouts: func(m stateMachine) error {
		if m.TimeoutSeconds != 0 {
			return fmt.Errorf("the machine ends after %d s", m.TimeoutSeconds)
		}
		return m.tasks(func(_ string, s *state) error { return same(s.TimeoutSeconds, 30) })
	},
	lawRefused: func(m stateMachine) error {
		return m.tasks(func(name string, s *state) error {
			want := []string{"Refused"}
			if name == "ValidateOrder" {
				want = append(want, "Leave")
			}
			return same(s.Retry[0], retrier{ErrorEquals: want})
		})
	},
	lawAgain: func(m stateMachine) error {
		declared := retries()
		return m.tasks(func(name string, s *state) error {
			if len(s.Retry) != 2 {
				return fmt.Errorf("%d retriers", len(s.Retry))
			}
			r := declared[name]
			return same(s.Retry[1], retrier{
				ErrorEquals: all, MaxAttempts: r.Attempts - 1, IntervalSeconds: int(r.First / time.Second),
				BackoffRate: 2, MaxDelaySeconds: int(r.Most / time.Second), JitterStrategy: "FULL",
			})
		})
	},
	lawOut: func(m stateMachine) error {
		for _, name := range []string{"ValidateOrder", "ReserveStock", "TakePayment", "ConfirmOrder", "ArrangeShipment", "ShipOrder"} {
			want := []catcher{{all, "$.caught", "BeginCancel"}}
			if name == "ValidateOrder" {
				want = append([]catcher{{ErrorEquals: []string{"Leave"}, Next: "Leave"}}, want...)
			}
			if err := same(m.States[name].Catch, want); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	},
	lawRecords: func(m stateMachine) error {
		return same(m.States["NotifyCustomer"].Catch, []catcher{{all, "$.caught", "RecordNotifyCustomer"}})
	},
	lawFails: func(m stateMachine) error {
		for _, name := range []string{"BeginCancel", "CancelShipment", "RefundPayment", "ReleaseStock", "CancelOrder", "HandOver", "RecordNotifyCustomer"} {
			if catch := m.States[name].Catch; catch != nil {
				return fmt.Errorf("%s: %v", name, catch)
			}
		}
		return nil
	},
	lawDropped: func(m stateMachine) error {
		return m.tasks(func(name string, s *state) error {
			return same(string(s.ResultPath), map[bool]string{true: `"$.said"`, false: "null"}[name == "BeginCancel"])
		})
	},
	lawChoose: func(m stateMachine) error {
		c := m.States[m.States["BeginCancel"].Next]
		return same(fmt.Sprint(c.Type, c.Choices, c.Default), fmt.Sprint("Choice", []choice{{"$.said.verdict", "resume", "HandOver"}}, "CancelShipment"))
	},
	lawNothing: func(m stateMachine) error {
		return same(*m.States["Leave"], state{Type: "Fail", Error: "Refused"})
	},
}

// retries are those that are declared, by state.
func retries() map[string]saga.Retry {
	p := fulfilment.Process(new(fulfilment.World))
	declared := map[string]saga.Retry{"RecordNotifyCustomer": p.Compensating}
	for _, s := range p.Steps {
		declared[s.Name] = s.Retry
		declared[s.Compensation] = p.Compensating
	}
	return declared
}

// way follows a state to the end, through tasks alone.
func (m stateMachine) way(name string) (way []string) {
	for range len(m.States) {
		s, ok := m.States[name]
		if !ok || s.Type != "Task" {
			return append(way, name+" is no task")
		}
		if way = append(way, name); s.End {
			return way
		}
		name = s.Next
	}
	return append(way, "and so on")
}

func (s *state) nexts() (all []string) {
	for _, next := range []string{s.Next, s.Default} {
		if next != "" {
			all = append(all, next)
		}
	}
	for _, c := range s.Catch {
		all = append(all, c.Next)
	}
	for _, c := range s.Choices {
		all = append(all, c.Next)
	}
	return all
}

func (m stateMachine) tasks(keeps func(name string, s *state) error) error {
	for name, s := range m.States {
		if s.Type != "Task" {
			continue
		}
		if err := keeps(name, s); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func same[T any](got, want T) error {
	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("got %+v, want %+v", got, want)
	}
	return nil
}

func TestTheMachineKeepsEachLaw(t *testing.T) {
	for law, kept := range laws {
		if err := kept(rendered(t)); err != nil {
			t.Errorf("%s: %v", law, err)
		}
	}
}
