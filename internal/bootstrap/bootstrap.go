// Package bootstrap gives tests the functions as programs for Lambda on this
// machine.
package bootstrap

import (
	"archive/zip"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// EnvBuild is the environment variable that names the absolute path of a folder
// with functions that `make build` has just built for this machine.
const EnvBuild = "DAYBOOK_BUILD"

const module = "github.com/daybook-es/daybook/"

// Of returns the path of a function by its name: functions/saga/task is
// saga-task. It is that in the folder of [EnvBuild], where there is one: who set
// it promises that it is fresh. Otherwise the function is built, but skips the
// test with -short.
func Of(t testing.TB, name string) string {
	t.Helper()
	if folder := os.Getenv(EnvBuild); folder != "" {
		path := filepath.Join(folder, name, "bootstrap")
		if _, err := os.Stat(path); err != nil {
			t.Fatalf("%s is %s: %v", EnvBuild, folder, err)
		}
		return path
	}
	return Build(t, "functions/"+strings.Replace(name, "-", "/", 1))
}

// Build builds a package of this module, in a folder relative to its root, with
// the flags of `make build`, and returns the program's path. It skips the test
// with -short.
func Build(t testing.TB, folder string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("with -short no function is built")
	}
	path := filepath.Join(t.TempDir(), strings.ReplaceAll(strings.TrimPrefix(folder, "functions/"), "/", "-"), "bootstrap")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc,nethttpomithttp2", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w",
		"-o", path, module+folder)
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+runtime.GOARCH, "GOFLAGS=")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", folder, err, said)
	}
	return path
}

// Zip returns a program as Lambda takes it.
func Zip(t testing.TB, path string) []byte {
	t.Helper()
	program, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	header := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	header.SetMode(0o755)
	f, err := w.CreateHeader(header)
	if err == nil {
		_, err = f.Write(program)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
