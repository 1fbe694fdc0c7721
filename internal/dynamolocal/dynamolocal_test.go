package dynamolocal_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/testsize"
)

func TestTheSharedServerAnswersAClient(t *testing.T) {
	client := dynamolocal.Client(dynamolocal.Endpoint(t))
	if _, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{}); err != nil {
		t.Fatal(err)
	}
}

// In the gate the tests of lifeline and withservers prove it, for one JVM less.
func TestAServerEndsWhenItIsStopped(t *testing.T) {
	if (testsize.N{Soak: 1}).Get() == 0 {
		t.Skip("only in a soak: it starts a second DynamoDB Local")
	}
	dynamolocal.Endpoint(t) // skips where none can run
	t.Setenv(dynamolocal.EnvEndpoint, "")
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, endpoint, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Fatalf("%s still answers", endpoint)
	}
}

func TestWhatIsMissingIsSaidInOneLine(t *testing.T) {
	t.Setenv(dynamolocal.EnvEndpoint, "")
	t.Setenv(dynamolocal.EnvFolder, t.TempDir())
	_, _, err := dynamolocal.Start(t.Context())
	missing, ok := errors.AsType[*dynamolocal.MissingError](err)
	if !ok || missing.What != "its jar at DAYBOOK_DYNAMODB_LOCAL" {
		t.Fatalf("got %v", err)
	}
}

func TestAServerThatRunsAlreadyIsTakenAsItIs(t *testing.T) {
	t.Setenv(dynamolocal.EnvEndpoint, "http://127.0.0.1:8000")
	endpoint, stop, err := dynamolocal.Start(t.Context())
	if err != nil || endpoint != "http://127.0.0.1:8000" {
		t.Fatalf("got %q, %v", endpoint, err)
	}
	stop()
}
