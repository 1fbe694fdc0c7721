package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// moduleRoot returns the folder with go.mod that the working directory is in.
func moduleRoot() (string, error) {
	root, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(root, "go.mod")); missing == nil {
			return root, nil
		}
		if root == filepath.Dir(root) {
			err = errors.New("this is no checkout of Daybook; run it where go.mod lies")
		}
		root = filepath.Dir(root)
	}
	return "", err
}

// functions returns the names of all functions: functions/saga/task is saga-task.
func functions(root string) (names []string, err error) {
	for _, pattern := range []string{"functions/*/main.go", "functions/*/*/main.go"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			return nil, err
		}
		for _, file := range found {
			name, err := filepath.Rel(filepath.Join(root, "functions"), filepath.Dir(file))
			if err != nil {
				return nil, err
			}
			names = append(names, strings.ReplaceAll(filepath.ToSlash(name), "/", "-"))
		}
	}
	return names, nil
}

// build builds a function into a folder by `make build`.
func build(ctx context.Context, root, folder, arch, name string) error {
	cmd := exec.CommandContext(ctx, "make", "--no-print-directory", "build", "ARCH="+arch, "BUILD="+folder, "FUNCTIONS="+name)
	cmd.Dir = root
	if said, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", name, err, said)
	}
	return nil
}
