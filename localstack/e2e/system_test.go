package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"testing"
)

// After all tests nothing is parked, since nothing went wrong.
func TestMain(m *testing.M) {
	code := m.Run()
	if os.Getenv("DAYBOOK_OUTPUTS") != "" {
		if err := nothingParked(); err != nil {
			fmt.Fprintln(os.Stderr, "FAIL:", err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

func nothingParked() error {
	s, err := deployed()
	if err != nil {
		return err
	}
	got, err := s.send(context.Background(), http.MethodGet, "/system", "", "")
	if err != nil {
		return err
	}
	var system struct {
		Parked struct {
			Items []any
			More  bool
		}
	}
	if err := json.Unmarshal([]byte(got.body), &system); err != nil {
		return err
	}
	if got.status != http.StatusOK || len(system.Parked.Items) > 0 || system.Parked.More {
		return fmt.Errorf("GET /system after all tests: got %d %s, want nothing parked", got.status, got.body)
	}
	return nil
}

// What the functions can tell of the read side comes from the table of views; all
// else is null.
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
	if system.Errors != nil {
		t.Errorf("got errors %v, want null", system.Errors)
	}
}
