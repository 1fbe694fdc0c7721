package command

import (
	"context"
	"sync"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// turns lets one command at a time at a stream: in one process a conflict is
// then never of one's own making. The zero value is ready.
type turns struct {
	mu      sync.Mutex
	streams map[eventstore.StreamID]*turn
}

type turn struct {
	baton chan struct{} // holds one token while a command has the turn
	users int           // commands that have it or wait for it
}

// take waits for the turn at the stream. The caller gives it back by done.
func (t *turns) take(ctx context.Context, stream eventstore.StreamID) (done func(), err error) {
	t.mu.Lock()
	at := t.streams[stream]
	if at == nil {
		if t.streams == nil {
			t.streams = make(map[eventstore.StreamID]*turn)
		}
		at = &turn{baton: make(chan struct{}, 1)}
		t.streams[stream] = at
	}
	at.users++
	t.mu.Unlock()

	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if at.users--; at.users == 0 {
			delete(t.streams, stream)
		}
	}
	select {
	case at.baton <- struct{}{}:
		return func() { <-at.baton; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
