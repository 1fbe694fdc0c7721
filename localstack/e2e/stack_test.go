// Package e2e_test proves a deployed stack from outside: by what its API answers,
// and by what its tables hold. `make e2e` runs it.
package e2e_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/ministack"
)

// A stack is a Daybook that was deployed to an emulated AWS.
type stack struct {
	name, url string
	outputs   map[string]string
	aws       aws.Config
	dynamo    *dynamodb.Client
}

var deployed = sync.OnceValues(func() (*stack, error) {
	endpoint := os.Getenv("AWS_ENDPOINT_URL")
	s := &stack{name: os.Getenv("DAYBOOK_STACK"), outputs: make(map[string]string), aws: ministack.Config(endpoint)}
	found, err := cloudformation.NewFromConfig(s.aws).DescribeStacks(context.Background(), &cloudformation.DescribeStacksInput{StackName: &s.name})
	if err != nil {
		return nil, fmt.Errorf("stack %s at AWS_ENDPOINT_URL=%s: %w", s.name, endpoint, err)
	}
	for _, o := range found.Stacks[0].Outputs {
		s.outputs[*o.OutputKey] = *o.OutputValue
	}
	s.url = endpoint + "/_aws/execute-api/" + s.outputs["ApiId"]
	s.dynamo = dynamodb.NewFromConfig(s.aws)
	return s, nil
})

// open returns the stack that DAYBOOK_STACK names, at AWS_ENDPOINT_URL. Without
// a name there is nothing to prove, and the test is skipped: this ring is run by
// `make e2e` alone, which always gives one.
func open(t *testing.T) *stack {
	t.Helper()
	if os.Getenv("DAYBOOK_STACK") == "" {
		t.Skip("DAYBOOK_STACK names no stack to prove: `make e2e` brings one up")
	}
	s, err := deployed()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// resource returns the name that a resource of the template has in the stack.
func (s *stack) resource(t *testing.T, logical string) string {
	t.Helper()
	found, err := cloudformation.NewFromConfig(s.aws).DescribeStackResource(t.Context(), &cloudformation.DescribeStackResourceInput{
		StackName: &s.name, LogicalResourceId: &logical,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *found.StackResourceDetail.PhysicalResourceId
}
