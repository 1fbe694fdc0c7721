package domaintest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/domaintest"
)

// A listener hears what a test would say, and does not fail for it.
type listener struct {
	testing.TB
	heard []string
}

func (l *listener) Helper() {}

func (l *listener) Errorf(format string, args ...any) {
	l.heard = append(l.heard, fmt.Sprintf(format, args...))
}

func (l *listener) Fatalf(format string, args ...any) {
	l.Errorf(format, args...)
	runtime.Goexit()
}

// listen returns what check says.
func listen(check func(testing.TB)) string {
	l := new(listener)
	done := make(chan struct{})
	go func() { defer close(done); check(l) }()
	<-done
	return strings.Join(l.heard, "\n")
}

type shelf struct {
	Books map[string]bool `json:"books,omitempty"`
	Count int             `json:"count"`
	mood  string
}

type event interface{ domain.Event[shelf] }

type (
	put     struct{ Title string } // as it should be
	scribed struct{ Title string } // writes in the map that it was handed
	moody   struct{}               // sets what a snapshot does not keep
	private struct{ title string } // holds what is not stored
	strange struct{}               // not in the registry
)

func (put) EventType() string     { return "shelf.put.v1" }
func (scribed) EventType() string { return "shelf.scribed.v1" }
func (moody) EventType() string   { return "shelf.moody.v1" }
func (private) EventType() string { return "shelf.private.v1" }
func (strange) EventType() string { return "shelf.strange.v1" }

func (put) Evolve(s shelf) shelf { s.Count++; return s }
func (e scribed) Evolve(s shelf) shelf {
	if s.Books == nil {
		s.Books = map[string]bool{"": true}
	}
	s.Books[e.Title] = !s.Books[e.Title]
	return s
}
func (moody) Evolve(s shelf) shelf     { s.mood = "blue"; return s }
func (e private) Evolve(s shelf) shelf { return s }
func (strange) Evolve(s shelf) shelf   { return s }

var shelves = domain.Aggregate[shelf, event]{
	Category: "shelf", Schema: 1, Events: domain.NewRegistry[event](put{}, scribed{}, moody{}, private{}),
}

var (
	errFull  = domain.Refuse("shelf.full", "the shelf is full")
	errOther = domain.Refuse("shelf.other", "something else")
)

// decides is a command that decides the same whatever the state.
type decides struct {
	events []event
	err    error
}

func (d decides) Decide(shelf) ([]event, error) { return d.events, d.err }

// once decides an event on an empty shelf, and nothing after.
type once struct{ event event }

func (o once) Decide(s shelf) ([]event, error) {
	if s.Count > 0 || s.mood != "" || s.Books != nil {
		return nil, nil
	}
	return []event{o.event}, nil
}

type adds struct{ decides }

func (adds) Repeatable() {}

type story = domaintest.Story[shelf, event]

func TestTheTellerHearsWhatIsWrong(t *testing.T) {
	scribbled := []event{scribed{Title: "a"}}
	for name, told := range map[string]struct {
		story story
		hears string // empty: nothing
	}{
		"a story that is true":              {story{When: once{put{"a"}}, Then: []event{put{"a"}}}, ""},
		"a refusal that is expected":        {story{When: decides{err: errFull.With("2")}, Err: errFull}, ""},
		"a repeatable command":              {story{When: adds{decides{events: []event{put{"a"}}}}, Then: []event{put{"a"}}}, ""},
		"another event":                     {story{When: once{put{"a"}}, Then: []event{put{"b"}}}, "want"},
		"an event too few":                  {story{When: decides{}, Then: []event{put{"a"}}}, "want"},
		"an event too many":                 {story{When: once{put{"a"}}}, "want"},
		"a refusal that is not expected":    {story{When: decides{err: errFull}}, "got error the shelf is full"},
		"another refusal":                   {story{When: decides{err: errOther}, Err: errFull}, "got error something else"},
		"no refusal":                        {story{When: decides{}, Err: errFull}, "got error <nil>"},
		"a fault":                           {story{When: decides{err: errors.New("clock")}, Err: errFull}, "got error clock"},
		"a refusal that decides":            {story{When: decides{events: []event{put{}}, err: errFull}, Err: errFull}, "refused, and decided"},
		"a command that is granted twice":   {story{When: decides{events: []event{put{}}}, Then: []event{put{}}}, "decides nothing more"},
		"an event that nobody registered":   {story{When: once{strange{}}, Then: []event{strange{}}}, "is not stored"},
		"an event that is not stored whole": {story{When: adds{decides{events: []event{private{"x"}}}}, Then: []event{private{"x"}}}, "does not survive the registry"},
		"a state that no snapshot keeps":    {story{When: once{moody{}}, Then: []event{moody{}}}, "does not survive a snapshot"},
		"an event that writes in the past":  {story{Given: append(scribbled, scribed{Title: "b"}), When: decides{}}, "changes the state"},
	} {
		heard := listen(func(t testing.TB) { domaintest.Check(t, shelves, told.story) })
		if told.hears == "" && heard != "" || !strings.Contains(heard, told.hears) {
			t.Errorf("%s: heard %q, want %q", name, heard, told.hears)
		}
	}
}

func TestAGoldenFilePinsEachForm(t *testing.T) {
	registry := domain.Aggregate[shelf, event]{Events: domain.NewRegistry[event](put{})}
	golden := func(content string) string {
		dir := t.TempDir()
		if content != "" {
			if err := os.WriteFile(filepath.Join(dir, "shelf.put.v1.json"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return listen(func(t testing.TB) { domaintest.Golden(t, registry, dir, event(put{"a"})) })
	}
	for content, hears := range map[string]string{
		`{"Title":"a"}` + "\n": "",
		"":                     "has no golden file",
		`{"Title":"b"}`:        "is pinned, and has changed",
		`{"Title":1}`:          "is no longer read",
	} {
		if heard := golden(content); hears == "" && heard != "" || !strings.Contains(heard, hears) {
			t.Errorf("%q: heard %q, want %q", content, heard, hears)
		}
	}
}

func ExampleTell() {
	stories := []story{
		{Name: "a book is put on an empty shelf", When: once{put{"Emma"}}, Then: []event{put{"Emma"}}},
		{Name: "a full shelf takes none", When: decides{err: errFull}, Err: errFull},
	}
	// In a test: domaintest.Tell(t, shelves, stories)
	heard := listen(func(t testing.TB) {
		for _, s := range stories {
			domaintest.Check(t, shelves, s)
		}
	})
	fmt.Printf("%d stories, heard %q\n", len(stories), heard)
	// Output: 2 stories, heard ""
}
