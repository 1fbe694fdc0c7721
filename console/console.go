// Package console is the web page at which people look at Daybook. It is made of
// a few files that stand in the binary as they stand here: nothing is built, and
// nothing is asked of any other machine. Whatever it shows it reads from the API
// of the same address.
package console

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/daybook-es/daybook/pkg/httpapi"
)

//go:generate sh -c "go run ../cmd/daybook saga steps >page/saga.json"

//go:embed page
var embedded embed.FS

// folder is where the page's files are served from; the page itself is at "/".
const folder = "/console/"

// types are those that the files have. A file of another has none and is not
// embedded by mistake: a test says so.
var types = map[string]string{
	".html": "text/html; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".svg":  "image/svg+xml",
}

// policy lets the page do what it does and no more: scripts and styles are its
// own files, text never becomes either, and only its own address is asked, and
// that of the live flow.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'%s; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

type file struct {
	kind, tag string
	body      []byte
}

type handler struct {
	files  map[string]file // by path
	policy string
	api    http.Handler
}

// Handler serves the console, and leaves every path that is none of its files to
// the API. live is where the live flow is, as the API says it.
func Handler(api http.Handler, live string) http.Handler {
	elsewhere := ""
	if u, err := url.Parse(live); err == nil && u.Host != "" {
		elsewhere = " " + u.Scheme + "://" + u.Host
	}
	h := handler{files: make(map[string]file), policy: fmt.Sprintf(policy, elsewhere), api: api}
	err := fs.WalkDir(embedded, "page", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		at := folder + strings.TrimPrefix(name, "page/")
		if at == folder+"index.html" {
			at = "/"
		}
		sum := sha256.Sum256(body)
		h.files[at] = file{types[path.Ext(name)], `"` + base64.RawURLEncoding.EncodeToString(sum[:9]) + `"`, body}
		return nil
	})
	if err != nil {
		panic("console: its files are in the binary, and cannot be read: " + err.Error())
	}
	return h
}

// ServeHTTP implements [http.Handler]. A browser asks each time whether a file
// is still the same, so that a new version is seen at once.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ours := h.files[r.URL.EscapedPath()]
	switch {
	case !ours:
		h.api.ServeHTTP(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		httpapi.NotAllowed(w, r, "GET, HEAD")
		return
	}
	header := w.Header()
	header.Set("Cache-Control", "no-cache")
	header.Set("Content-Security-Policy", h.policy)
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("ETag", f.tag)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == f.tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	header.Set("Content-Length", strconv.Itoa(len(f.body)))
	header.Set("Content-Type", f.kind)
	if r.Method == http.MethodGet {
		_, _ = w.Write(f.body) // a client that has gone is told nothing
	}
}
