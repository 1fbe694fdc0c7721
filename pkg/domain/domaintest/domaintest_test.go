package domaintest_test

import (
	"errors"
	"fmt"
	"maps"
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
	Row   []string        `json:"row,omitempty"`
	Count int             `json:"count"`
	mood  string
}

type event interface{ domain.Event[shelf] }

type (
	put struct { // as it should be
		Title string `json:"title"`
	}
	pushed  struct{ Title string } // appends where another event does
	erratic struct{}               // says something else each time
	scribed struct{ Title string } // writes in the map that it was handed
	moody   struct{}               // sets what a snapshot does not keep
	private struct{ title string } // holds what is not stored
	strange struct{}               // not in the registry
)

func (put) EventType() string     { return "shelf.put.v1" }
func (pushed) EventType() string  { return "shelf.pushed.v1" }
func (erratic) EventType() string { return "shelf.erratic.v1" }
func (scribed) EventType() string { return "shelf.scribed.v1" }
func (moody) EventType() string   { return "shelf.moody.v1" }
func (private) EventType() string { return "shelf.private.v1" }
func (strange) EventType() string { return "shelf.strange.v1" }

func (put) Evolve(s shelf) shelf      { s.Count++; return s }
func (e pushed) Evolve(s shelf) shelf { s.Row = append(s.Row, e.Title); return s }

var mood int

func (erratic) Evolve(s shelf) shelf { mood++; s.Count = mood; return s }
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
	Category: "shelf", Schema: 1, Events: domain.NewRegistry[event](put{}, pushed{}, erratic{}, scribed{}, moody{}, private{}),
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

// rewrites is a command that changes the state it decides on.
type rewrites struct{}

func (rewrites) Decide(s shelf) ([]event, error) { s.Row[0] = "mine"; return nil, nil }

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
	row := []event{pushed{"a"}, pushed{"b"}, pushed{"c"}} // a fourth finds room in the array
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
		"a fault that is expected":          {story{When: decides{err: os.ErrClosed}, Err: os.ErrClosed}, "is no refusal"},
		"a command that rewrites the state": {story{Given: row[:1], When: rewrites{}}, "changes the state that it decides on"},
		"a refusal that decides":            {story{When: decides{events: []event{put{}}, err: errFull}, Err: errFull}, "refused, and decided"},
		"a command that is granted twice":   {story{When: decides{events: []event{put{}}}, Then: []event{put{}}}, "decides nothing more"},
		"an event that nobody registered":   {story{When: once{strange{}}, Then: []event{strange{}}}, "is not stored"},
		"an event that is not stored whole": {story{When: adds{decides{events: []event{private{"x"}}}}, Then: []event{private{"x"}}}, "does not survive the registry"},
		"a state that no snapshot keeps":    {story{When: once{moody{}}, Then: []event{moody{}}}, "does not survive a snapshot"},
		"a refused story's events":          {story{Given: []event{strange{}}, When: decides{err: errFull}, Err: errFull}, "is not stored"},
		"an event that draws a number":      {story{Given: []event{erratic{}}, When: decides{}}, "evolves one state into two"},
		"events that append to one array":   {story{Given: append(row, pushed{"x"}, pushed{"y"}), When: decides{}}, "shares what it returns"},
		"an event that writes in the past":  {story{Given: append(scribbled, scribed{Title: "b"}), When: decides{}}, "changes a state"},
	} {
		heard := listen(func(t testing.TB) { domaintest.Check(t, shelves, told.story) })
		if told.hears == "" && heard != "" || !strings.Contains(heard, told.hears) {
			t.Errorf("%s: heard %q, want %q", name, heard, told.hears)
		}
	}
}

func TestAGoldenFilePinsEachForm(t *testing.T) {
	past := domain.Upcast("shelf.put.v0", func(old struct {
		Name string `json:"name"`
	},
	) event {
		return put{Title: old.Name}
	})
	registry := domain.NewRegistry[event](put{}).With(past)
	kept := map[string]string{"shelf.put.v0": `{"name":"a"}`, "shelf.put.v1": `{"title":"a"}` + "\n"}
	examples := []event{put{"a"}}
	for name, pinned := range map[string]struct {
		file, content string // instead of what is kept; without content: no file
		examples      []event
		hears         string // empty: nothing
	}{
		"all as it was":               {examples: examples},
		"no file":                     {"shelf.put.v1", "", examples, "write\n" + `{"title":"a"}`},
		"no file of the past":         {"shelf.put.v0", "", examples, "shelf.put.v0 can be read, and has no golden file"},
		"another value":               {"shelf.put.v1", `{"title":"b"}`, examples, "is pinned, and has changed"},
		"another field":               {"shelf.put.v1", `{"name":"a"}`, examples, "is read otherwise than it was written"},
		"what is not read":            {"shelf.put.v1", `{"title":1}`, examples, "shelf.put.v1 is no longer read"},
		"a past that is not read":     {"shelf.put.v0", `{"name":1}`, examples, "shelf.put.v0 is no longer read"},
		"a past that was thrown away": {"shelf.lent.v1", `{}`, examples, "the registry no longer knows it"},
		"no example":                  {hears: "shelf.put.v1 has no example"},
		"an example without a value":  {examples: []event{put{}}, hears: "leaves Title unset or untagged"},
		"a field without a tag":       {examples: []event{scribed{"a"}}, hears: "leaves Title unset or untagged"},
		"an example of no event":      {examples: append(examples, strange{}), hears: "strange is not stored"},
	} {
		dir := t.TempDir()
		files := maps.Clone(kept)
		if pinned.file != "" {
			files[pinned.file] = pinned.content
		}
		for file, content := range files {
			if content == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, file+".json"), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		a := domain.Aggregate[shelf, event]{Events: registry}
		heard := listen(func(t testing.TB) { domaintest.Golden(t, a, dir, pinned.examples...) })
		if pinned.hears == "" && heard != "" || !strings.Contains(heard, pinned.hears) {
			t.Errorf("%s: heard %q, want %q", name, heard, pinned.hears)
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
