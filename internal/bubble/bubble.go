// Package bubble runs the whole embedded program inside testing/synctest: its
// HTTP server and clients over a network in memory, its files, its search index
// and its saga. Time passes only while every goroutine waits, so a timeout of
// seconds costs nothing and no load on the machine can make a deadline miss.
//
// What waits belongs into a bubble. What races (kills, cancel against ship, load)
// does not: in a bubble one order of events wins every time.
package bubble

import (
	"reflect"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/blevesearch/bleve/v2"
)

// running admits one bubble at a time, because bleve has one queue per process.
var running sync.Mutex

// Run runs f in a bubble of its own, with a network of its own. As in
// [synctest.Test], f must end every goroutine that it starts, and calls neither
// t.Run nor t.Parallel. Search indexes that are open outside do not work
// meanwhile.
func Run(t *testing.T, f func(*testing.T, *Network)) {
	t.Helper()
	running.Lock()
	defer running.Unlock()
	restore := withoutQueue()
	defer restore()
	synctest.Test(t, func(t *testing.T) {
		bleve.Config.SetAnalysisQueueSize(2)
		t.Cleanup(func() { bleve.Config.SetAnalysisQueueSize(0) }) // ends the two
		n := &Network{listeners: make(map[string]*listener)}
		t.Cleanup(n.close)
		f(t, n)
	})
}

// withoutQueue gives bleve a configuration without its queue, whose channels may
// be used and closed only in the bubble that made them. Only the unexported field
// differs, so the exported ones are copied one by one.
func withoutQueue() (restore func()) {
	was := reflect.ValueOf(bleve.Config)
	fresh := reflect.New(was.Type().Elem())
	for i := range was.Elem().NumField() {
		if field := fresh.Elem().Field(i); field.CanSet() {
			field.Set(was.Elem().Field(i))
		}
	}
	config := reflect.ValueOf(&bleve.Config).Elem()
	config.Set(fresh)
	return func() { config.Set(was) }
}
