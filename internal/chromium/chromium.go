// Package chromium gives tests a browser.
package chromium

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/remote"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/lifeline"
)

// ErrMissing is returned where Chromium is not installed.
var ErrMissing = errors.New("Chromium is not installed (Debian: apt-get install chromium)") //nolint:staticcheck // Chromium is a name

// Open opens a window until the test ends. It shares the process with the windows
// of other tests, and neither cookies nor storage. A machine without Chromium
// skips the test; where CI is true that is a failure.
func Open(t *testing.T) context.Context {
	t.Helper()
	browser, err := shared()
	if errors.Is(err, ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, closeWindow := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(closeWindow)
	if err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		// Each window acts as the one in front, so that several tests can type.
		_, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
		return err
	})); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// Until returns when an expression of JavaScript is true on the page of a window.
// One that throws is not true yet.
func Until(ctx context.Context, t testing.TB, expression string) {
	t.Helper()
	look := chromedp.Evaluate[bool](fmt.Sprintf("(() => { try { return Boolean(%s); } catch { return false; } })()", expression))
	eventually.Until(t, expression, func() bool {
		found, err := chromedp.Run(ctx, look)
		if err != nil {
			t.Fatalf("%v, looking for %s", err, expression)
		}
		return found
	})
}

// shared is the browser of the whole process: the one at [EnvURL], or one that
// ends with the process.
var shared = sync.OnceValues(func() (context.Context, error) {
	address := os.Getenv(EnvURL)
	if address == "" {
		var err error
		if address, _, err = Start(context.Background()); err != nil {
			return nil, err
		}
	}
	allocated, _ := remote.NewAllocator(context.Background(), address)
	ctx, _ := chromedp.NewContext(allocated)
	_, err := chromedp.Targets(ctx) // connects, and opens no window
	return ctx, err
})

// Start runs Chromium without a screen and returns its DevTools address. It ends
// by stop, with ctx, and with this program, however that ends. Where it is not
// installed the error is [ErrMissing].
func Start(ctx context.Context) (address string, stop func(), err error) {
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if at, err := exec.LookPath(name); err == nil {
			program = at
			break
		}
	}
	if program == "" {
		return "", nil, ErrMissing
	}
	profile, err := os.MkdirTemp("", "daybook-chromium-*")
	if err != nil {
		return "", nil, err
	}
	// It chooses the port and says where it listens: of one that is taken it says nothing.
	args := []string{
		program, "--headless=new", "--remote-debugging-port=0", "--user-data-dir=" + profile, "--window-size=1100,900",
		"--no-first-run", "--no-default-browser-check", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--disable-gpu", "--disable-dev-shm-usage", "--disable-extensions", "--disable-background-timer-throttling",
		"--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--no-sandbox") // root cannot have one
	}
	const says = "DevTools listening on "
	log, stop, err := lifeline.Server{
		Name: "Chromium", Args: append(args, "about:blank"), Says: says,
		Env: append(os.Environ(), "TMPDIR="+profile), Scratch: profile,
	}.Start(ctx)
	if err != nil {
		return "", nil, err
	}
	_, address, _ = strings.Cut(log.From(0), says)
	address, _, _ = strings.Cut(address, "\n")
	return address, stop, nil
}
