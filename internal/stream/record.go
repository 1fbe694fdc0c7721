package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// commitOf returns the commit that a record tells of, or what is wrong with it.
func commitOf(table string, r events.DynamoDBEventRecord) (eventstore.Commit, *failure) {
	if stop := foreign(table, r); stop != nil {
		return eventstore.Commit{}, stop
	}
	if stop := changed(r); stop != nil {
		return eventstore.Commit{}, stop
	}
	c, err := dynamostore.FromImage(r.Change.NewImage)
	if r.EventName != string(events.DynamoDBOperationTypeInsert) {
		err = fmt.Errorf("event name %q", r.EventName)
	}
	if err != nil {
		return eventstore.Commit{}, &failure{name: Unreadable, err: err, attrs: placed(r)}
	}
	return c, nil
}

// foreign is nil for a record of the table, by the ARN of its stream:
// arn:aws:dynamodb:<region>:<account>:table/<table>/stream/<time>.
func foreign(table string, r events.DynamoDBEventRecord) *failure {
	_, after, _ := strings.Cut(r.EventSourceArn, ":table/")
	if name, _, ok := strings.Cut(after, "/stream/"); ok && name == table {
		return nil
	}
	return &failure{name: Foreign, err: fmt.Errorf("it is of %q, and the table of events is %s", r.EventSourceArn, table)}
}

// changed is nil unless the record tells that a commit was changed or removed.
func changed(r events.DynamoDBEventRecord) *failure {
	switch events.DynamoDBOperationType(r.EventName) {
	case events.DynamoDBOperationTypeModify, events.DynamoDBOperationTypeRemove:
		return &failure{name: Changed, err: fmt.Errorf("a %s, and commits are only ever added", r.EventName), attrs: placed(r)}
	default:
		return nil
	}
}

// A Place is where a commit stands in the table.
type Place struct {
	Stream eventstore.StreamID
	First  eventstore.Version // of the commit
}

// Places returns where the commits stand that the records tell of; for the log
// it says of those that tell of tampering. It is an error when some tell of no
// commit of the table.
func Places(ctx context.Context, table string, records []events.DynamoDBEventRecord, log *slog.Logger) (all []Place, err error) {
	var errs []error
	for _, r := range records {
		if stop := foreign(table, r); stop != nil {
			errs = append(errs, stop.err)
		} else if stop := changed(r); stop != nil {
			stop.say(ctx, log, slog.LevelError, r)
		} else if at, err := placeOf(r); err != nil {
			errs = append(errs, fmt.Errorf("record %s: %w", r.Change.SequenceNumber, err))
		} else {
			all = append(all, at)
		}
	}
	return all, errors.Join(errs...)
}

// placeOf returns what the record's keys say, whatever is in its image.
func placeOf(r events.DynamoDBEventRecord) (Place, error) {
	p, v := r.Change.Keys["p"], r.Change.Keys["v"]
	if p.DataType() != events.DataTypeString || v.DataType() != events.DataTypeNumber {
		return Place{}, errNoKeys
	}
	stream, err := eventstore.ParseStreamID(p.String())
	if err != nil {
		return Place{}, err
	}
	first, err := strconv.ParseUint(v.Number(), 10, 63)
	return Place{Stream: stream, First: eventstore.Version(first)}, err
}

var errNoKeys = errors.New("it lacks the keys of the table of events")

// placed says in the log where a record's commit stands, if it says so itself.
func placed(r events.DynamoDBEventRecord) []any {
	at, err := placeOf(r)
	if err != nil {
		return nil
	}
	return []any{"stream", at.Stream.String(), "version", at.First}
}
