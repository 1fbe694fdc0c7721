package bleveindex_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/bleveindex"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

func row(id string, words ...string) readmodel.Row {
	return readmodel.Row{
		Key: readmodel.Key{View: search.View, Tenant: "t", ID: id}, Data: []byte(`{}`), Lists: words, Sort: "1",
	}
}

func place(n uint64) projection.Place {
	return projection.Place{Seq: n, Commit: fmt.Sprint("commit-", n)}
}

// put puts rows, and saves them at a place.
func put(t *testing.T, x *bleveindex.Index, at projection.Place, rows ...readmodel.Row) {
	t.Helper()
	for _, r := range rows {
		if err := x.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Save(t.Context(), at); err != nil {
		t.Fatal(err)
	}
}

// expect checks where the index begins, and what it finds.
func expect(t *testing.T, x *bleveindex.Index, at projection.Place, word string, want ...string) {
	t.Helper()
	if got, err := x.Begin(t.Context()); got != at || err != nil {
		t.Errorf("begins at %v, %v; want %v", got, err, at)
	}
	rows, err := x.Find(t.Context(), search.Page{Tenant: "t", Words: []string{word}, Limit: 100})
	var got []string
	for _, r := range rows {
		got = append(got, r.ID)
	}
	if err != nil || strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("found %v, %v; want %v", got, err, want)
	}
}

func TestWhatIsSavedIsThereAgainAndWhatIsNotIsNot(t *testing.T) {
	path := filepath.Join(t.TempDir(), "search.bleve")
	first := bleveindex.New(path, slog.New(slog.DiscardHandler))
	expect(t, first, projection.Place{}, "lamp")
	put(t, first, place(1), row("a", "lamp"), row("b", "lamp"))
	put(t, first, place(2), row("c", "lamp"))
	if err := first.Put(t.Context(), row("d", "lamp")); err != nil {
		t.Fatal(err)
	}
	expect(t, first, place(2), "lamp", "c", "b", "a") // it begins again: d is forgotten
	if got, err := first.Get(t.Context(), row("d").Key); got.Revision != 0 || err != nil {
		t.Errorf("d is there: %v, %v", got, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := open(t, path)
	expect(t, second, place(2), "lamp", "c", "b", "a")
	late := row("a", "vase")
	if err := second.Put(t.Context(), late); !errors.Is(err, readmodel.ErrRace) {
		t.Errorf("a row is put as if it were not there: %v", err)
	}
	if late.Revision = 1; second.Put(t.Context(), late) != nil || second.Reset(t.Context()) != nil {
		t.Error("not put, or not reset")
	}
	expect(t, second, projection.Place{}, "lamp")
}

func TestWhatWaitsToBeSavedIsNotShared(t *testing.T) {
	x, at := open(t, bleveindex.Memory), eventstore.NoStream(eventstore.StreamID{Tenant: "t", Category: "order", ID: "a"})
	given := row("a", "lamp")
	given.Applied = map[string]eventstore.Position{"order": at}
	if err := x.Put(t.Context(), given); err != nil {
		t.Fatal(err)
	}
	clear(given.Applied)
	for range 2 {
		got, err := x.Get(t.Context(), given.Key)
		if err != nil || len(got.Applied) != 1 || got.Lists[0] != "lamp" || string(got.Data) != "{}" {
			t.Fatalf("got %+v, %v", got, err)
		}
		clear(got.Applied)
		got.Lists[0], got.Data[0] = "spoilt", 'X'
	}
}

// TestAKillLeavesAPlaceAndAllThatWasSavedByThen copies the folder of an index
// that goes on, which is what a kill leaves.
func TestAKillLeavesAPlaceAndAllThatWasSavedByThen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "search.bleve")
	x := open(t, path)
	const rows = 60
	for n := range rows {
		put(t, x, place(uint64(n+1)), row(fmt.Sprintf("%03d", n), "lamp"))
		if n%6 != 0 {
			continue
		}
		left := filepath.Join(t.TempDir(), "search.bleve")
		if err := os.CopyFS(left, os.DirFS(path)); err != nil {
			continue // a file went while it was copied
		}
		after := open(t, left)
		at, err := after.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found, err := after.Find(t.Context(), search.Page{Tenant: "t", Words: []string{"lamp"}, Limit: rows})
		if uint64(len(found)) != at.Seq || err != nil {
			t.Errorf("%d rows at place %v: %v", len(found), at, err)
		}
	}
}

