package sandbox

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/saga"
)

// A port is fenced by its ledger: each Do and each Undo is one change of the
// entry of its key, so whichever comes first has won the key.
type port[In, Out any] struct {
	ledger  Ledger
	behaves func(key string, in In) manner[Out]
}

// A manner is how the outside world takes what it is asked for. The zero manner
// is to do it, and to say so.
type manner[Out any] struct {
	out     Out
	refusal *domain.Refusal
	busy    int  // so often it is unavailable first
	away    bool // it does nothing, and never answers
	mute    bool // it does it, and never answers
	slow    int  // so often taking it back is unavailable first
}

// A record is all that is known of a key, as it is kept.
type record[In, Out any] struct {
	In      *In      `json:"in,omitempty"` // what was asked for first
	Out     *Out     `json:"out,omitempty"`
	Refusal *refusal `json:"refusal,omitempty"`
	Tries   int      `json:"tries,omitempty"` // that found it unavailable
	Done    int      `json:"done,omitempty"`
	Barred  bool     `json:"barred,omitempty"`
	Asked   int      `json:"asked,omitempty"` // to take it back, and found unavailable
	Undone  int      `json:"undone,omitempty"`
}

type refusal struct {
	Code    string `json:"code"`
	Detail  string `json:"detail"`
	Missing bool   `json:"missing,omitempty"`
}

// Do implements [fulfilment.Port].
func (p port[In, Out]) Do(ctx context.Context, key string, in In) (Out, error) {
	var none Out
	r, err := p.change(ctx, key, func(r *record[In, Out]) { p.do(key, in, r) })
	switch {
	case err != nil:
		return none, err
	case r.Barred:
		return none, fulfilment.ErrBarred
	case r.Refusal != nil:
		return none, (*domain.Refusal)(r.Refusal)
	}
	switch m := p.behaves(key, *r.In); {
	case m.mute, m.away:
		<-ctx.Done()
		return none, fmt.Errorf("%s: %w: %w", key, saga.ErrUnavailable, ctx.Err())
	case r.Done == 0:
		return none, fmt.Errorf("%s: %w", key, saga.ErrUnavailable)
	}
	return *r.Out, nil
}

func (p port[In, Out]) do(key string, in In, r *record[In, Out]) {
	if r.Barred || r.Refusal != nil || r.Done > 0 {
		return
	}
	if r.In == nil {
		r.In = &in
	}
	switch m := p.behaves(key, *r.In); {
	case m.refusal != nil:
		r.Refusal = (*refusal)(m.refusal)
	case m.away:
	case r.Tries < m.busy:
		r.Tries++
	default:
		r.Out = &m.out
		r.Done++
	}
}

// Undo implements [fulfilment.Port].
func (p port[In, Out]) Undo(ctx context.Context, key string) (*Out, error) {
	r, err := p.change(ctx, key, func(r *record[In, Out]) { p.undo(key, r) })
	switch {
	case err != nil:
		return nil, err
	case r.Undone < r.Done:
		return nil, fmt.Errorf("taking back %s: %w", key, saga.ErrUnavailable)
	}
	return r.Out, nil
}

func (p port[In, Out]) undo(key string, r *record[In, Out]) {
	r.Barred = true
	if r.Undone == r.Done {
		return
	}
	if r.Asked < p.behaves(key, *r.In).slow {
		r.Asked++
		return
	}
	r.Undone++
}

// change makes f's change to the entry of a key, and returns what it is then.
func (p port[In, Out]) change(ctx context.Context, key string, f func(r *record[In, Out])) (now record[In, Out], err error) {
	if err := ctx.Err(); err != nil {
		return now, err
	}
	err = p.ledger.Change(ctx, key, func(was []byte) ([]byte, error) {
		now = record[In, Out]{}
		if was != nil {
			if err := json.Unmarshal(was, &now); err != nil {
				return nil, fmt.Errorf("entry of %s: %w", key, err)
			}
		}
		f(&now)
		return json.Marshal(now)
	})
	return now, err
}
