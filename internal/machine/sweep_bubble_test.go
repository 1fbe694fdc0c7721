package machine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/saga"
)

// inputs are those of the executions that were asked for.
func (w *world) inputs() (all []string) {
	for _, asked := range w.started {
		all = append(all, asked["input"])
	}
	return all
}

func TestTheSweepStartsWhatNoEventStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for id, s := range map[string]tale{"missed": {}, "missed-and-cancelled": {cancelAfter: "submit"}, "begun": {}, "stuck": {}} {
			if err := s.open(t.Context(), w.World, id); err != nil {
				t.Fatal(err)
			}
		}
		w.begin(t, "begun")
		if _, err := w.runs.Stop(t.Context(), saga.Run{ID: "stuck"}, time.Now()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		if err := (tale{}).open(t.Context(), w.World, "new"); err != nil {
			t.Fatal(err)
		}
		for _, minutes := range []int{0, 1, 1} {
			time.Sleep(time.Duration(minutes) * time.Minute)
			if err := w.starter().Sweep(w.view(t))(t.Context()); err != nil {
				t.Error(err)
			}
		}
		const old = `{"id":"missed","correlation":"call-1"} {"id":"missed-and-cancelled","correlation":"call-1"}`
		if got, want := strings.Join(w.inputs(), " "), old+" "+old+` {"id":"new","correlation":"call-1"}`; got != want || w.log.Len() > 0 {
			t.Errorf("got  %s\nwant %s; the log says %s", got, want, &w.log)
		}
	})
}

func TestAnOrderThatCannotBeStartedHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		for i := range 250 { // more than a page
			if err := (tale{}).open(t.Context(), w.World, fmt.Sprintf("order-%03d", i)); err != nil {
				t.Fatal(err)
			}
		}
		right := w.answer
		w.answer = func(n int) (int, string) {
			if n == 120 {
				return http.StatusBadRequest, `{"__type":"ThrottlingException","message":"Rate exceeded"}`
			}
			return right(n)
		}
		time.Sleep(time.Hour)
		err := w.starter().Sweep(w.view(t))(t.Context())
		if said := w.logged(t, slog.LevelError); err == nil || len(w.started) != 250 || len(said) != 1 || !strings.Contains(w.log.String(), "order-119") {
			t.Errorf("asked for %d, %v; the log says %s", len(w.started), err, &w.log)
		}
	})
}

// unreadable is a store of rows that cannot be reached.
type unreadable struct{ readmodel.Store }

func (unreadable) List(context.Context, readmodel.Page) ([]readmodel.Row, error) {
	return nil, eventstore.ErrUnavailable
}

func TestASweepThatCannotReadTheViewIsAnError(t *testing.T) {
	w := newWorld(t)
	if err := w.starter().Sweep(unreadable{})(t.Context()); !errors.Is(err, eventstore.ErrUnavailable) || len(w.logged(t, slog.LevelError)) != 1 {
		t.Errorf("got %v; the log says %s", err, &w.log)
	}
}
