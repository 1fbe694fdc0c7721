package projection

import "github.com/daybook-es/daybook/pkg/readmodel"

// Summing returns the projection, whose rows contribute to sums what sums says
// of each. It says all that a row contributes as it is now, never a difference:
// the store knows what the row contributed before.
func (p *Projection[R]) Summing(sums func(readmodel.Key, R) []readmodel.Sum) *Projection[R] {
	p.sums = sums
	return p
}
