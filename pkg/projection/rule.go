package projection

import (
	"fmt"
	"slices"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Rule says what one event does to a row of type R.
type Rule[R any] struct {
	event string // wire name
	fold  func(*R, any, eventstore.Recorded) error
}

// On returns the rule for events of type E, as they are today: what was stored
// in an older form is upcast before. A rule does nothing but change the row. It
// may be asked again for the same event, of the row as it was before. An error
// of a rule is final, for the same events will always lead to it.
func On[R any, E domain.Typed](rule func(*R, E, eventstore.Recorded) error) Rule[R] {
	var e E
	return Rule[R]{event: e.EventType(), fold: func(r *R, e any, at eventstore.Recorded) error {
		return rule(r, e.(E), at)
	}}
}

// A Source is a category of streams that feeds a row of type R.
type Source[R any] struct {
	category string
	fold     func(*R, eventstore.Recorded) error
}

// From returns the source of the category whose events the registry reads. An
// event without a rule is not read, and changes nothing in the row, but that it
// was seen. Two rules for one event, or one for an event that the registry does not know, are
// a mistake in the program: it panics.
func From[R any, E domain.Typed](category string, registry *domain.Registry[E], rules ...Rule[R]) Source[R] {
	known, byEvent := registry.Types(), make(map[string]Rule[R], len(rules))
	for _, rule := range rules {
		if _, twice := byEvent[rule.event]; twice || !slices.Contains(known, rule.event) {
			panic(fmt.Sprintf("projection: event type %q has two rules or is unknown to the registry", rule.event))
		}
		byEvent[rule.event] = rule
	}
	return Source[R]{category: category, fold: func(r *R, at eventstore.Recorded) error {
		if _, ok := byEvent[at.Type]; !ok && registry.Writes(at.Type) {
			return nil
		}
		e, err := registry.Decode(at.Type, at.Data)
		if err != nil {
			return err
		}
		if rule, ok := byEvent[e.EventType()]; ok {
			return rule.fold(r, e, at)
		}
		return nil
	}}
}
