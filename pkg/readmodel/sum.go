package readmodel

import (
	"fmt"
	"math/big"
	"unicode/utf8"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A Sum is what one row contributes to one sum of its view and tenant. The sum
// is the exact total of what all rows contribute to it; nobody writes it. Each
// of its names is UTF-8 of at most [MaxName] bytes.
type Sum struct {
	Group   string           `json:"g"` // of sums that are read together
	ID      string           `json:"i"` // of the sum in its group, never empty
	Amounts map[string]int64 `json:"a"` // by name
}

// MaxName is how many bytes a name in a [Sum] may have.
const MaxName = 500

// Check is an [*eventstore.InvalidError] when no store takes the sum. Stores call
// it, so that what one refuses all do.
func (s Sum) Check() error {
	invalid := func(format string, args ...any) error {
		return &eventstore.InvalidError{Reason: fmt.Sprintf("sum %q of group %q: ", s.ID, s.Group) + fmt.Sprintf(format, args...)}
	}
	if s.ID == "" {
		return invalid("its ID is empty")
	}
	names := []string{s.Group, s.ID}
	for name := range s.Amounts {
		names = append(names, name)
	}
	for _, name := range names {
		if len(name) > MaxName || !utf8.ValidString(name) {
			return invalid("the name %q is not UTF-8 of at most %d bytes", name, MaxName)
		}
	}
	return nil
}

// The amounts by which sums are ranked.
const (
	ByAmount = "amount"
	ByTimes  = "times"
)

// A Group asks for sums of one group, those of which some amount is not 0.
type Group struct {
	View   string
	Tenant string
	Name   string
	// From and To bound the IDs: from From on, before To, in their order. Both
	// empty: all.
	From, To string
	// Top, [ByAmount] or [ByTimes], asks for the ranking instead: the sums of
	// which that amount is above 0, largest first, at most Limit of them (1 or
	// more); the order of equals is not said.
	Top   string
	Limit int
}

// A Total is a sum as it stands: its amounts that are not 0. It is exact, however
// large it has grown.
type Total struct {
	ID      string
	Amounts map[string]*big.Int
}

// Of returns an amount, 0 where there is none. It is the caller's own.
func (t Total) Of(name string) *big.Int {
	n := new(big.Int)
	if amount := t.Amounts[name]; amount != nil {
		n.Set(amount)
	}
	return n
}
