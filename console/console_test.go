package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/console"
	"github.com/daybook-es/daybook/pkg/domain/order"
)

// api answers 418 to whatever is left to it.
var api = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })

func serve(t *testing.T, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	console.Handler(api, "").ServeHTTP(w, r)
	return w
}

func Example() {
	w := httptest.NewRecorder()
	console.Handler(api, "").ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil)) //nolint:noctx // an example
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 200 text/html; charset=utf-8
}

// files are the page's, by the paths at which they are served.
func files(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob("page/*")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	all := make(map[string]string)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		at := "/console/" + filepath.Base(name)
		if at == "/console/index.html" {
			at = "/"
		}
		all[at] = string(text)
	}
	return all
}

func TestEachFileIsServedWithItsTypeUnderAStrictPolicy(t *testing.T) {
	kinds := map[string]string{
		"": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
		".json": "application/json", ".svg": "image/svg+xml",
	}
	total := 0
	for at, text := range files(t) {
		total += len(text)
		got := serve(t, "GET", at)
		if got.Code != http.StatusOK || got.Body.String() != text || got.Header().Get("Content-Length") != fmt.Sprint(len(text)) {
			t.Errorf("%s: %d, %d bytes", at, got.Code, got.Body.Len())
		}
		for name, want := range map[string]string{
			"Content-Type": kinds[filepath.Ext(at)], "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
				"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
		} {
			if has := got.Header().Get(name); has != want || want == "" {
				t.Errorf("%s: %s: %q, want %q", at, name, has, want)
			}
		}
		head := serve(t, "HEAD", at)
		if head.Code != http.StatusOK || head.Body.Len() > 0 || head.Header().Get("Content-Length") != fmt.Sprint(len(text)) {
			t.Errorf("HEAD %s: %d, %d bytes", at, head.Code, head.Body.Len())
		}
		if same := serve(t, "GET", at, "If-None-Match: "+got.Header().Get("ETag")); same.Code != http.StatusNotModified || same.Body.Len() > 0 {
			t.Errorf("%s, which is the same: %d", at, same.Code)
		}
	}
	if total > 100_000 {
		t.Errorf("the page has %d bytes; 100,000 are the most", total)
	}
}

func TestAMethodThatIsNotForReadingIsAProblem(t *testing.T) {
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"} {
		for _, at := range []string{"/", "/console/app.js"} {
			got := serve(t, method, at)
			if got.Code != http.StatusMethodNotAllowed || got.Header().Get("Allow") != "GET, HEAD" || got.Header().Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: %d %v", method, at, got.Code, got.Header())
			}
		}
	}
}

func TestEveryOtherPathIsTheAPIs(t *testing.T) {
	for _, at := range []string{
		"/orders", "//", "/console", "/console/", "/console/nothing.js", "/console/index.html", "/console/../console/app.js", "/console//app.js",
		"/console/app.js/", "/console%2Fapp.js", "/index.html", "/favicon.ico", "/Console/app.js",
	} {
		if got := serve(t, "GET", at); got.Code != http.StatusTeapot {
			t.Errorf("%s: %d", at, got.Code)
		}
	}
}

func TestNoFileNamesAnotherMachineOrMakesMarkupOfText(t *testing.T) {
	for at, text := range files(t) {
		text = strings.ReplaceAll(text, "http://www.w3.org/2000/svg", "") // a name that nobody asks
		for _, bad := range []string{"http:", "https:", "://", `"//`, "'//", "url(", "@import", "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function(", "<style", " style="} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %s", at, bad)
			}
		}
	}
}

// A gateway may put a path before the console's, so what the page names is
// named from where the page is; what scripts ask, api.js names so.
var reference = regexp.MustCompile(`(?:href|src)="([^#"]*)"|from '\./([^']*)'|'/(console/[^']*)'`)

func TestEveryFileThatIsNamedExistsAndEachIsNamed(t *testing.T) {
	all := files(t)
	named := map[string]bool{"/": true}
	for at, text := range all {
		for _, m := range reference.FindAllStringSubmatch(text, -1) {
			to := "/" + m[1] + m[3]
			if m[2] != "" {
				to = "/console/" + m[2]
			}
			if _, there := all[to]; !there && to != "/openapi.json" {
				t.Errorf("%s names %s, which is none", at, to)
			}
			named[to] = true
		}
	}
	for at := range all {
		if !named[at] {
			t.Errorf("nothing names %s", at)
		}
	}
}

var (
	filter = regexp.MustCompile(`const statuses = \[([^\]]*)\]`)
	quoted = regexp.MustCompile(`'([^']*)'`)
	method = regexp.MustCompile(`(?m)^  (tok_\w+):`)
)

func TestTheChoicesAreThoseOfTheDomain(t *testing.T) {
	all := files(t)
	for _, m := range quoted.FindAllStringSubmatch(filter.FindString(all["/console/orders.js"]), -1) {
		if !order.Status(m[1]).Known() {
			t.Errorf("%s is no status of an order", m[1])
		}
	}
	methods := method.FindAllStringSubmatch(all["/console/place.js"], -1)
	wire, err := os.ReadFile("../docs/fulfilment.md")
	if err != nil {
		t.Fatal(err)
	}
	known := regexp.MustCompile("`(tok_[a-z_]+)`").FindAllStringSubmatch(string(wire), -1)
	tokens := func(of [][]string) (names []string) {
		for _, m := range of {
			names = append(names, m[1])
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
	if got, want := tokens(methods), tokens(known); !slices.Equal(got, want) {
		t.Errorf("the form offers %v, docs/fulfilment.md has %v", got, want)
	}
}

func TestTheLiveFlowMayBeAtAnAddressOfItsOwn(t *testing.T) {
	for live, want := range map[string]string{"": "connect-src 'self';", "/live": "connect-src 'self';", "wss://x.example:8443/stage": "connect-src 'self' wss://x.example:8443;"} {
		w := httptest.NewRecorder()
		console.Handler(http.NotFoundHandler(), live).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, want) {
			t.Errorf("%q: %s", live, got)
		}
	}
}
