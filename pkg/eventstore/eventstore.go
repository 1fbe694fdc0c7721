// Package eventstore is the port to where events are kept: streams of commits,
// appended with one exact condition, read back whole and in order.
//
// Its contract is executable: package storetest holds every law that is stated
// here, and a store is one that passes it.
package eventstore

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
)

// Version counts the events in a stream. The first event has version 1.
type Version uint64

const (
	// Empty is the version of a stream that nothing was ever appended to.
	Empty Version = 0
	// Latest is above every version: a bound that bounds nothing.
	Latest Version = math.MaxInt64
)

// A Store keeps streams of commits. Its methods are safe for concurrent use.
// All errors but those named here are faults; one of them that may pass by
// itself (throttling, no connection) wraps [ErrUnavailable].
type Store interface {
	// Load returns the end of the stream as of version upTo: the commits that
	// end at or before it, oldest first, from the newest one that carries a
	// snapshot of this schema; without such a snapshot, or with schema 0, from
	// the first commit. An unknown stream is empty. The read may be stale: a
	// beginning of the stream as it is now, never one with a hole.
	Load(ctx context.Context, stream StreamID, upTo Version, schema int) ([]Commit, error)

	// Read yields the whole commits after a position, oldest first. It sees
	// everything that was appended before it was called. It yields no commit
	// after an error. A hole, or a position that is no end of a commit, is a
	// [*HoleError].
	Read(ctx context.Context, stream StreamID, after Position) iter.Seq2[Commit, error]

	// Append adds the commit's events right after expected, all or none, and
	// returns the commit as it is stored. It is a [*ConflictError] when
	// something else was appended after expected; of racing writers exactly one
	// wins. When what stands there has the same command id, it is this very
	// append: Append succeeds and returns the commit that stands there. A commit
	// that cannot be stored is an [*InvalidError], and nothing is written.
	Append(ctx context.Context, stream StreamID, expected Position, commit Commit) (Commit, error)

	// Scan yields every commit of one segment, 0 ≤ segment < of, of a store
	// divided in that many: each stream in exactly one segment, its commits in
	// order. What is appended meanwhile may be missing. A stream that is damaged
	// holds back no other: from there on the scan yields of it, once, a commit
	// that has nothing but its Stream, with the [*InvalidError] or [*HoleError].
	// It yields nothing after another error.
	Scan(ctx context.Context, segment, of int) iter.Seq2[Commit, error]
}

// ErrUnavailable: the store is throttled or unreachable. Nothing is known of
// the append that got it: it may have been done.
var ErrUnavailable = errors.New("event store unavailable")

// ConflictError: somebody appended to the stream after the expected position.
type ConflictError struct {
	Stream   StreamID
	Expected Version
	// Next is the commit that was found there; nil if the store could not tell.
	// More may have come after it.
	Next *Commit
}

// Error implements error.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("stream %s is not at version %d", e.Stream, e.Expected)
}

// HoleError: a read found commits that do not join.
type HoleError struct {
	Stream StreamID
	After  Version // what was read up to here
	Found  Version // continues with this event
}

// Error implements error.
func (e *HoleError) Error() string {
	return fmt.Sprintf("stream %s has a hole: version %d follows %d", e.Stream, e.Found, e.After)
}

// InvalidError: a commit, a position or a stream's name that no store accepts.
type InvalidError struct{ Reason string }

// Error implements error.
func (e *InvalidError) Error() string { return e.Reason }

func invalid(format string, args ...any) error {
	return &InvalidError{Reason: fmt.Sprintf(format, args...)}
}
