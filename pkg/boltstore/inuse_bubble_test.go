package boltstore_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/boltstore"
)

func TestOpenOfAFileInUseWaitsFiveSecondsAndNamesItsHolder(t *testing.T) {
	for name, open := range map[string]func(path string) (io.Closer, error){
		"events":  func(path string) (io.Closer, error) { return boltstore.Open(path) },
		"ledgers": func(path string) (io.Closer, error) { return boltstore.OpenLedgers(path) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "file.db")
				first, err := open(path)
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				_, err = open(path)
				if waited := time.Since(start); waited != 5*time.Second {
					t.Errorf("waited %v, want 5s", waited)
				}
				if want := fmt.Sprintf("%s is in use by process %d; stop that one", path, os.Getpid()); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want one that says %q", err, want)
				}

				time.AfterFunc(4*time.Second, func() {
					if err := first.Close(); err != nil {
						t.Error(err)
					}
				})
				second, err := open(path)
				if err != nil {
					t.Fatalf("open while the holder closes: %v", err)
				}
				if err := second.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
