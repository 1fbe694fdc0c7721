package bleveindex

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/pkg/projection"
)

func TestAnIndexOfAnotherFormIsMadeAnew(t *testing.T) {
	var log bytes.Buffer
	x := New(Memory, slog.New(slog.NewTextHandler(&log, nil)))
	if _, err := x.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.index.SetInternal(placeKey, []byte(`{"Seq":7,"Commit":"c","Form":0}`)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if at, err := x.Begin(t.Context()); at != (projection.Place{}) || err != nil {
			t.Errorf("begins at %v, %v", at, err)
		}
	}
	if said := strings.Count(log.String(), "made anew"); said != 1 {
		t.Errorf("the log says %s", &log)
	}
}
