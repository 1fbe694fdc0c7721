// Package stream stands between Lambda and what follows the table of events: it
// turns a batch of the table's stream into commits, has them projected or
// published, and answers with the first record that is not done.
//
// Lambda sends a batch again from that record on, some times, and then writes
// it to the failure destination, from where package park makes it good by
// [Holes] and [Republish].
package stream

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// The names of lines in the log. Alarms look for them: they never change.
const (
	Changed    = "events table was changed"        // a MODIFY or REMOVE: somebody tampers
	Foreign    = "record of another table"         // the mapping reads the wrong stream
	Unreadable = "record cannot be read"           // its commit may still be read from the store
	Poison     = "event cannot be folded"          // comes again until its stream is parked
	Parked     = "stream parked"                   // in one view, from this event on
	NotTaken   = "event not taken by the bus"      // comes again
	Waiting    = "batch waits for a fault to pass" // comes again
	Late       = "batch ran out of time"           // its rest comes again
)

// A Handler answers the invocations of a function that follows the stream. All
// records before the one that it reports are done. What it does from there on is
// nothing, unless a fault cuts it off, and then does no harm when it comes again.
type Handler func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error)

// A failure is why a batch stops at a record.
type failure struct {
	name  string
	err   error
	attrs []any
}

// A follower does something with what is committed.
type follower interface {
	// take does the commits in their order. It returns how many are done, from
	// the first on; where that is not all, with what is wrong with the next.
	take(ctx context.Context, commits []eventstore.Commit) (done int, stop *failure)
	// parked reports whether nothing of the stream is wanted any more.
	parked(ctx context.Context, stream eventstore.StreamID) (bool, error)
}

// pieceSize is how many records are done at a time. Few rows are written twice
// for it, and what is done is known when the time is over.
const pieceSize = 100

// handler returns the handler that feeds a follower of a table.
func handler(table string, log *slog.Logger, f follower) Handler {
	return func(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		ctx, cancel := Within(ctx)
		defer cancel()
		for rest := e.Records; len(rest) > 0; {
			commits, stop := read(table, rest)
			if done, stop := f.take(ctx, commits); stop != nil {
				return stopped(ctx, log, rest[done], stop)
			}
			if rest = rest[len(commits):]; stop == nil {
				continue
			}
			passed, err := passes(ctx, log, f, rest[0], stop)
			if err != nil {
				stop = &failure{name: Waiting, err: err}
			}
			if !passed {
				return stopped(ctx, log, rest[0], stop)
			}
			rest = rest[1:]
		}
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}, nil
	}
}

// read returns the commits of the records, up to a piece, and what is wrong with
// the record after them.
func read(table string, records []events.DynamoDBEventRecord) (commits []eventstore.Commit, stop *failure) {
	for _, r := range records[:min(len(records), pieceSize)] {
		c, stop := commitOf(table, r)
		if stop != nil {
			return commits, stop
		}
		commits = append(commits, c)
	}
	return commits, nil
}

// passes reports whether a record that holds no commit is passed over: one that
// tells of tampering, which is said so, or one of a parked stream.
func passes(ctx context.Context, log *slog.Logger, f follower, r events.DynamoDBEventRecord, stop *failure) (bool, error) {
	switch stop.name {
	case Changed:
		stop.say(ctx, log, slog.LevelError, r)
		return true, nil
	case Unreadable:
		if at, err := placeOf(r); err == nil {
			return f.parked(ctx, at.Stream)
		}
	}
	return false, nil
}

// stopped says why the batch stops, and answers with the record's number. Where
// it has none, all of the batch fails: there is no other answer that loses nothing.
func stopped(ctx context.Context, log *slog.Logger, r events.DynamoDBEventRecord, stop *failure) (events.DynamoDBEventResponse, error) {
	level := slog.LevelError
	if ctx.Err() != nil {
		stop, level = &failure{name: Late, err: ctx.Err()}, slog.LevelWarn
	}
	stop.say(ctx, log, level, r)
	if r.Change.SequenceNumber == "" {
		return events.DynamoDBEventResponse{}, errNoNumber
	}
	return events.DynamoDBEventResponse{
		BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: r.Change.SequenceNumber}},
	}, nil
}

var errNoNumber = errors.New("a record without a sequence number stops the batch, so all of it fails")

func (f *failure) say(ctx context.Context, log *slog.Logger, level slog.Level, r events.DynamoDBEventRecord) {
	log.Log(ctx, level, f.name, append(f.attrs, "sequence", r.Change.SequenceNumber, "err", f.err)...)
}

// Within returns a context that ends before its parent's deadline, early enough
// that there is time left to answer.
func Within(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-min(2*time.Second, time.Until(deadline)/5)))
}
