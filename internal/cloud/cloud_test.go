package cloud_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/daybook-es/daybook/internal/app"
	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// whole is an environment in which nothing is missing.
func whole(t *testing.T) {
	t.Helper()
	for name, value := range map[string]string{
		"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "session", "AWS_ENDPOINT_URL": "",
		cloud.EventsTable: "shop-events", cloud.ViewsTable: "shop-views", cloud.SandboxTable: "shop-sandbox", cloud.Tenant: "", cloud.LogLevel: "",
	} {
		t.Setenv(name, value)
	}
}

func TestTheTenantIsThatOfTheEmbeddedRunUnlessTheTemplateNamesAnother(t *testing.T) {
	whole(t)
	if got := cloud.Env().Tenant; got != app.Tenant {
		t.Errorf("got %q", got)
	}
	t.Setenv(cloud.Tenant, "other")
	if got := cloud.Env().Tenant; got != "other" {
		t.Errorf("got %q", got)
	}
}

func TestOneErrorNamesAllThatWasAskedForAndIsMissing(t *testing.T) {
	whole(t)
	for _, name := range []string{cloud.EventsTable, cloud.ViewsTable, cloud.SandboxTable, "AWS_REGION", "AWS_ACCESS_KEY_ID"} {
		t.Setenv(name, "")
	}
	env := cloud.Env()
	env.World()
	env.Events()
	const want = "the environment lacks AWS_REGION, AWS_ACCESS_KEY_ID, DAYBOOK_SANDBOX_TABLE, DAYBOOK_EVENTS_TABLE; " +
		"infra/template.yaml sets what begins with DAYBOOK, Lambda the rest"
	if err := env.Err(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestALogLevelThatIsNoneIsAnError(t *testing.T) {
	whole(t)
	t.Setenv(cloud.LogLevel, "loud")
	if err := cloud.Env().Err(); err == nil || err.Error() != `DAYBOOK_LOG_LEVEL is "loud"; it is debug, info, warn or error` {
		t.Errorf("got %v", err)
	}
}

// A request of the SDK goes to the endpoint, signed for the region by the
// session's key, and is sent again when it was throttled.
func TestTheSDKIsToldWhatTheEnvironmentSays(t *testing.T) {
	whole(t)
	var asked []*http.Request
	aws := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked = append(asked, r); len(asked) < 5 {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}`)
			return
		}
		fmt.Fprint(w, `{"Items": []}`)
	}))
	defer aws.Close()
	t.Setenv("AWS_ENDPOINT_URL", aws.URL)
	stream := eventstore.StreamID{Tenant: "t", Category: "c", ID: "i"}
	for _, err := range cloud.Env().Events().Read(t.Context(), stream, eventstore.NoStream(stream)) {
		t.Error(err)
	}
	if len(asked) != 5 {
		t.Fatalf("asked %d times", len(asked))
	}
	h := asked[4].Header
	if by := h.Get("Authorization"); !strings.HasPrefix(by, "AWS4-HMAC-SHA256 Credential=id/") || !strings.Contains(by, "/eu-central-1/dynamodb/") || h.Get("X-Amz-Security-Token") != "session" {
		t.Errorf("headers %v", h)
	}
}

func TestALineOfTheLogIsInLambdasFormAndNamesTheInvocation(t *testing.T) {
	whole(t)
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
	lines := logged(t, func(log *slog.Logger) {
		log.DebugContext(ctx, "unseen")
		log.With("stream", "order-1").InfoContext(ctx, "seen", "version", 3)
	})
	var line map[string]any
	if err := json.Unmarshal([]byte(lines), &line); err != nil {
		t.Fatalf("%v: %s", err, lines)
	}
	if _, ok := line["timestamp"].(string); !ok {
		t.Errorf("no timestamp: %s", lines)
	}
	delete(line, "timestamp")
	if got := fmt.Sprint(line); got != "map[level:INFO message:seen requestId:r-1 stream:order-1 version:3]" {
		t.Errorf("got %s", got)
	}
}

// logged returns what a function's log says to standard output.
func logged(t *testing.T, say func(*slog.Logger)) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdout
	os.Stdout = w
	say(cloud.Env().Log)
	os.Stdout = was
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	if _, err := io.Copy(&all, r); err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func Example() {
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "daybook", "AWS_SECRET_ACCESS_KEY": "daybook", "DAYBOOK_EVENTS_TABLE": "events",
	} {
		os.Setenv(name, value)
		defer os.Unsetenv(name)
	}
	env := cloud.Env()
	_, table := env.Events(), env.Get(cloud.EventsTable)
	fmt.Println(table, env.Tenant, env.Err())
	// Output: events main <nil>
}

func TestAnEmulatorHasTheFlowUnderItsOwnAddress(t *testing.T) {
	whole(t)
	t.Setenv(cloud.Live, "wss://a1.execute-api.eu-central-1.amazonaws.com/live")
	env := cloud.Env()
	if flow, stage := env.Flow(), env.Stage(); flow != os.Getenv(cloud.Live) || stage != "https://a1.execute-api.eu-central-1.amazonaws.com/live" {
		t.Errorf("on AWS: %s, %s", flow, stage)
	}
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
	env = cloud.Env()
	if flow, stage := env.Flow(), env.Stage(); flow != "ws://127.0.0.1:4566/_aws/execute-api/a1/live" || stage != "http://127.0.0.1:4566/_aws/execute-api/a1/live" {
		t.Errorf("emulated: %s, %s", flow, stage)
	}
}
