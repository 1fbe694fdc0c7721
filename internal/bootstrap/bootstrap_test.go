package bootstrap_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/daybook-es/daybook/internal/bootstrap"
)

func TestAFunctionIsTakenFromTheFolderThatTheEnvironmentNames(t *testing.T) {
	folder := t.TempDir()
	t.Setenv(bootstrap.EnvBuild, folder)
	want := filepath.Join(folder, "saga-task", "bootstrap")
	if err := errors.Join(os.Mkdir(filepath.Dir(want), 0o755), os.WriteFile(want, []byte("program"), 0o755)); err != nil {
		t.Fatal(err)
	}
	if got := bootstrap.Of(t, "saga-task"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	packed := bootstrap.Zip(t, want)
	files, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil || len(files.File) != 1 || files.File[0].Name != "bootstrap" || files.File[0].Mode() != 0o755 {
		t.Errorf("got %+v, %v, want one program named bootstrap", files, err)
	}
}

func TestAFunctionIsBuiltWhereTheEnvironmentNamesNoFolder(t *testing.T) {
	t.Setenv(bootstrap.EnvBuild, "")
	program, err := os.ReadFile(bootstrap.Of(t, "saga-task"))
	if err != nil || !bytes.HasPrefix(program, []byte("\x7fELF")) {
		t.Errorf("got %.4q, %v, want a program for Linux", program, err)
	}
}
