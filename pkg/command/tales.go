package command

import (
	"container/list"
	"sync"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// kept is how many streams a loop keeps the tale of. The largest states have
// some 100 KB, so all of them together stay within tens of megabytes.
const kept = 256

// tales keeps the tales of the streams that were told last: whoever comes to one
// of them again reads on from there, and does not load it. The zero value is
// ready. States are never changed in place (see package domaintest), so copies
// of a tale share theirs.
type tales[S any] struct {
	mu      sync.Mutex
	streams map[eventstore.StreamID]*list.Element
	recent  list.List // of tale[S], the one told last in front
}

func (t *tales[S]) of(stream eventstore.StreamID) (tale[S], bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at, ok := t.streams[stream]
	if !ok {
		return tale[S]{}, false
	}
	t.recent.MoveToFront(at)
	return at.Value.(tale[S]), true
}

// keep keeps what was told, unless more is known already.
func (t *tales[S]) keep(told tale[S]) {
	stream := told.end.Stream()
	if told.end.Version() == eventstore.Empty {
		return
	}
	told.own, told.strong = nil, false
	t.mu.Lock()
	defer t.mu.Unlock()
	if at, ok := t.streams[stream]; ok {
		if at.Value.(tale[S]).end.Version() < told.end.Version() {
			at.Value = told
		}
		return
	}
	if t.streams == nil {
		t.streams = make(map[eventstore.StreamID]*list.Element, kept)
	}
	t.streams[stream] = t.recent.PushFront(told)
	if oldest := t.recent.Back(); t.recent.Len() > kept {
		delete(t.streams, t.recent.Remove(oldest).(tale[S]).end.Stream())
	}
}
