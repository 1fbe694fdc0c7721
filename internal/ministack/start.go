package ministack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"github.com/daybook-es/daybook/internal/lifeline"
)

// What the emulators take themselves for.
const (
	Region  = "us-east-1"
	Account = "000000000000"
)

// MissingError: an emulator cannot run on this machine.
type MissingError struct{ What string }

// Error implements error.
func (e *MissingError) Error() string {
	return "the emulated AWS needs " + e.What + " (`make tools` installs it; Python 3.10 with venv must be there)"
}

func isMissing(err error) bool {
	_, ok := errors.AsType[*MissingError](err)
	return ok
}

// Start runs a MiniStack of the caller's own on a free port and returns its
// address as soon as it answers. It ends as a [lifeline.Server] does, and leaves
// no file behind. Where it is not installed the error is a [*MissingError].
func Start(ctx context.Context) (endpoint string, log *lifeline.Log, stop func(), err error) {
	return lifeline.OnFreePort(ctx, func(port int) (*lifeline.Log, func(), error) {
		endpoint := fmt.Sprintf("http://127.0.0.1:%d", port)
		return start(ctx, lifeline.Server{
			Name: "MiniStack",
			Args: []string{"-m", "ministack"},
			Env: []string{
				"BIND_HOST=127.0.0.1", "GATEWAY_PORT=" + strconv.Itoa(port), "MINISTACK_HOST=localhost", "AWS_ENDPOINT_URL=" + endpoint,
				"MINISTACK_REGION=" + Region, "MINISTACK_ACCOUNT_ID=" + Account, "IOT_MTLS_ENABLED=0", "SFTP_ENABLED=0",
			},
			URL:    endpoint + "/_ministack/health",
			Status: http.StatusOK,
		})
	})
}

// motoMain serves Step Functions with an engine that runs what it is given.
const motoMain = `import sys
from moto.core.config import default_user_config
default_user_config["stepfunctions"] = {"execute_state_machine": True}
from moto.server import main
main(["-H", "127.0.0.1", "-p", sys.argv[1]])`

// StartMoto runs moto as [Start] runs MiniStack. The tasks of its machines call
// what is deployed at the address tasks.
func StartMoto(ctx context.Context, tasks string) (endpoint string, log *lifeline.Log, stop func(), err error) {
	called, err := url.Parse(tasks)
	if err != nil {
		return "", nil, nil, err
	}
	return lifeline.OnFreePort(ctx, func(port int) (*lifeline.Log, func(), error) {
		return start(ctx, lifeline.Server{
			Name: "moto",
			Args: []string{"-c", motoMain, strconv.Itoa(port)},
			Env: []string{
				"MOTO_PORT=" + called.Port(), "MOTO_ACCOUNT_ID=" + Account,
				"AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_DEFAULT_REGION=" + Region,
			},
			URL:    fmt.Sprintf("http://127.0.0.1:%d/moto-api/", port),
			Status: http.StatusOK,
		})
	})
}

// start runs a server by the checkout's Python, in an environment that holds
// nothing of the caller's AWS, and with a folder of its own for what it writes.
func start(ctx context.Context, server lifeline.Server) (*lifeline.Log, func(), error) {
	python, err := python()
	if err != nil {
		return nil, nil, err
	}
	folder, err := os.MkdirTemp("", "daybook-emulator-*")
	if err != nil {
		return nil, nil, err
	}
	server.Args = append([]string{python}, server.Args...)
	server.Dir, server.Scratch = folder, folder
	server.Env = append(server.Env, "PATH="+os.Getenv("PATH"), "HOME="+folder, "TMPDIR="+folder, "S3_DATA_DIR="+folder, "STATE_DIR="+folder)
	return server.Start(ctx)
}

// python returns the interpreter of the virtual environment that `make tools`
// makes below the root of the module.
func python() (string, error) {
	root, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for root != filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		root = filepath.Dir(root)
	}
	if _, err := os.Stat(filepath.Join(root, ".tools/emulators/installed")); err != nil {
		return "", &MissingError{What: "its Python packages"}
	}
	return filepath.Join(root, ".tools/emulators/bin/python"), nil
}
