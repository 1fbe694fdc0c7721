package projection

import (
	"context"
	"sync"
)

// A mark is how far the views have come, for those who wait for it. It begins
// when it is moved first.
type mark struct {
	mu    sync.Mutex
	at    uint64
	ready bool
	moved chan struct{} // closed at the next move
}

func newMark() *mark { return &mark{moved: make(chan struct{})} }

func (m *mark) move(to uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.at, m.ready = to, true
	close(m.moved)
	m.moved = make(chan struct{})
}

func (m *mark) seq() uint64 {
	at, _ := m.now()
	return at
}

// now returns how far they have come, 0 before they begin.
func (m *mark) now() (at uint64, begun bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.at, m.ready
}

func (m *mark) wait(ctx context.Context, to uint64) error {
	for {
		m.mu.Lock()
		there, moved := m.ready && m.at >= to, m.moved
		m.mu.Unlock()
		if there {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
