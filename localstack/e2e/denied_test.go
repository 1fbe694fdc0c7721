package e2e_test

import (
	"context"
	"net/http"
	"reflect"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/bootstrap"
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/eventually"
)

// A function of the test's own runs in the role of each function of the stack.
func TestNoRoleMayChangeWhatWasWritten(t *testing.T) {
	s := open(t)
	code := bootstrap.Zip(t, bootstrap.Build(t, "localstack/e2e/denied"))
	for _, name := range []string{"Commands", "Queries", "Projector", "Publisher", "Park", "Search", "SagaStart", "SagaTask", "SagaWatch", "SagaSweep", "ReturnsRefund", "ReturnsRestock"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := want(fresh("product"), 1)
			s.place(t, p)
			before := s.placed(t, p)
			var function struct{ Role string }
			s.lambda(t.Context(), t, http.MethodGet, "/"+s.resource(t, name+"Function")+"/configuration", nil, &function)
			said := s.tries(t, code, function.Role, map[string]string{"P": "main/order/" + p.id, "V": "1"})
			if query := said["Query"]; name == "Commands" && query != "" {
				t.Errorf("Query: got %q, and this role may", query)
			}
			delete(said, "Query")
			for action, code := range said {
				if code != "AccessDeniedException" {
					t.Errorf("%s: got %q, want AccessDeniedException", action, code)
				}
			}
			if len(said) < 11 {
				t.Errorf("only these were tried: %v", said)
			}
			if after := s.placed(t, p); !reflect.DeepEqual(after, before) {
				t.Errorf("before %v\nafter  %v", before, after)
			}
		})
	}
}

// placed returns the item that the event of placing an order is in.
func (s *stack) placed(t *testing.T, p *purchase) map[string]types.AttributeValue {
	t.Helper()
	got, err := s.dynamo.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: new(s.outputs["EventsTableName"]), ConsistentRead: new(true), Key: map[string]types.AttributeValue{
			"p": &types.AttributeValueMemberS{Value: "main/order/" + p.id}, "v": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	if err != nil || len(got.Item) == 0 {
		t.Fatalf("got no item of %s, %v", p.id, err)
	}
	return got.Item
}

// tries runs the function in a role, and returns the code that it got for each
// of its attempts on an item.
func (s *stack) tries(t *testing.T, code []byte, role string, item map[string]string) (said map[string]string) {
	t.Helper()
	name := fresh("denied")
	s.lambda(t.Context(), t, http.MethodPost, "", map[string]any{
		"FunctionName": name, "Role": role, "Runtime": "provided.al2023", "Handler": "bootstrap", "Timeout": 30,
		"Code":        map[string]any{"ZipFile": code},
		"Environment": map[string]any{"Variables": map[string]string{cloud.EventsTable: s.outputs["EventsTableName"]}},
	}, nil)
	t.Cleanup(func() { // the test's own context is over by then
		s.lambda(context.Background(), t, http.MethodDelete, "/"+name, nil, nil)
	})
	eventually.Until(t, "the function is active", func() bool {
		var function struct{ State string }
		s.lambda(t.Context(), t, http.MethodGet, "/"+name+"/configuration", nil, &function)
		return function.State == "Active"
	})
	header := s.lambda(t.Context(), t, http.MethodPost, "/"+name+"/invocations", item, &said)
	if kind := header.Get("X-Amz-Function-Error"); kind != "" {
		t.Fatalf("the function failed: %s %v", kind, said)
	}
	return said
}
