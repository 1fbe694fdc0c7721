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
	"testing"
)

// The second build is of a copy that lies elsewhere, is in no repository of
// commits, and has files of another time.
func TestABinaryIsMadeOfItsSourceAlone(t *testing.T) {
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
	var hashes [2][sha256.Size]byte
	for i, from := range []string{root, elsewhere} {
		folder := t.TempDir()
		if err := build(t.Context(), from, folder, "queries"); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(folder, "queries", "bootstrap")
		program, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		hashes[i] = sha256.Sum256(program)
		stripped(t, path, program)
	}
	if hashes[0] != hashes[1] {
		t.Errorf("%x here, %x elsewhere", hashes[0], hashes[1])
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
