// Package command is the loop that every command runs through: load the stream,
// decide, append, and once more from where it was read when somebody else was
// faster. It makes each command happen once, however often it is sent.
package command

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// The errors of a loop that are neither refusals ([domain.Refusal]) nor faults.
var (
	// ErrContended: others kept appending first; the same command may be sent again.
	ErrContended = errors.New("stream contended")
	// ErrStale: the stream is not at the version that the request was made for.
	ErrStale = errors.New("stream is at another version")
	// ErrKeyReused: the key stands for another request.
	ErrKeyReused = errors.New("key was used for another request")
)

// A Request says under which id a command is given, and by whom.
type Request struct {
	// Key makes the command happen once. Empty: a random one, for one call of Do.
	Key string
	// Fingerprint is a hash of the client's request, without spaces. A client's
	// key has one; a key without is not a client's, and is known again only
	// until others have written to the stream, unless Since is given.
	Fingerprint string
	// Creates says that the stream's id derives from Key, so that the key is that
	// of the stream's first commit and holds for ever.
	Creates bool
	// Since is a version at or before which the key was never used, the same for
	// every call with it; nil: none is known. A key holds for ever with it: every
	// commit since then is looked at.
	Since *eventstore.Version
	// IfMatch is the version that the command is for; nil: whichever it finds.
	IfMatch *eventstore.Version

	Correlation, Causation, Actor string
}

// An Answer is what a granted command led to. A repeat gets the first one's.
type Answer[S any] struct {
	State   S // after the command's own commit, not after what came later
	Version eventstore.Version
	Written bool // false: nothing was left to do
}

// A Loop gives commands to the aggregates of one category. It is safe for
// concurrent use; commands on one stream take turns.
type Loop[S any, E domain.Event[S]] struct {
	store     eventstore.Store
	tenant    string
	aggregate domain.Aggregate[S, E]
	turns     turns
	tales     tales[S]
}

// New returns a loop over the store.
func New[S any, E domain.Event[S]](store eventstore.Store, tenant string, aggregate domain.Aggregate[S, E]) *Loop[S, E] {
	return &Loop[S, E]{store: store, tenant: tenant, aggregate: aggregate}
}

const (
	// attempts bounds how often a command is decided again after a conflict.
	attempts = 5
	// pause is the most that the loop waits after the first conflict; it doubles
	// with each further one.
	pause = 10 * time.Millisecond
)

// Do gives the command to the aggregate named id. On every attempt it asks, in
// this order: was it done already, by whom, is it for this version, and what
// does the aggregate decide. It writes nothing unless it returns an answer with
// Written; after a fault, the commit may have been written all the same, and
// the same request tells.
func (l *Loop[S, E]) Do(ctx context.Context, id string, r Request, c domain.Command[S, E]) (Answer[S], error) {
	stream := eventstore.StreamID{Tenant: l.tenant, Category: l.aggregate.Category, ID: id}
	if r.Key == "" {
		r.Key = rand.Text()
	}
	done, err := l.turns.take(ctx, stream)
	if err != nil {
		return Answer[S]{}, err
	}
	defer done()

	t, err := l.tell(ctx, stream, r.Key)
	if err != nil {
		return Answer[S]{}, err
	}
	for attempt := 1; ; attempt++ {
		answer, err := l.settle(ctx, &t, r, c)
		conflict, ok := errors.AsType[*eventstore.ConflictError](err)
		if !ok {
			l.tales.keep(t)
			return answer, err
		}
		if attempt == attempts {
			return Answer[S]{}, fmt.Errorf("%T on %s after %d attempts: %w: append to %s: %w", c, id, attempts, ErrContended, id, conflict)
		}
		if r.IfMatch == nil {
			if err := sleep(ctx, mathrand.N(pause<<(attempt-1))); err != nil {
				return Answer[S]{}, err
			}
		}
		if err := l.readOn(ctx, &t, r.Key); err != nil {
			return Answer[S]{}, err
		}
	}
}

// State returns the state of the aggregate named id as it is now, strongly read,
// and its version; the zero state of one that has no events.
func (l *Loop[S, E]) State(ctx context.Context, id string) (Answer[S], error) {
	stream := eventstore.StreamID{Tenant: l.tenant, Category: l.aggregate.Category, ID: id}
	t, err := l.tell(ctx, stream, "")
	if err == nil && !t.strong {
		err = l.readOn(ctx, &t, "")
	}
	if err != nil {
		return Answer[S]{}, err
	}
	l.tales.keep(t)
	return Answer[S]{State: t.state, Version: t.end.Version()}, nil
}

// settle answers from what t knows, once that is enough to answer from: what
// writes nothing is answered only from a strong read.
func (l *Loop[S, E]) settle(ctx context.Context, t *tale[S], r Request, c domain.Command[S, E]) (Answer[S], error) {
	for {
		if err := l.recall(ctx, t, r); err != nil {
			return Answer[S]{}, err
		}
		if t.own != nil {
			return t.own.answer(r)
		}
		events, err := c.Decide(t.state)
		if r.IfMatch != nil && *r.IfMatch != t.end.Version() && !missing(err) {
			err = ErrStale
		}
		if err == nil && len(events) > 0 {
			return l.append(ctx, t, r, events)
		}
		if t.strong {
			return Answer[S]{State: t.state, Version: t.end.Version()}, err
		}
		if err := l.readOn(ctx, t, r.Key); err != nil {
			return Answer[S]{}, err
		}
	}
}

func (l *Loop[S, E]) append(ctx context.Context, t *tale[S], r Request, events []E) (Answer[S], error) {
	sent, err := l.commit(t, r, events)
	if err != nil {
		return Answer[S]{}, err
	}
	stored, err := l.store.Append(ctx, t.end.Stream(), t.end, sent)
	if err != nil {
		return Answer[S]{}, err
	}
	if sameEvents(stored, sent) && stored.Command == sent.Command {
		l.add(t, stored, domain.Fold(t.state, events...), r.Key)
		return t.own.answer(r)
	}
	if err := l.fold(t, stored, r.Key); err != nil {
		return Answer[S]{}, err
	}
	return t.own.answer(r)
}

func missing(err error) bool {
	refusal, ok := domain.Refused(err)
	return ok && refusal.Missing
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
