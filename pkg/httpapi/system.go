package httpapi

import (
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
)

// A System is how what keeps the views stands, as far as it is known.
type System struct {
	Projectors []Projector
	// Errors is what went wrong of late. nil: it is not known here.
	Errors *Errors
}

// A Projector keeps views.
type Projector struct {
	Name string
	projection.Standing
}

// Errors are lines of the log.
type Errors struct {
	Since time.Time   `json:"since"` // they are kept
	Items []ErrorLine `json:"items"` // newest first
}

// An ErrorLine is what the log says of an error, but for the error's own text, in
// which anything may stand.
type ErrorLine struct {
	At      time.Time         `json:"at"`
	Message string            `json:"message"`
	About   map[string]string `json:"about"` // "stream": "main/order/ord_x"
}

// mostParked is how much of what is parked is shown.
const mostParked = 100

// getSystem waits for nothing: it is asked when something is wrong.
func (a *api) getSystem(c *call) (answer, error) {
	s, err := a.System(c.r.Context(), mostParked+1)
	if err != nil {
		return answer{}, err
	}
	got := systemBody{Projectors: []projectorBody{}, Parked: parkedBody{Items: []parkedLine{}}, Errors: s.Errors}
	for _, p := range s.Projectors {
		got.Projectors = append(got.Projectors, bodyOf(p))
		for _, at := range p.Parked {
			if at.Stream.Tenant == a.Tenant {
				got.Parked.Items = append(got.Parked.Items, lineOf(at))
			}
		}
	}
	slices.SortStableFunc(got.Parked.Items, func(a, b parkedLine) int { return b.Since.Compare(a.Since) })
	if len(got.Parked.Items) > mostParked {
		got.Parked.Items, got.Parked.More = got.Parked.Items[:mostParked], true
	}
	return say(http.StatusOK, "", got)
}

type systemBody struct {
	Projectors []projectorBody `json:"projectors"`
	Parked     parkedBody      `json:"parked"`
	Errors     *Errors         `json:"errors"`
}

// A projectorBody has null for what nobody can tell.
type projectorBody struct {
	Name          string             `json:"name"`
	Views         []string           `json:"views"`
	Status        *projection.Status `json:"status"`
	Behind        *uint64            `json:"behind"`
	OldestSeconds *int64             `json:"oldestSeconds"`
}

func bodyOf(p Projector) projectorBody {
	b := projectorBody{Name: p.Name, Views: p.Views, Behind: p.Behind}
	if p.Status != "" {
		b.Status = &p.Status
	}
	switch {
	case p.Oldest != nil: // rounded up, so that 0 says that nothing is missing
		b.OldestSeconds = new(int64(max(1, math.Ceil(time.Since(*p.Oldest).Seconds()))))
	case p.Behind != nil && *p.Behind == 0:
		b.OldestSeconds = new(int64(0))
	}
	return b
}

type parkedBody struct {
	Items []parkedLine `json:"items"`
	More  bool         `json:"more"`
}

type parkedLine struct {
	Stream  string             `json:"stream"`
	Version eventstore.Version `json:"version"`
	View    string             `json:"view"`
	Reason  projection.Reason  `json:"reason"`
	Detail  string             `json:"detail"`
	Since   time.Time          `json:"since"`
}

// details are all that is said of a reason. An error's own text may hold what is
// in an event, and so name a person.
var details = map[projection.Reason]string{
	projection.Damaged:  "what is stored in the event's place makes no sense",
	projection.Unfolded: "the event's type is unknown, its data cannot be read, or its rule fails",
}

func lineOf(p projection.Parked) parkedLine {
	return parkedLine{
		Stream: p.Stream.Category + "/" + p.Stream.ID, Version: p.Version, View: p.View,
		Reason: p.Reason, Detail: details[p.Reason], Since: p.At,
	}
}
