package domain_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
)

// press switches the lamp, unless it is so already.
type press struct{ On bool }

func (p press) Decide(s lamp) ([]event, error) {
	if s.On == p.On {
		return nil, nil
	}
	return []event{switched{On: p.On}}, nil
}

var errDark = domain.Refuse("lamp.dark", "the lamp is dark")

// read needs light.
type read struct{}

func (read) Decide(s lamp) ([]event, error) {
	if !s.On {
		return nil, errDark
	}
	return nil, nil
}

type command = domain.Command[lamp, event]

func TestSeveralCommandsAreGrantedTogetherOrRefused(t *testing.T) {
	on, off := switched{On: true}, switched{}
	for name, c := range map[string]struct {
		given lamp
		when  []command
		then  []event
		err   error
	}{
		"one is given as itself":                            {when: []command{press{On: true}}, then: []event{on}},
		"each decides on what those before it lead to":      {when: []command{press{On: true}, press{On: true}, press{}}, then: []event{on, off}},
		"one may be granted for what another one does":      {when: []command{press{On: true}, read{}}, then: []event{on}},
		"one may be refused for what another one does":      {given: lamp{On: true}, when: []command{press{}, read{}}, err: errDark},
		"the first refusal is the answer, and all of it":    {when: []command{press{On: true}, press{}, read{}, press{On: true}}, err: errDark},
		"what is granted already leaves nothing to be done": {given: lamp{On: true}, when: []command{press{On: true}, read{}}},
		"none asks for nothing":                             {},
	} {
		got, err := domain.All(c.when...).Decide(c.given)
		if !slices.Equal(got, c.then) || !errors.Is(err, c.err) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}
