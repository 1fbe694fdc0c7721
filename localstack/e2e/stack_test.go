// Package e2e_test proves a deployed stack from outside: by what its API answers,
// and by what its tables hold. `make e2e` runs it.
package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/ministack"
)

// A stack is a Daybook that was deployed to an emulated AWS.
type stack struct {
	endpoint, url string
	outputs       map[string]string
	resources     map[string]string // physical names by those of the template
	aws           aws.Config
	dynamo        *dynamodb.Client
}

var deployed = sync.OnceValues(func() (*stack, error) {
	path := os.Getenv("DAYBOOK_OUTPUTS")
	text, err := os.ReadFile(path)
	var file struct {
		Endpoint, URL      string
		Outputs, Resources map[string]string
	}
	if err == nil {
		err = json.Unmarshal(text, &file)
	}
	if err != nil {
		return nil, fmt.Errorf("DAYBOOK_OUTPUTS=%s: %w", path, err)
	}
	s := &stack{endpoint: file.Endpoint, url: file.URL, outputs: file.Outputs, resources: file.Resources, aws: ministack.Config(file.Endpoint)}
	s.dynamo = dynamodb.NewFromConfig(s.aws)
	return s, nil
})

// open returns the stack that the file DAYBOOK_OUTPUTS describes, which
// localstack/up writes, and lets the test run beside others: they share the stack,
// so each uses products and orders of its own. Without the variable the test is
// skipped; `make e2e` sets it.
func open(t *testing.T) *stack {
	t.Helper()
	if os.Getenv("DAYBOOK_OUTPUTS") == "" {
		t.Skip("DAYBOOK_OUTPUTS describes no stack: `make e2e` brings one up")
	}
	s, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	t.Parallel()
	return s
}

// resource returns the name that a resource of the template has in the stack.
func (s *stack) resource(t *testing.T, logical string) string {
	t.Helper()
	name, ok := s.resources[logical]
	if !ok {
		t.Fatalf("the stack has no %s", logical)
	}
	return name
}
