// Package lawtest asks whether a law of a contract fails, for the tests of
// contracts: a law that nothing breaks says nothing.
package lawtest

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// Fails reports whether a check fails. The test that asks goes on in either case.
func Fails(t testing.TB, check func(testing.TB)) bool {
	v := &verdict{TB: t}
	done := make(chan struct{})
	go func() { // which a fatal failure ends, and nothing else
		defer close(done)
		check(v)
	}()
	<-done
	return v.failed.Load()
}

// A verdict is a test that may fail and only says so.
type verdict struct {
	testing.TB
	failed atomic.Bool
}

func (v *verdict) Helper()               {}
func (v *verdict) Error(...any)          { v.failed.Store(true) }
func (v *verdict) Errorf(string, ...any) { v.failed.Store(true) }
func (v *verdict) Fatal(...any)          { v.failed.Store(true); runtime.Goexit() }
func (v *verdict) Fatalf(string, ...any) { v.Fatal() }