func TestAnIndexThatCannotBeOpenedIsMadeAnew(t *testing.T) {
	spoil := map[string]func(path string) error{
		"cut to nothing": func(file string) error { return os.Truncate(file, 0) },
		"cut in half": func(file string) error {
			s, err := os.Stat(file)
			return errors.Join(err, os.Truncate(file, s.Size()/2))
		},
		"noise": func(file string) error { return os.WriteFile(file, bytes.Repeat([]byte("noise"), 5000), 0o600) },
		"gone":  os.Remove,
	}
	made := 0
	for name, spoil := range spoil {
		for _, kind := range []string{"index_meta.json", "root.bolt", ".zap"} {
			t.Run(kind+" "+name, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "search.bleve")
				first := bleveindex.New(path, slog.New(slog.DiscardHandler))
				expect(t, first, projection.Place{}, "lamp")
				put(t, first, place(1), row("a", "lamp"))
				if err := first.Close(); err != nil {
					t.Fatal(err)
				}
				err := filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
					if err != nil || d.IsDir() || !strings.HasSuffix(file, kind) {
						return err
					}
					return spoil(file)
				})
				if err != nil {
					t.Fatal(err)
				}
				var log bytes.Buffer
				second := bleveindex.New(path, slog.New(slog.NewTextHandler(&log, nil)))
				at, err := second.Begin(t.Context())
				if at != (projection.Place{}) && at != place(1) || err != nil {
					t.Errorf("begins at %v, %v", at, err)
				}
				said := strings.Count(log.String(), "search index is made anew")
				// Of files that are spoilt bleve may itself go back to what it had before.
				if said > 1 || at == (projection.Place{}) && said == 0 && kind == "index_meta.json" {
					t.Errorf("begins at %v; the log says %q", at, log.String())
				}
				made += said
				put(t, second, place(2), row("b", "vase"))
				expect(t, second, place(2), "vase", "b")
				if err := second.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
	if made == 0 {
		t.Error("none was made anew")
	}
}

func TestAnIndexInTroubleSaysThatItMayPass(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	x := bleveindex.New(filepath.Join(folder, "search.bleve"), slog.New(slog.DiscardHandler))
	for range 2 {
		_, err := x.Begin(t.Context())
		_, found := x.Find(t.Context(), search.Page{Tenant: "t", Words: []string{"lamp"}, Limit: 1})
		_, got := x.Get(t.Context(), row("a").Key)
		for what, err := range map[string]error{
			"begin": err, "find": found, "get": got, "put": x.Put(t.Context(), row("a")),
			"save": x.Save(t.Context(), place(1)), "reset": x.Reset(t.Context()),
		} {
			if !errors.Is(err, eventstore.ErrUnavailable) {
				t.Errorf("%s: got %v", what, err)
			}
		}
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	expect(t, x, projection.Place{}, "lamp")
	put(t, x, place(1), row("a", "lamp"))
	expect(t, x, place(1), "lamp", "a")
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}

// TestADiskThatTakesNoMoreIsSaid takes the folder away, which is to the index as
// a disk that is full: what it writes fails.
func TestADiskThatTakesNoMoreIsSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "search.bleve")
	x := open(t, path)
	put(t, x, place(1), row("a", "lamp"))
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := x.Put(t.Context(), row("b", "lamp")); err != nil {
		t.Fatal(err)
	}
	if err := x.Save(t.Context(), place(2)); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := x.Find(t.Context(), search.Page{Tenant: "t", Words: []string{"lamp"}, Limit: 1}); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("found with %v", err)
	}
	expect(t, x, projection.Place{}, "lamp") // there is room again
	put(t, x, place(2), row("b", "lamp"))
	expect(t, x, place(2), "lamp", "b")
}

func TestAnIndexInMemoryLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	x := bleveindex.New(bleveindex.Memory, slog.New(slog.DiscardHandler))
	expect(t, x, projection.Place{}, "lamp")
	put(t, x, place(1), row("a", "lamp"))
	expect(t, x, place(1), "lamp", "a")
	if err := x.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); len(left) != 0 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

func Example() {
	ctx := context.Background()
	x := bleveindex.New(bleveindex.Memory, slog.New(slog.DiscardHandler))
	defer x.Close()
	fmt.Println(x.Begin(ctx))
	fmt.Println(x.Put(ctx, row("a", "lamp")), x.Save(ctx, projection.Place{Seq: 1}))
	found, err := x.Find(ctx, search.Page{Tenant: "t", Words: []string{"lamp"}, Limit: 10})
	fmt.Println(found[0].ID, err)
	// Output:
	// {0 } <nil>
	// <nil> <nil>
	// a <nil>
}
