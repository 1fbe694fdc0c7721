package porttest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/porttest"
)

var errNo = domain.Refuse("no", "no")

// A lane is what is known of one key.
type lane struct {
	out          *string
	refused      bool
	barred       bool
	done, undone int // what really happened
}

// A plain port does whatever it is asked for but "no". It keeps the contract
// but for its fault.
type plain struct {
	fault string
	mu    sync.Mutex
	lanes map[string]*lane
	did   int
}

func (p *plain) lane(key string) *lane {
	switch p.fault {
	case "takes keys for words":
		key = strings.ToLower(strings.TrimSpace(key))
	case "cuts keys":
		key = key[:min(len(key), 255)]
	}
	if p.lanes[key] == nil {
		if p.lanes == nil {
			p.lanes = make(map[string]*lane)
		}
		p.lanes[key] = new(lane)
	}
	return p.lanes[key]
}

// pause lets others in between a look and an act.
func (p *plain) pause(fault string) {
	if p.fault == fault {
		p.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
		p.mu.Lock()
	}
}

func (p *plain) Do(_ context.Context, key string, in string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(key)
	switch {
	case l.barred:
		return p.bar(l)
	case l.refused && p.fault != "decides anew":
		return "", errNo
	case l.out != nil:
		return p.again(l, in)
	case in == "no":
		return p.refuse(l)
	}
	p.did++
	out := fmt.Sprint("result ", p.did)
	p.pause("looks for a bar, then does it")
	p.pause("looks whether it was done, then does it")
	if l.out != nil && p.fault != "looks whether it was done, then does it" {
		return *l.out, nil
	}
	if l.out = &out; p.fault != "says that it is done" {
		l.done++
	}
	return out, nil
}

func (p *plain) bar(l *lane) (string, error) {
	switch {
	case p.fault == "takes a bar for a fault":
		return "", errors.New("barred")
	case p.fault == "does again what it took back" && l.out != nil:
		l.done++
		return *l.out, nil
	case p.fault == "refuses for the first reason for ever" && l.refused:
		return "", errNo
	default:
		return "", fulfilment.ErrBarred
	}
}

func (p *plain) again(l *lane, in string) (string, error) {
	switch {
	case p.fault == "does it each time":
		l.done++
	case p.fault == "makes up a result":
		return "another", nil
	case p.fault == "looks at what is asked for, not at the key" && in == "no":
		return "", errNo
	}
	return *l.out, nil
}

func (p *plain) refuse(l *lane) (string, error) {
	l.refused = true
	switch p.fault {
	case "takes a refusal for a fault":
		return "", errors.New("no")
	case "does what it refuses":
		l.done++
	}
	return "", errNo
}

func (p *plain) Undo(_ context.Context, key string) (*string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(key)
	first := !l.barred
	if l.barred = true; l.out == nil {
		switch p.fault {
		case "bars only what was done":
			l.barred = false
		case "takes back what was never done":
			l.undone++
		case "answers nothing with an empty result":
			return new(""), nil
		}
		return nil, nil
	}
	switch p.fault {
	case "bars and takes nothing back":
		return l.out, nil
	case "does not say what it took back":
		l.undone = 1
		return nil, nil
	case "says once what it took back":
		if !first {
			return nil, nil
		}
	case "takes back each time":
		l.undone++
	case "looks whether it was taken back, then takes it back":
		if l.undone == 0 {
			p.pause(p.fault)
			l.undone++
		}
	}
	if l.undone == 0 {
		l.undone = 1
	}
	return l.out, nil
}

func (p *plain) reopen() fulfilment.Port[string, string] {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.lanes {
		switch p.fault {
		case "forgets what it did":
			l.out = nil
		case "forgets bars":
			l.barred = false
		case "forgets refusals":
			l.refused = false
		}
	}
	return p
}

func harness(fault string) porttest.Harness[string, string] {
	p := &plain{fault: fault}
	return porttest.Harness[string, string]{
		Port: p, Works: "yes", Refused: "no", Reopen: p.reopen,
		Ledger: func(key string) (done, undone int) {
			p.mu.Lock()
			defer p.mu.Unlock()
			return p.lane(key).done, p.lane(key).undone
		},
	}
}

func TestAPortThatKeepsTheContractPasses(t *testing.T) {
	porttest.Run(t, func(testing.TB) porttest.Harness[string, string] { return harness("") })
}
