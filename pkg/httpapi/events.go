package httpapi

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// recorded is one line of the audit trail.
type recorded struct {
	Version       eventstore.Version `json:"version"`
	Type          string             `json:"type"`
	At            time.Time          `json:"at"`
	Actor         *string            `json:"actor"`
	CorrelationID *string            `json:"correlationId"`
	CausationID   *string            `json:"causationId"`
	Data          jsontext.Value     `json:"data"` // as it is stored
}

// listEvents reads the order's own stream. A page may end inside a commit, and
// positions exist only at the end of one: the cursor keeps the position before
// that commit and how many of its events were shown.
func (a *api) listEvents(c *call) (answer, error) {
	limit, err := c.query.limit()
	if err != nil {
		return answer{}, err
	}
	stream := eventstore.StreamID{Tenant: a.Tenant, Category: order.Category, ID: c.ids["id"]}
	of := scope{a.Tenant, "events", stream.ID}
	from, shown, err := trailPlace(of, stream, c.query)
	if err != nil {
		return answer{}, err
	}
	got := page[recorded]{Items: []recorded{}}
	for commit, err := range a.Events.Read(c.r.Context(), stream, from) {
		if _, torn := errors.AsType[*eventstore.HoleError](err); torn && len(got.Items) == 0 && from != eventstore.NoStream(stream) {
			return answer{}, foreignCursor() // somebody made it up
		} else if err != nil {
			return answer{}, err
		}
		here := 0
		for e := range commit.Recorded() {
			if here++; here <= shown {
				continue
			}
			if len(got.Items) == limit {
				place, err := from.MarshalText()
				if err != nil {
					return answer{}, err
				}
				got.Next = new(of.cursor(plain(here-1) + " " + string(place)))
				return sayList(got)
			}
			got.Items = append(got.Items, recorded{
				Version: e.Version, Type: e.Type, At: e.At, Data: jsontext.Value(e.Data),
				Actor: orNull(e.Actor), CorrelationID: orNull(e.Correlation), CausationID: orNull(e.Causation),
			})
		}
		from, shown = commit.End(), 0
	}
	if from == eventstore.NoStream(stream) {
		return answer{}, order.ErrNotPlaced
	}
	return sayList(got)
}

// trailPlace returns where to read on, and how many events of the commit there
// were shown before.
func trailPlace(of scope, stream eventstore.StreamID, q query) (from eventstore.Position, shown int, err error) {
	from = eventstore.NoStream(stream)
	cursor, given := q["cursor"]
	if !given {
		return from, 0, nil
	}
	place, err := of.place(cursor)
	if err != nil {
		return from, 0, err
	}
	count, position, _ := strings.Cut(place, " ")
	shown, err = strconv.Atoi(count)
	if err != nil || shown < 0 || from.UnmarshalText([]byte(position)) != nil || from.Stream() != stream {
		return from, 0, foreignCursor()
	}
	return from, shown, nil
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
