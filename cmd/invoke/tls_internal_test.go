package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/bootstrap"
	"github.com/daybook-es/daybook/internal/ministack"
	"github.com/daybook-es/daybook/internal/runtimeapi"
)

// The functions are built without HTTP/2, which AWS offers and asks nobody for.
func TestAFunctionAsksAWSOverTLSThoughThatOffersHTTP2(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	queries := filepath.Dir(bootstrap.Of(t, "queries"))
	var protocols []string
	aws := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protocols = append(protocols, r.Proto)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		fmt.Fprint(w, `{"Items": []}`)
	}))
	aws.EnableHTTP2 = true
	aws.StartTLS()
	defer aws.Close()
	trusted := filepath.Join(t.TempDir(), "trusted.pem")
	if err := os.WriteFile(trusted, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: aws.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	event, err := os.ReadFile(filepath.Join(root, "events", "queries-orders.json"))
	if err != nil {
		t.Fatal(err)
	}
	log := new(bytes.Buffer)
	f, err := runtimeapi.Start(t.Context(), queries, append(worldEnv(aws.URL, ministack.Account), "SSL_CERT_FILE="+trusted), log)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Invoke(t.Context(), event, time.Hour)
	f.Stop()
	if err != nil || !bytes.Contains(got.Payload, []byte(`{\"items\":[],\"next\":null}`)) || !slices.Equal(protocols, []string{"HTTP/1.1"}) {
		t.Errorf("got %s, %v, over %v: %s", got.Payload, err, protocols, log)
	}
}
