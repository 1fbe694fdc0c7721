package storetest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

// A broken store breaks one law and keeps all others as well as it can.
type broken struct {
	memstore.Store
	fault string
	mu    sync.Mutex
	late  map[eventstore.StreamID]int // commits that a weak read does not see yet
}

func (s *broken) Append(ctx context.Context, id eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (eventstore.Commit, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	given := c
	switch s.fault {
	case "loses the second event":
		c.Events = c.Events[:min(len(c.Events), 1)]
	case "loses the actor":
		c.Events = slices.Clone(c.Events)
		for i := range c.Events {
			c.Events[i].Actor = ""
		}
	case "loses the fingerprint":
		c.Command.Fingerprint = ""
	case "loses the snapshot":
		c.Snapshot = nil
	case "accepts a stale writer", "lets all racers win":
		at = s.end(id)
	case "takes any commit":
		if _, err := at.Extend(id, c); err != nil {
			c, at = eventstore.Commit{Events: []eventstore.Event{{Type: "x", Data: []byte("1")}}, Command: eventstore.CommandID{Key: "x"}}, s.end(id)
		}
	case "writes though it was cancelled":
		if err := ctx.Err(); err != nil {
			c.Events = c.Events[:1]
			_, _ = s.Store.Append(context.WithoutCancel(ctx), id, at, c)
			return eventstore.Commit{}, err
		}
	case "mixes tenants":
		id.Tenant = "law"
		at = s.end(id)
	}
	stored, err := s.Store.Append(ctx, id, at, c)
	switch conflict, ok := errors.AsType[*eventstore.ConflictError](err); {
	case s.fault == "conflicts on a repeat" && err == nil && stored.Events[0].Type != "" && s.repeat(id, stored, given):
		return eventstore.Commit{}, &eventstore.ConflictError{Stream: id, Expected: at.Version(), Next: &stored}
	case s.fault == "answers a repeat with what was sent" && err == nil:
		return at.Extend(id, given)
	case s.fault == "conflicts without saying where" && ok:
		return eventstore.Commit{}, &eventstore.ConflictError{}
	case s.fault == "calls the wrong commit the next" && ok:
		first := s.all(id)[0]
		conflict.Next = &first
	case s.fault == "takes a conflict for a fault" && ok:
		return eventstore.Commit{}, errors.New("append: " + err.Error())
	case s.fault == "knows a repeat at the head alone" && err == nil && s.end(id) != stored.End():
		return eventstore.Commit{}, &eventstore.ConflictError{Stream: id, Expected: at.Version()}
	case s.fault == "lets time go back" && err == nil:
		stored.At = given.At
	}
	return stored, err
}

// repeat reports whether the commit stood there before it was sent again.
func (s *broken) repeat(id eventstore.StreamID, stored, sent eventstore.Commit) bool {
	if s.late == nil {
		s.late = map[eventstore.StreamID]int{}
	}
	before := s.late[id]
	s.late[id] = len(s.all(id))
	return before == s.late[id] && stored.Command.Key == sent.Command.Key
}

func (s *broken) all(id eventstore.StreamID) (commits []eventstore.Commit) {
	for c := range s.Store.Read(context.Background(), id, eventstore.NoStream(id)) {
		commits = append(commits, c)
	}
	return commits
}

func (s *broken) end(id eventstore.StreamID) eventstore.Position {
	end := eventstore.NoStream(id)
	for _, c := range s.all(id) {
		end = c.End()
	}
	return end
}

func (s *broken) Load(ctx context.Context, id eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	switch s.fault {
	case "mixes tenants":
		id.Tenant = "law"
	case "ignores the bound":
		upTo = eventstore.Latest
	case "trusts snapshots of any schema":
		for _, c := range slices.Backward(s.all(id)) {
			if c.Snapshot != nil && c.Last() <= upTo {
				schema = c.Snapshot.Schema
				break
			}
		}
	case "invents a first commit":
		if commits := s.all(id); len(commits) == 0 {
			return []eventstore.Commit{{Stream: id, First: 1}}, nil
		}
	}
	commits, err := s.Store.Load(ctx, id, upTo, schema)
	switch s.fault {
	case "begins after the snapshot":
		if len(commits) > 0 && commits[0].Snapshot != nil && commits[0].Snapshot.Schema == schema {
			commits = commits[1:]
		}
	case "cuts a commit at the bound":
		if all := s.all(id); len(commits) < len(all) && all[len(commits)].First <= upTo && len(commits) > 0 && commits[0].First == 1 {
			commits = append(commits, all[len(commits)])
		}
	case "loads one page":
		commits = commits[max(0, len(commits)-100):]
	}
	return commits, err
}

func (s *broken) Read(ctx context.Context, id eventstore.StreamID, after eventstore.Position) iter.Seq2[eventstore.Commit, error] {
	if s.fault == "mixes tenants" {
		id.Tenant = "law"
	}
	if s.fault == "reads from the start" {
		after = eventstore.NoStream(id)
	}
	commits := s.Store.Read(ctx, id, after)
	var once sync.Once
	return func(yield func(eventstore.Commit, error) bool) {
		all := s.all(id)
		if s.fault == "reads once" {
			again := true
			if once.Do(func() { again = false }); again {
				return
			}
		}
		size, n := 0, 0
		for c, err := range commits {
			n++
			for _, e := range c.Events {
				size += len(e.Data)
			}
			switch {
			case s.fault == "leaves a hole" && n == 3 && len(all) > 3, s.fault == "reads a megabyte" && size > 1<<20:
				continue
			case s.fault == "reads what was" && len(all) > 10 && c.First == all[len(all)-1].First:
				return
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func (s *broken) Scan(ctx context.Context, segment, of int) iter.Seq2[eventstore.Commit, error] {
	return func(yield func(eventstore.Commit, error) bool) {
		if s.fault == "scans all in each segment" {
			segment, of = 0, 1
		}
		n := 0
		for c, err := range s.Store.Scan(ctx, segment, of) {
			if n++; s.fault == "scans all but one" && n == 5 {
				continue
			}
			if !yield(c, err) {
				return
			}
		}
	}
}
