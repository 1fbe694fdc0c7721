package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/bubble"
)

// A system is what GET /system says.
type system struct {
	Projectors []struct {
		Name, Status          string
		Views                 []string
		Behind, OldestSeconds *int
	}
	Parked struct {
		Items []struct {
			Stream, View, Reason string
			Version              int
			Since                time.Time
		}
	}
	Errors struct {
		Since time.Time
		Items []struct {
			At      time.Time
			Message string
			About   map[string]string
		}
	}
}

func (s system) parked() (all []string) {
	for _, p := range s.Parked.Items {
		all = append(all, fmt.Sprintf("%s@%d %s in %s", p.Stream, p.Version, p.Reason, p.View))
	}
	return all
}

func (s system) errors() (all []string) {
	for _, e := range s.Errors.Items {
		all = append(all, fmt.Sprint(e.Message, " ", e.About))
	}
	return all
}

func TestAParkedStreamIsSaidUntilItIsMendedAndTheProgramStartedAnew(t *testing.T) {
	for name, c := range map[string]struct {
		event  string
		damage func(t *testing.T, path string)
		parked string
		error  string
	}{
		"whole":   {"stock.received.v1", func(*testing.T, string) {}, "", ""},
		"poison":  {"stock.burnt.v1", func(*testing.T, string) {}, "stock/bad@1 unfolded in stock-levels", "stream stopped map[stream:main/stock/bad version:1 view:stock-levels]"},
		"damaged": {"stock.received.v1", cutOff, "stock/bad@1 damaged in stock-levels", "stream stopped map[stream:main/stock/bad]"},
	} {
		inBubble(t, name, func(t *testing.T, n *bubble.Network) {
			data := t.TempDir()
			path := filepath.Join(data, "events.db")
			receive(t, path, "bad", c.event)
			receive(t, path, "good", "stock.received.v1")
			c.damage(t, path)
			for round, want := range [][]string{{c.parked, c.error}, {"", ""}} {
				begun := time.Now().Add(-time.Second)
				s, stop := serve(t, n, app.Config{Data: data})
				var got system
				if status := s.get(t, "/system", &got); status != http.StatusOK || len(got.Projectors) != 2 {
					t.Fatalf("%d %+v", status, got)
				}
				if parked, errs := strings.Join(got.parked(), ", "), strings.Join(got.errors(), ", "); parked != want[0] || errs != want[1] {
					t.Errorf("round %d: parked is %q, errors are %q", round, parked, errs)
				}
				since := []time.Time{got.Errors.Since}
				for _, p := range got.Parked.Items {
					since = append(since, p.Since)
				}
				for _, at := range since {
					if at.Before(begun) || at.After(time.Now()) {
						t.Errorf("since %v", at)
					}
				}
				if err := stop(); err != nil {
					t.Fatal(err)
				}
				mend(t, path)
			}
		})
	}
}

// mend puts what a product received in the place of what cannot be read.
func mend(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("events"))
		good := b.Get([]byte("main/stock/good\x00\x00\x00\x00\x00\x00\x00\x00\x01"))
		return errors.Join(
			b.Put([]byte("main/stock/bad\x00\x00\x00\x00\x00\x00\x00\x00\x01"), good),
			b.ForEach(func(k, v []byte) error { return b.Put(k, bytes.ReplaceAll(v, []byte("burnt"), []byte("received"))) }),
		)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
