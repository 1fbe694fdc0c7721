package lifeline_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

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
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, _, err := lifeline.Server{Name: "the oracle", Args: []string{"sleep", "60"}, URL: "http://127.0.0.1:1"}.Start(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
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
	for log.Len() == 0 {
		time.Sleep(time.Millisecond)
	}
	if log.From(2) != "see\n" {
		t.Errorf("it wrote %q", log.From(0))
	}
	stop()
	for _, err := os.Stat(scratch); err == nil; _, err = os.Stat(scratch) {
		time.Sleep(time.Millisecond)
	}
}
