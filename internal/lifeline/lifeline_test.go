package lifeline_test

import (
	"context"
	"errors"
	"fmt"
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

func TestAServerThatIsNotReadyEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		cancel()
	}))
	defer asked.Close()
	_, _, err := lifeline.Server{Name: "the oracle", Args: []string{"sleep", "600"}, URL: asked.URL, Status: http.StatusOK}.Start(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want that its context ended", err)
	}
}

func TestAServerIsReadyWhenItSaysSo(t *testing.T) {
	log, stop, err := lifeline.Server{Name: "the oracle", Args: []string{"sh", "-c", "echo I listen; exec sleep 600"}, Says: "I listen"}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if got := log.From(0); got != "I listen\n" {
		t.Errorf("it wrote %q, want %q", got, "I listen\n")
	}
}

func TestAServerHasEndedWhenItIsStopped(t *testing.T) {
	log, stop, err := lifeline.Server{Name: "the oracle", Args: []string{"sh", "-c", "trap 'echo I go; exit' TERM; echo I listen; while :; do sleep 0.02; done"}, Says: "I listen"}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if got := log.From(0); got != "I listen\nI go\n" {
		t.Errorf("it wrote %q, want its last line to be %q", got, "I go")
	}
}

func TestAServerWhosePortIsTakenGetsAnother(t *testing.T) {
	var ports []int
	address, log, stop, err := lifeline.OnFreePort(t.Context(), func(port int) (*lifeline.Log, func(), error) {
		ports = append(ports, port)
		does := "echo I listen; exec sleep 600"
		if len(ports) < 3 {
			does = "echo Address already in use; exit 1"
		}
		return lifeline.Server{Name: "the oracle", Args: []string{"sh", "-c", does}, Says: "I listen"}.Start(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	if want := fmt.Sprintf("http://127.0.0.1:%d", ports[len(ports)-1]); len(ports) != 3 || address != want || log.From(0) != "I listen\n" {
		t.Errorf("got %s after %d starts, want %s after 3", address, len(ports), want)
	}
}

func TestAServerThatEndsForAnotherReasonIsNotStartedAgain(t *testing.T) {
	starts := 0
	_, _, _, err := lifeline.OnFreePort(t.Context(), func(int) (*lifeline.Log, func(), error) {
		starts++
		return lifeline.Server{Name: "the oracle", Args: []string{"sh", "-c", "echo the stars are wrong; exit 1"}, Says: "I listen"}.Start(t.Context())
	})
	if starts != 1 || err == nil || err.Error() != "the oracle ended: the stars are wrong" {
		t.Errorf("got %v after %d starts, want one start and its error", err, starts)
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
		Name: "the oracle", Args: []string{"sh", "-c", "echo I see; exec sleep 600"}, URL: answering.URL, Status: http.StatusNotFound, Scratch: scratch,
	}.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	eventually.Until(t, "the server has written", func() bool { return log.Len() > 0 })
	if log.From(2) != "see\n" {
		t.Errorf("it wrote %q", log.From(0))
	}
	stop()
	eventually.Until(t, "its folder is removed", func() bool { _, err := os.Stat(scratch); return os.IsNotExist(err) })
}
