package boltstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// writerOf makes the test binary append to a file, each of its writers to a
// stream of its own, until it is killed, and print what was acknowledged.
const (
	writerOf = "BOLTSTORE_TEST_WRITER_OF"
	writers  = 16
)

var background = context.Background()

func TestMain(m *testing.M) {
	if path := os.Getenv(writerOf); path != "" {
		appendForEver(path)
	}
	// No test ends the machine, so none needs a sync. The writer above does sync:
	// it is killed between the steps of a real commit.
	bbolt.DefaultOptions.NoSync, bbolt.DefaultOptions.NoGrowSync = true, true
	os.Exit(m.Run())
}

func appendForEver(path string) {
	s, err := boltstore.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for n := range writers {
		go func() {
			stream := streamOf(strconv.Itoa(n))
			end := eventstore.NoStream(stream)
			commits, err := s.Load(background, stream, eventstore.Latest, 0)
			if len(commits) > 0 {
				end = commits[len(commits)-1].End()
			}
			for err == nil {
				var c eventstore.Commit
				if c, err = s.Append(background, stream, end, commit(fmt.Sprintf("%d-%d", n, end.Version()+1))); err == nil {
					fmt.Println("ack", n, c.Last())
					end = c.End()
				}
			}
			fmt.Println("fault", err)
			os.Exit(1)
		}()
	}
	select {}
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	random := testsize.Rand(t)
	kept := map[string]int{}
	for life := range (testsize.N{Short: 1, Race: 1, Gate: 5, Soak: 200}).Get() {
		acknowledged := writeUntilKilled(t, path, 1+random.IntN(1000))
		s, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for n := range writers {
			id := strconv.Itoa(n)
			commits, least := read(t, s, id), max(acknowledged[id], kept[id])
			if len(commits) < least || len(commits) > least+1 { // one more may have been on its way
				t.Errorf("life %d, stream %s: got %d commits, want %d or one more", life, id, len(commits), least)
			}
			for i, c := range commits {
				if want := fmt.Sprintf("%s-%d", id, i+1); c.Command.Key != want {
					t.Errorf("life %d, stream %s at %d: got %s, want %s", life, id, i+1, c.Command.Key, want)
				}
			}
			total += len(commits)
			kept[id] = len(commits)
		}
		if s.Head() != uint64(total) {
			t.Errorf("life %d: got head %d, want %d", life, s.Head(), total)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// writeUntilKilled starts a writer, kills it after its n-th acknowledgement, and
// returns the last version of each stream that it acknowledged.
func writeUntilKilled(t *testing.T, path string, n int) map[string]int {
	t.Helper()
	writer := exec.CommandContext(t.Context(), os.Args[0])
	writer.Env = append(os.Environ(), writerOf+"="+path)
	out, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	acknowledged := map[string]int{}
	// After the kill it goes on: the pipe holds what was acknowledged meanwhile.
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line without an end was cut off by the kill
		}
		var stream string
		var version int
		if _, err := fmt.Sscanf(line, "ack %s %d\n", &stream, &version); err != nil {
			t.Fatalf("the writer says %s", line)
		}
		acknowledged[stream] = version
		if n--; n == 0 {
			if err := writer.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = writer.Wait() // it was killed
	if n > 0 {
		t.Fatalf("the writer ended %d acknowledgements before the kill", n)
	}
	return acknowledged
}
