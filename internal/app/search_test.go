package app_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/daybook-es/daybook/internal/bubble"
	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/testsize"
)

// listed returns the ids that a list has on its first page.
func (s site) listed(t *testing.T, path string) (ids []string) {
	t.Helper()
	var page struct{ Items []struct{ ID string } }
	if status := s.get(t, path, &page); status != http.StatusOK {
		t.Fatalf("%s: got %d", path, status)
	}
	for _, i := range page.Items {
		ids = append(ids, i.ID)
	}
	return ids
}

func TestOrdersAreFoundAtOnceAndAfterEachStartHoweverTheirIndexFared(t *testing.T) {
	bubble.Run(t, func(t *testing.T, n *bubble.Network) {
		data, placed := t.TempDir(), 0
		index := filepath.Join(data, "search.bleve")
		older := filepath.Join(t.TempDir(), "older")
		for i, fared := range []func() error{
			func() error { return nil },
			func() error { return os.CopyFS(older, os.DirFS(index)) },
			func() error { return os.RemoveAll(index) },
			func() error { return os.WriteFile(filepath.Join(index, "index_meta.json"), []byte("noise"), 0o600) },
			func() error {
				if err := os.RemoveAll(index); err != nil {
					return err
				}
				return os.CopyFS(index, os.DirFS(older))
			},
		} {
			if err := fared(); err != nil {
				t.Fatal(err)
			}
			s := openShop(t, n, data, false)
			for range 3 {
				body := basket{"tok_ok", "12345", map[string]int{"product-1": 1}}.body()
				if got, err := s.post(t.Context(), "/orders", fmt.Sprint("key-", placed), body); err != nil || got.status != http.StatusCreated {
					t.Fatal(got, err)
				}
				placed++
				all, found := s.listed(t, "/orders"), s.listed(t, "/search?q=ada+product-1")
				if len(all) != placed || !slices.Equal(found, all) {
					t.Errorf("start %d: of %v, found %v", i, all, found)
				}
			}
			s.close(t)
		}
	})
}

func TestAfterAKillAllOrdersAreFound(t *testing.T) {
	data, placed := t.TempDir(), 0
	random := testsize.Rand(t)
	for range lives.Get() {
		l := doomed(t, data, 1+random.IntN(60))
		for {
			placed++
			body := basket{"tok_ok", "12345", map[string]int{"product-1": 1}}.body()
			if _, err := l.post(t.Context(), "/orders", fmt.Sprint("key-", placed), body); err != nil {
				break
			}
			l.acknowledged()
		}
		l.wait(t)
		s := openShop(t, nil, data, false)
		eventually.Until(t, "the index has caught up", func() bool { return s.get(t, "/search?q=ada", nil) == http.StatusOK })
		all, found := s.listed(t, "/orders?limit=100"), s.listed(t, "/search?limit=100&q=ada")
		if len(all) == 0 || !slices.Equal(found, all) {
			t.Errorf("of %d orders, %d are found", len(all), len(found))
		}
		s.close(t)
	}
}
