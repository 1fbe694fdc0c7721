package runtimeapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/daybook-es/daybook/internal/runtimeapi"
)

// TestMain is a function, in whose place a bootstrap of these tests is this
// program itself.
func TestMain(m *testing.M) {
	switch os.Getenv("BE") {
	case "":
		os.Exit(m.Run())
	case "broken":
		fmt.Println("I cannot start")
		os.Exit(3)
	default:
		lambda.Start(handle)
	}
}

func handle(ctx context.Context, order string) (string, error) {
	switch order {
	case "fail":
		return "", errors.New("no")
	case "panic":
		panic("oh")
	case "exit":
		os.Exit(2)
	case "sleep":
		time.Sleep(time.Hour) //nolint:forbidigo // it outlives its time
	case "say much":
		return strings.Repeat("x", 7<<20), nil
	case "lie":
		url := "http://" + os.Getenv("AWS_LAMBDA_RUNTIME_API") + "/2018-06-01/runtime/invocation/another/response"
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
		if err != nil {
			return "", err
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return "", err
		}
		return answer.Status, answer.Body.Close()
	}
	end, _ := ctx.Deadline()
	invocation, _ := lambdacontext.FromContext(ctx)
	folder, err := os.Getwd()
	fmt.Println("log:", order)
	left := time.Until(end).Round(time.Hour) //nolint:forbidigo // a machine is not half an hour late
	return fmt.Sprintf("%s to %s in %s, %v left, an id %v, HOME %q", order, lambdacontext.FunctionName, filepath.Base(folder), left, invocation.AwsRequestID != "", os.Getenv("HOME")), err
}

// start starts the function, of which everybody thinks that it is a bootstrap.
func start(t testing.TB, be string) (*runtimeapi.Function, *bytes.Buffer, error) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "greeter")
	if err := errors.Join(os.Mkdir(folder, 0o755), os.Symlink(program, filepath.Join(folder, "bootstrap"))); err != nil {
		t.Fatal(err)
	}
	logs := new(bytes.Buffer)
	f, err := runtimeapi.Start(t.Context(), folder, []string{"BE=" + be}, logs)
	if err == nil {
		t.Cleanup(f.Stop)
	}
	return f, logs, err
}

func mustStart(t testing.TB) (*runtimeapi.Function, *bytes.Buffer) {
	t.Helper()
	f, logs, err := start(t, "well")
	if err != nil {
		t.Fatal(err)
	}
	return f, logs
}

func TestAFunctionAnswersOneEventAfterTheOther(t *testing.T) {
	f, logs := mustStart(t)
	for _, name := range []string{"Ada", "Grace"} {
		got, err := f.Invoke(t.Context(), fmt.Appendf(nil, "%q", name), 5*time.Hour)
		want := fmt.Sprintf("%q", name+` to greeter in greeter, 5h0m0s left, an id true, HOME ""`)
		if err != nil || got.Failed || string(got.Payload) != want || got.Took <= 0 {
			t.Errorf("got  %+v %s, %v\nwant %s", got, got.Payload, err, want)
		}
	}
	peak, err := f.PeakMemory()
	f.Stop()
	if err != nil || f.Init <= 0 || peak < 1<<20 || logs.String() != "log: Ada\nlog: Grace\n" {
		t.Errorf("init %v, peak %d, %v, logs %s", f.Init, peak, err, logs)
	}
}

func TestAnErrorIsAnAnswerUnderItsName(t *testing.T) {
	for order, want := range map[string]string{"fail": "errorString: no", "panic": "string: oh", "say much": "Function.ResponseSizeTooLarge: an answer has at most 6291556 bytes"} {
		f, _ := mustStart(t)
		got, err := f.Invoke(t.Context(), fmt.Appendf(nil, "%q", order), time.Hour)
		var says struct{ ErrorType, ErrorMessage string }
		if err != nil || !got.Failed || json.Unmarshal(got.Payload, &says) != nil || says.ErrorType+": "+says.ErrorMessage != want {
			t.Errorf("%s: got %+v %s, %v", order, got, got.Payload, err)
		}
	}
}

func TestAFunctionThatEndsLeavesItsEventUnanswered(t *testing.T) {
	f, _ := mustStart(t)
	for range 2 {
		_, err := f.Invoke(t.Context(), []byte(`"exit"`), time.Hour)
		if ended, ok := errors.AsType[*runtimeapi.EndedError](err); !ok || ended.How != "exit status 2" {
			t.Errorf("got %v", err)
		}
	}
}

func TestAFunctionHasItsTime(t *testing.T) {
	f, _ := mustStart(t)
	if _, err := f.Invoke(t.Context(), []byte(`"sleep"`), 100*time.Millisecond); !errors.Is(err, runtimeapi.ErrTime) {
		t.Errorf("got %v", err)
	}
}

func TestAnAnswerToAnotherEventIsNotTaken(t *testing.T) {
	f, _ := mustStart(t)
	if got, err := f.Invoke(t.Context(), []byte(`"lie"`), time.Hour); err != nil || string(got.Payload) != `"400 Bad Request"` {
		t.Errorf("got %s, %v", got.Payload, err)
	}
}

func TestAFunctionThatDoesNotStartSaysSo(t *testing.T) {
	_, logs, err := start(t, "broken")
	if ended, ok := errors.AsType[*runtimeapi.EndedError](err); !ok || ended.How != "exit status 3" || logs.String() != "I cannot start\n" {
		t.Errorf("got %v, logs %s", err, logs)
	}
	if _, err := runtimeapi.Start(t.Context(), t.TempDir(), nil, logs); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a bootstrap: %v", err)
	}
}
