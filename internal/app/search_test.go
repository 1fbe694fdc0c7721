package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// listed returns the ids that a list has on its first page.
func listed(ctx context.Context, t *testing.T, url string) (ids []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := web.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var page struct{ Items []struct{ ID string } }
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", url, answer.StatusCode, err)
	}
	for _, i := range page.Items {
		ids = append(ids, i.ID)
	}
	return ids
}

func TestOrdersAreFoundAtOnceAndAfterEachStartHoweverTheirIndexFared(t *testing.T) {
	t.Parallel()
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
		s := openShop(t, data, false)
		for range 3 {
			body := basket{"tok_ok", "12345", map[string]int{"product-1": 1}}.body()
			if got, err := post(t.Context(), s.url+"/orders", fmt.Sprint("key-", placed), body); err != nil || got.status != http.StatusCreated {
				t.Fatal(got, err)
			}
			placed++
			all, found := listed(t.Context(), t, s.url+"/orders"), listed(t.Context(), t, s.url+"/search?q=ada+product-1")
			if len(all) != placed || !slices.Equal(found, all) {
				t.Errorf("start %d: of %v, found %v", i, all, found)
			}
		}
		s.close(t)
	}
}

func TestAfterAKillAllOrdersAreFound(t *testing.T) {
	t.Parallel()
	data, placed := t.TempDir(), 0
	for range 3 {
		url, wait := doomed(t, data, 300*time.Millisecond)
		for {
			placed++
			body := basket{"tok_ok", "12345", map[string]int{"product-1": 1}}.body()
			if _, err := post(t.Context(), url+"/orders", fmt.Sprint("key-", placed), body); err != nil {
				break
			}
		}
		wait()
		s := openShop(t, data, false)
		all, found := listed(t.Context(), t, s.url+"/orders?limit=100"), listed(t.Context(), t, s.url+"/search?limit=100&q=ada")
		if len(all) == 0 || !slices.Equal(found, all) {
			t.Errorf("of %d orders, %d are found", len(all), len(found))
		}
		s.close(t)
	}
}
