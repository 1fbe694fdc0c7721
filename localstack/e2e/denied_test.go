package e2e_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/daybook-es/daybook/internal/cloud"
)

// A function of the test's own runs in the role of each function of the stack.
func TestNoRoleMayChangeWhatWasWritten(t *testing.T) {
	s := open(t)
	functions, table, code := lambda.NewFromConfig(s.aws), s.outputs["EventsTableName"], denied(t)
	p := want(s.receive(t, 10), 1)
	s.place(t, p)
	item := func() map[string]types.AttributeValue {
		got, err := s.dynamo.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, ConsistentRead: new(true), Key: map[string]types.AttributeValue{
			"p": &types.AttributeValueMemberS{Value: "main/order/" + p.id}, "v": &types.AttributeValueMemberN{Value: "1"},
		}})
		if err != nil || len(got.Item) == 0 {
			t.Fatalf("the item is not there: %v", err)
		}
		return got.Item
	}
	before := item()

	for _, name := range []string{"Commands", "Queries", "Projector", "Publisher", "Park", "Search", "SagaStart", "SagaTask", "SagaWatch", "SagaSweep", "ReturnsRefund", "ReturnsRestock"} {
		t.Run(name, func(t *testing.T) {
			role, err := functions.GetFunctionConfiguration(t.Context(), &lambda.GetFunctionConfigurationInput{FunctionName: new(s.resource(t, name+"Function"))})
			if err != nil {
				t.Fatal(err)
			}
			said := s.tries(t, functions, code, *role.Role, map[string]string{"P": "main/order/" + p.id, "V": "1"})
			if query := said["Query"]; name == "Commands" && query != "" {
				t.Errorf("Query: %q, and this role may", query)
			}
			delete(said, "Query")
			for action, code := range said {
				if code != "AccessDeniedException" {
					t.Errorf("%s: %q", action, code)
				}
			}
			if len(said) < 11 {
				t.Errorf("only these were tried: %v", said)
			}
		})
	}
	if after := item(); !reflect.DeepEqual(after, before) {
		t.Errorf("before %v\nafter  %v", before, after)
	}
}

// denied builds the function and packs it as Lambda wants it.
func denied(t *testing.T) []byte {
	t.Helper()
	bootstrap := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "lambda.norpc", "-o", bootstrap, "./denied")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	program, err := os.ReadFile(bootstrap)
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

// tries runs the function in a role, and returns the code that it got for each
// of its attempts on an item.
func (s *stack) tries(t *testing.T, functions *lambda.Client, code []byte, role string, item map[string]string) (said map[string]string) {
	t.Helper()
	name := fresh("denied")
	_, err := functions.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
		FunctionName: &name, Role: &role, Runtime: lambdatypes.RuntimeProvidedal2023, Handler: new("bootstrap"), Timeout: new(int32(30)),
		Code:        &lambdatypes.FunctionCode{ZipFile: code},
		Environment: &lambdatypes.Environment{Variables: map[string]string{cloud.EventsTable: s.outputs["EventsTableName"]}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // the test's own context is over by then
		if _, err := functions.DeleteFunction(context.Background(), &lambda.DeleteFunctionInput{FunctionName: &name}); err != nil {
			t.Error(err)
		}
	})
	err = lambda.NewFunctionActiveV2Waiter(functions).Wait(t.Context(), &lambda.GetFunctionInput{FunctionName: &name}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	got, err := functions.Invoke(t.Context(), &lambda.InvokeInput{FunctionName: &name, Payload: payload})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got.Payload, &said); err != nil || got.FunctionError != nil {
		t.Fatalf("%s: %v", got.Payload, err)
	}
	return said
}
