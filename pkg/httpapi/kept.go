package httpapi

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

// keptFor is how old the statistics may be that are shown. They are asked for by
// many screens at once, and are the same for all of them.
const keptFor = 2 * time.Second

// kept are the statistics as they were read last.
type kept struct {
	mu  sync.Mutex
	at  time.Time // before they were read
	got sales.Statistics
}

// get returns the statistics and how old they are, read anew if they are too old.
// Of several who ask at once one reads, and the others wait.
func (k *kept) get(read func() (sales.Statistics, error)) (sales.Statistics, time.Duration, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if age := time.Since(k.at); age < keptFor {
		return k.got, age, nil
	}
	at := time.Now()
	got, err := read()
	if err == nil {
		k.at, k.got = at, got
	}
	return got, 0, err
}

// anew reports whether a client wants nothing that was kept; see RFC 9111, 5.2.1.
func anew(h http.Header) bool {
	for _, line := range h.Values("Cache-Control") {
		for directive := range strings.SplitSeq(strings.ToLower(line), ",") {
			switch strings.TrimSpace(directive) {
			case "no-cache", "max-age=0":
				return true
			}
		}
	}
	return false
}
