package domain

import "math/bits"

// Currency is an ISO 4217 code: "USD".
type Currency string

// Money is an amount of minor units (cents) in one currency. Its sums are exact
// or refused; there is no rounding and no float.
type Money struct {
	Amount   int64    `json:"amount"`
	Currency Currency `json:"currency"`
}

// Refusals of sums.
var (
	ErrMixedCurrencies = Refuse("money.mixed_currencies", "amounts of different currencies cannot be added")
	ErrOverflow        = Refuse("money.overflow", "the sum is too large to be counted")
)

// Plus returns the sum. It refuses [ErrMixedCurrencies] and [ErrOverflow].
func (m Money) Plus(n Money) (Money, error) {
	if m.Currency != n.Currency {
		return Money{}, ErrMixedCurrencies.With("%s and %s", m.Currency, n.Currency)
	}
	sum := m.Amount + n.Amount
	if (sum > m.Amount) != (n.Amount > 0) {
		return Money{}, ErrOverflow
	}
	return Money{Amount: sum, Currency: m.Currency}, nil
}

// Times returns the amount n times, for n ≥ 0 of an amount ≥ 0. It refuses
// [ErrOverflow].
func (m Money) Times(n int64) (Money, error) {
	if m.Amount < 0 || n < 0 {
		return Money{}, ErrOverflow
	}
	hi, lo := bits.Mul64(uint64(m.Amount), uint64(n))
	if hi != 0 || lo > 1<<63-1 {
		return Money{}, ErrOverflow
	}
	return Money{Amount: int64(lo), Currency: m.Currency}, nil
}
