// Package chromium gives tests a browser.
package chromium

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"github.com/chromedp/chromedp"
)

// Open starts Chromium, without a window, until the test ends. A machine that has
// none skips the test, and says so; where CI is true that is a failure.
func Open(t *testing.T) context.Context {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if at, err := exec.LookPath(name); err == nil {
			program = at
			break
		}
	}
	if program == "" {
		const says = "Chromium is not installed, and the console is not looked at (Debian: apt-get install chromium)"
		if os.Getenv("CI") == "true" {
			t.Fatal(says)
		}
		t.Skip(says)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.WindowSize(1100, 900))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	allocated, free := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		cancel()
		free()
	})
	if err := chromedp.Do(ctx); err != nil { // the browser ends with the context of what is done first
		t.Fatal(err)
	}
	return ctx
}
