package e2e_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
)

// What the functions can tell of the read side comes from the table of views; all
// else is null, and nothing is parked in a stack in which nothing went wrong.
func TestTheReadSideSaysWhatItKnowsOfItself(t *testing.T) {
	s := open(t)
	s.place(t, want(fresh("product"), 1))
	var system struct {
		Projectors []struct {
			Name                  string
			Views                 []string
			Status                *string
			Behind, OldestSeconds *int
		}
		Parked struct {
			Items []struct{ Stream, View string }
			More  bool
		}
		Errors *struct{}
	}
	if status := s.get(t, "/system", &system); status != http.StatusOK {
		t.Fatalf("system: %d", status)
	}
	var names []string
	for _, p := range system.Projectors {
		names = append(names, fmt.Sprint(p.Name, " ", p.Views))
		if p.Status != nil || p.Behind != nil || p.OldestSeconds != nil {
			t.Errorf("a function cannot tell how %s stands: %+v", p.Name, p)
		}
	}
	if want := []string{"views [order-details order-list stock-levels fulfilments sales journal]", "search [search]"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if len(system.Parked.Items) > 0 || system.Parked.More || system.Errors != nil {
		t.Errorf("parked: %+v, errors: %v", system.Parked, system.Errors)
	}
}
