package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"debug/elf"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/daybook-es/daybook/internal/bootstrap"
	"github.com/daybook-es/daybook/internal/testsize"
)

// One build is of a copy in another folder, outside a repository, whose files have
// other times. It uses the flags of the Makefile, so equal bytes also show that the
// tests use the same flags. A soak compares the other architecture too.
func TestABinaryIsMadeOfItsSourceAlone(t *testing.T) {
	archs := testsize.N{Gate: 1, Race: 1, Soak: 2}.Get()
	if archs == 0 {
		t.Skip("with -short no function is built")
	}
	here := bootstrap.Of(t, "queries")
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("make is not installed")
	}
	elsewhere := t.TempDir()
	for _, folder := range []string{"pkg", "internal", "functions", "console"} {
		if err := os.CopyFS(filepath.Join(elsewhere, folder), os.DirFS(filepath.Join(root, folder))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "Makefile"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err := errors.Join(err, os.WriteFile(filepath.Join(elsewhere, file), text, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	same := func(here, there string) {
		a, e1 := os.ReadFile(here)
		b, e2 := os.ReadFile(there)
		if err := errors.Join(e1, e2); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("got SHA-256 %x here and %x elsewhere, want the same", sha256.Sum256(a), sha256.Sum256(b))
		}
		stripped(t, here, a)
	}
	built := func(from, arch string) string {
		folder := t.TempDir()
		if err := build(t.Context(), from, folder, arch, "queries"); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(folder, "queries", "bootstrap")
	}
	same(here, built(elsewhere, runtime.GOARCH))
	if archs == 2 {
		other := map[string]string{"amd64": "arm64", "arm64": "amd64"}[runtime.GOARCH]
		same(built(root, other), built(elsewhere, other))
	}
}

// stripped checks that the program has no symbols, is static, and speaks to
// Lambda in no other way than by the Runtime API.
func stripped(t *testing.T, path string, program []byte) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		t.Fatal(err)
	}
	_, symbols := f.Symbols()
	libraries, err := f.ImportedLibraries()
	if !errors.Is(symbols, elf.ErrNoSymbols) || err != nil || libraries != nil || bytes.Contains(program, []byte("net/rpc")) {
		t.Errorf("%s: symbols %v, libraries %v, %v", path, symbols, libraries, err)
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "CGO_ENABLED" && s.Value != "0" {
			t.Errorf("%s: built with %v", path, s)
		}
	}
}

func TestEveryMainIsAFunctionUnderItsName(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	mains := 0
	err = fs.WalkDir(os.DirFS(filepath.Join(root, "functions")), ".", func(_ string, d fs.DirEntry, err error) error {
		if d != nil && d.Name() == "main.go" {
			mains++
		}
		return err
	})
	names, failed := functions(root)
	if err := errors.Join(err, failed); err != nil || len(names) != mains {
		t.Errorf("%d mains are the functions %v: %v", mains, names, err)
	}
}
