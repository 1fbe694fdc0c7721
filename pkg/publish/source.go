package publish

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Rule makes an integration event of one event.
type Rule struct {
	event, public string
	say           func(any, eventstore.Recorded) any
}

// On returns the rule for events of type E, which are published under a public
// name: say returns the data, or nil for an event that is not published.
func On[E domain.Typed](public string, say func(E, eventstore.Recorded) any) Rule {
	var e E
	return Rule{event: e.EventType(), public: public, say: func(e any, r eventstore.Recorded) any { return say(e.(E), r) }}
}

// A Source is a category of streams of which some events are published.
type Source struct {
	category  string
	public    []string
	translate func(eventstore.Recorded) (Event, error)
}

// From returns the source of the category whose events the registry reads. An
// event without a rule is nobody else's business. Two rules for one event, or
// one for an event that the registry does not know, are a mistake in the
// program: it panics.
func From[E domain.Typed](category string, registry *domain.Registry[E], rules ...Rule) Source {
	known, byEvent := registry.Types(), make(map[string]Rule, len(rules))
	var public []string
	for _, rule := range rules {
		if _, twice := byEvent[rule.event]; twice || !slices.Contains(known, rule.event) {
			panic(fmt.Sprintf("publish: event type %q has two rules or is unknown to the registry", rule.event))
		}
		byEvent[rule.event], public = rule, append(public, rule.public)
	}
	return Source{category: category, public: public, translate: func(r eventstore.Recorded) (Event, error) {
		e, err := registry.Decode(r.Type, r.Data)
		if err != nil {
			return Event{}, err
		}
		rule, ok := byEvent[e.EventType()]
		if !ok {
			return Event{}, nil
		}
		said := rule.say(e, r)
		if said == nil {
			return Event{}, nil
		}
		data, err := json.Marshal(said)
		return Event{
			Type: rule.public, Tenant: r.Stream.Tenant, Stream: r.Stream.Category + "/" + r.Stream.ID, Version: r.Version,
			At: r.At, Correlation: r.Correlation, Data: data,
		}, err
	}}
}

// Types returns the public names of what the source publishes.
func (s Source) Types() []string { return slices.Clone(s.public) }
