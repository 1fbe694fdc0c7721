package lifeline_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/lifeline"
)

func TestAServerThatEndsBeforeItIsReadySaysWhy(t *testing.T) {
	_, _, err := lifeline.Server{Name: "the oracle", Args: []string{"sh", "-c", "echo first; echo the stars are wrong >&2"}, URL: "http://127.0.0.1:1"}.Start(t.Context())
	ended, ok := errors.AsType[*lifeline.EndedError](err)
	if !ok || err.Error() != "the oracle ended: the stars are wrong" || ended.Output != "first\nthe stars are wrong\n" {
		t.Fatalf("got %v", err)
	}
}

func TestAServerThatIsNotReadyInTimeIsStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		cancel() // its time is over
	}))
	defer asked.Close()
	_, _, err := lifeline.Server{Name: "the oracle", Args: []string{"sleep", "60"}, URL: asked.URL, Status: http.StatusOK}.Start(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want that its context ended", err)
	}
}

func TestWhatAServerLeavesIsRemovedWhenItHasEnded(t *testing.T) {
	answering := httptest.NewServer(http.NotFoundHandler()) // in the place of the program, which serves nothing
	defer answering.Close()
	scratch := filepath.Join(t.TempDir(), "scratch")
	if err := os.Mkdir(scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	log, stop, err := lifeline.Server{
		Name: "the oracle", Args: []string{"sh", "-c", "echo I see; exec sleep 60"}, URL: answering.URL, Status: http.StatusNotFound, Scratch: scratch,
	}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually.Until(t, "the server has written", func() bool { return log.Len() > 0 })
	if log.From(2) != "see\n" {
		t.Errorf("it wrote %q", log.From(0))
	}
	stop()
	eventually.Until(t, "the folder is removed", func() bool {
		_, err := os.Stat(scratch)
		return errors.Is(err, os.ErrNotExist)
	})
}
