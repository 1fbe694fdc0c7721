package command_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

// A till is the smallest aggregate that shows each rule of the loop: what is
// paid in adds up, and it is closed once.
type till struct {
	Sum    int    `json:"sum"`
	Open   bool   `json:"open"`
	Closed bool   `json:"closed"`
	Note   string `json:"note,omitempty"`
}

type event interface{ domain.Event[till] }

type (
	opened struct{}
	paid   struct {
		Amount int    `json:"amount"`
		Note   string `json:"note,omitempty"`
	}
	closed struct{}
)

func (opened) EventType() string { return "till.opened.v1" }
func (paid) EventType() string   { return "till.paid.v1" }
func (closed) EventType() string { return "till.closed.v1" }

func (opened) Evolve(s till) till { s.Open = true; return s }
func (e paid) Evolve(s till) till { s.Sum += e.Amount; s.Note += e.Note; return s }
func (closed) Evolve(s till) till { s.Closed = true; return s }

type (
	open  struct{}
	pay   struct{ paid }
	shut  struct{}
	batch []paid
)

var (
	errNoTill = domain.RefuseMissing("till.missing", "there is no such till")
	errClosed = domain.Refuse("till.closed", "the till is closed")
)

func (open) Decide(s till) ([]event, error) {
	if s.Open {
		return nil, nil
	}
	return []event{opened{}}, nil
}

func (c pay) Decide(s till) ([]event, error) { return batch{c.paid}.Decide(s) }

func (c batch) Decide(s till) ([]event, error) {
	if !s.Open {
		return nil, errNoTill
	}
	if s.Closed {
		return nil, errClosed
	}
	var events []event
	for _, p := range c {
		events = append(events, p)
	}
	return events, nil
}

func (shut) Decide(s till) ([]event, error) {
	if s.Closed {
		return nil, nil
	}
	return []event{closed{}}, nil
}

var tills = domain.Aggregate[till, event]{
	Category: "till",
	Events:   domain.NewRegistry[event](opened{}, paid{}, closed{}),
	Schema:   1,
}

func cents(n int) pay { return pay{paid{Amount: n}} }

// noted pays a cent with a note of so many bytes.
func noted(size int) pay { return pay{paid{Amount: 1, Note: strings.Repeat("x", size)}} }

func streamOf(id string) eventstore.StreamID {
	return eventstore.StreamID{Tenant: "t", Category: "till", ID: id}
}

// commits returns what is in the stream.
func commits(s eventstore.Store, id string) (all []eventstore.Commit) {
	for c, err := range s.Read(context.Background(), streamOf(id), eventstore.NoStream(streamOf(id))) {
		if err != nil {
			panic(err)
		}
		all = append(all, c)
	}
	return all
}

// contended is a store on which somebody else always appends first.
type contended struct {
	*memstore.Store
	rivals atomic.Int64
}

func (s *contended) Append(ctx context.Context, id eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (eventstore.Commit, error) {
	rival := eventstore.Commit{
		Events:  []eventstore.Event{{Type: "till.paid.v1", Data: []byte(`{"amount":1000}`)}},
		Command: eventstore.CommandID{Key: fmt.Sprintf("rival-%d", s.rivals.Add(1))},
	}
	if _, err := s.Store.Append(ctx, id, at, rival); err != nil {
		return eventstore.Commit{}, err
	}
	return s.Store.Append(ctx, id, at, c)
}

// stale is a store whose loads see only the first commits.
type stale struct {
	*memstore.Store
	sees int
}

func (s stale) Load(ctx context.Context, id eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	all := commits(s.Store, id.ID)
	if s.sees < len(all) {
		if s.sees == 0 {
			return nil, nil
		}
		upTo = min(upTo, all[s.sees-1].Last())
	}
	return s.Store.Load(ctx, id, upTo, schema)
}

// forgetful is a store whose replies get lost once the append is done; what it
// answers instead is fault.
type forgetful struct {
	*memstore.Store
	fault func() error
}

func (s *forgetful) Append(ctx context.Context, id eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (eventstore.Commit, error) {
	stored, err := s.Store.Append(ctx, id, at, c)
	if err == nil {
		if err := s.fault(); err != nil {
			return eventstore.Commit{}, err
		}
	}
	return stored, err
}

// counted counts what is read and how many appends conflict.
type counted struct {
	eventstore.Store
	loaded, conflicts atomic.Int64
}

func (s *counted) Load(ctx context.Context, id eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	commits, err := s.Store.Load(ctx, id, upTo, schema)
	s.loaded.Add(int64(len(commits)))
	return commits, err
}

func (s *counted) Append(ctx context.Context, id eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (eventstore.Commit, error) {
	stored, err := s.Store.Append(ctx, id, at, c)
	if err != nil {
		s.conflicts.Add(1)
	}
	return stored, err
}
