package boltstore_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// writerOf makes the test binary append to a file from 16 goroutines until it
// is killed, and say what was acknowledged.
const writerOf = "BOLTSTORE_TEST_WRITER_OF"

var background = context.Background()

func TestMain(m *testing.M) {
	if path := os.Getenv(writerOf); path != "" {
		appendForEver(path)
	}
	os.Exit(m.Run())
}

func appendForEver(path string) {
	s, err := boltstore.Open(path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for n := range 16 {
		go func() {
			stream := streamOf(strconv.Itoa(n))
			end := eventstore.NoStream(stream)
			commits, err := s.Load(background, stream, eventstore.Latest, 0)
			if len(commits) > 0 {
				end = commits[len(commits)-1].End()
			}
			for err == nil {
				var c eventstore.Commit
				c, err = s.Append(background, stream, end, commit(fmt.Sprintf("%d-%d", n, end.Version()+1)))
				fmt.Println("ack", n, c.Last())
				end = c.End()
			}
			fmt.Println("fault", err)
			os.Exit(1)
		}()
	}
	select {}
}

func TestWhatWasAcknowledgedSurvivesAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.db")
	acknowledged := map[string]int{}
	for range 5 {
		writer := exec.CommandContext(t.Context(), os.Args[0])
		writer.Env = append(os.Environ(), writerOf+"="+path)
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		var kill sync.Once // some time after its first word: how long that takes is the machine's
		for lines := bufio.NewScanner(out); lines.Scan(); {
			word := strings.Fields(lines.Text())
			if len(word) != 3 || word[0] != "ack" {
				if len(word) > 0 && word[0] != "ack" {
					t.Fatal(lines.Text())
				}
				continue // the last line may be cut off
			}
			kill.Do(func() { time.AfterFunc(rand.N(400*time.Millisecond), func() { _ = writer.Process.Kill() }) })
			n, _ := strconv.Atoi(word[2])
			acknowledged[word[1]] = max(acknowledged[word[1]], n)
		}
		_ = writer.Wait() // it was killed

		s, err := boltstore.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for id, n := range acknowledged {
			commits := read(t, s, id)
			if len(commits) < n || len(commits) > n+1 {
				t.Errorf("stream %s: %d were acknowledged, %d are there", id, n, len(commits))
			}
			for i, c := range commits {
				if c.Command.Key != fmt.Sprintf("%s-%d", id, i+1) {
					t.Errorf("stream %s at %d: %s", id, i+1, c.Command.Key)
				}
			}
			total += len(commits)
			acknowledged[id] = len(commits) // the next writer's first of it may never be acknowledged
		}
		if s.Head() < uint64(total) || total == 0 {
			t.Errorf("head %d, %d commits", s.Head(), total)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
