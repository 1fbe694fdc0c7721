package bleveindex

import (
	"cmp"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"

	"github.com/blevesearch/bleve/v2"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
)

type engine = bleve.Index // which has a method Index

// damaged panics, as bleve does on some damage.
type damaged struct{ engine }

func (damaged) GetInternal([]byte) ([]byte, error) { panic("index out of range") }
func (damaged) Close() error                       { panic("index out of range") }

// mute does not answer a write, until it is let go.
type mute struct {
	engine
	let chan struct{}
}

func (m mute) Batch(*bleve.Batch) error { <-m.let; return nil }

func TestAnIndexThatPanicsIsMadeAnew(t *testing.T) {
	x := New(t.TempDir()+"/search.bleve", slog.New(slog.DiscardHandler))
	x.index = damaged{}
	if _, err := x.Begin(t.Context()); !errors.Is(err, eventstore.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
	madeAnew(t, x)
}

func TestAnIndexThatHoldsNonsenseIsMadeAnew(t *testing.T) {
	key := readmodel.Key{View: search.View, Tenant: "t", ID: "a"}
	for name, spoil := range map[string]func(x *Index) error{
		"a row":   func(x *Index) error { return x.index.Index(nameOf(key), entry{ID: "a", Row: "noise"}) },
		"a place": func(x *Index) error { return x.index.SetInternal(placeKey, []byte("noise")) },
	} {
		x := New(t.TempDir()+"/search.bleve", slog.New(slog.DiscardHandler))
		if _, err := x.Begin(t.Context()); err != nil || spoil(x) != nil {
			t.Fatal(err)
		}
		_, got := x.Get(t.Context(), key)
		_, begun := x.Begin(t.Context())
		if err := cmp.Or(got, begun); !errors.Is(err, eventstore.ErrUnavailable) {
			t.Errorf("%s: got %v", name, err)
		}
		madeAnew(t, x)
	}
}

func TestAnIndexThatDoesNotAnswerIsMadeAnew(t *testing.T) {
	x := New(t.TempDir()+"/search.bleve", slog.New(slog.DiscardHandler))
	if _, err := x.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole := x.index
	synctest.Test(t, func(t *testing.T) {
		m := mute{whole, make(chan struct{})}
		defer close(m.let)
		x.index = m
		if err := x.Save(t.Context(), projection.Place{Seq: 1}); !errors.Is(err, errSilent) || !errors.Is(err, eventstore.ErrUnavailable) {
			t.Errorf("got %v", err)
		}
	})
	madeAnew(t, x)
	if err := whole.Close(); err != nil {
		t.Error(err)
	}
}

func madeAnew(t *testing.T, x *Index) {
	t.Helper()
	if at, err := x.Begin(t.Context()); at != (projection.Place{}) || err != nil {
		t.Errorf("begins at %v, %v", at, err)
	}
	if err := x.Save(t.Context(), projection.Place{Seq: 2}); err != nil {
		t.Error(err)
	}
	if err := x.Close(); err != nil {
		t.Error(err)
	}
}
