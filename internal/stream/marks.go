package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// The view in whose rows streams are marked as parked, and the list in which all
// of them stand, oldest first.
const (
	ParkedView = "parked"
	ParkedList = "all"
)

// A Mark is the stored form of a [projection.Parked].
type Mark struct {
	View    string             `json:"view"`
	Stream  string             `json:"stream"`
	Version eventstore.Version `json:"version"` // of the first event that is not folded
	Reason  projection.Reason  `json:"reason"`
	At      time.Time          `json:"at"`
}

// Marks keeps the marks of parked streams, among the rows of the views. A stream
// is marked in each view by itself.
type Marks struct{ rows readmodel.Store }

// NewMarks returns the marks that are kept in rows.
func NewMarks(rows readmodel.Store) Marks { return Marks{rows} }

// Has reports whether a view skips the stream.
func (m Marks) Has(ctx context.Context, view string, stream eventstore.StreamID) (bool, error) {
	row, err := m.rows.Get(ctx, markKey(view, stream))
	return row.Revision > 0, err
}

// Set marks the poison's stream in a view. A mark that is there stays as it is.
func (m Marks) Set(ctx context.Context, view string, poison *projection.PoisonError, at time.Time) error {
	mark := Mark{View: view, Stream: poison.Stream.String(), Version: poison.Version, Reason: poison.Reason(), At: at}
	data, err := json.Marshal(mark)
	if err == nil {
		err = m.rows.Put(ctx, readmodel.Row{
			Key: markKey(view, poison.Stream), Data: data, Lists: []string{ParkedList}, Sort: at.UTC().Format(time.RFC3339),
		})
	}
	if err != nil && !errors.Is(err, readmodel.ErrRace) {
		return fmt.Errorf("park %s in %s: %w", poison.Stream, view, err)
	}
	return nil
}

func markKey(view string, stream eventstore.StreamID) readmodel.Key {
	return readmodel.Key{View: ParkedView, Tenant: stream.Tenant, ID: view + "/" + stream.Category + "/" + stream.ID}
}
