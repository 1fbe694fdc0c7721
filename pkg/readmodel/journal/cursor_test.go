package journal_test

import (
	"math"
	"testing"

	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

func TestACursorSurvivesItsTextAndNothingElseIsOne(t *testing.T) {
	for _, c := range []journal.Cursor{nil, {0}, {7}, {1, 0, 300}, {math.MaxUint64}} {
		text := c.Text("t")
		if got, ok := journal.Parse("t", text); !ok || !got.Equal(c) || len(got) != len(c) {
			t.Errorf("%v comes back as %v, %v", c, got, ok)
		}
		if _, ok := journal.Parse("u", text); ok {
			t.Errorf("%v of t is one of u", c)
		}
		for i := range text {
			for _, edited := range []string{text[:i], text[:i] + "A" + text[i+1:], text[:i] + "B" + text[i:], text[:i] + "\n" + text[i:]} {
				if _, ok := journal.Parse("t", edited); ok && edited != text {
					t.Errorf("%q, made of %q, is a cursor", edited, text)
				}
			}
		}
	}
}

func TestACursorHoldsWhatIsNotAfterIt(t *testing.T) {
	c := journal.Cursor(nil).To(1, 5, 3)
	for _, test := range []struct {
		segment int
		place   uint64
		holds   bool
	}{{1, 5, true}, {1, 6, false}, {0, 1, false}, {2, 1, false}, {7, 1, false}} {
		if got := c.Holds(journal.Entry{Segment: test.segment, Place: test.place}); got != test.holds {
			t.Errorf("place %d of segment %d: %v", test.place, test.segment, got)
		}
	}
	if c.Equal(c.To(0, 1, 3)) || !c.Equal(journal.Cursor{0, 5}) {
		t.Errorf("%v is equal to what it is not, or not to what it is", c)
	}
}
