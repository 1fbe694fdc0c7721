package sales

import (
	"time"
)

// By says how long a period is.
type By string

// The periods. A week is one of ISO 8601, which begins on a Monday.
const (
	Day   By = "day"
	Week  By = "week"
	Month By = "month"
)

var periods = []By{Day, Week, Month}

// Known reports whether there are such periods.
func (b By) Known() bool { return b == Day || b == Week || b == Month }

// begin returns the first day of the period of a time, in UTC.
func (b By) begin(at time.Time) time.Time {
	year, month, day := at.UTC().Date()
	switch b {
	case Week:
		day -= (int(at.UTC().Weekday()) + 6) % 7
	case Month:
		day = 1
	case Day:
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// first is the same as a text.
func (b By) first(at time.Time) string { return b.begin(at).Format(time.DateOnly) }

// after returns the first day of the nth period after the one that begins on a
// day.
func (b By) after(begin time.Time, n int) time.Time {
	switch b {
	case Week:
		return begin.AddDate(0, 0, 7*n)
	case Month:
		return begin.AddDate(0, n, 0)
	case Day:
	}
	return begin.AddDate(0, 0, n)
}

// Within reports whether the periods that have a day from one to the other are
// not more than most.
func (b By) Within(from, to time.Time, most int) bool {
	return b.begin(to).Before(b.after(b.begin(from), most))
}
