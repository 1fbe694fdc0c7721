// Package ministack runs MiniStack, which tests take for AWS where DynamoDB
// Local is not enough: functions, queues, buses, and Step Functions; and moto,
// whose Step Functions engine is another one. docs/fidelity.md says what each of
// them proves.
package ministack

import (
	"context"
	"net/http"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go/logging"

	"github.com/daybook-es/daybook/internal/lifeline"
)

// Environment variables that this package reads: each names an emulator that runs
// already, and none is started then.
const (
	EnvEndpoint = "DAYBOOK_MINISTACK"
	EnvMoto     = "DAYBOOK_MOTO" // its tasks call the one at [EnvEndpoint]
)

// emulator is one that all tests of a binary share. It is kept for the line by
// which it lives.
type emulator struct {
	endpoint string
	log      *lifeline.Log // nil: it was started elsewhere
	stop     func()
	err      error
}

var ministack = sync.OnceValue(func() (e emulator) {
	if e.endpoint = os.Getenv(EnvEndpoint); e.endpoint == "" {
		e.endpoint, e.log, e.stop, e.err = Start(context.Background())
	}
	return e
})

var moto = sync.OnceValue(func() (e emulator) {
	if e.endpoint = os.Getenv(EnvMoto); e.endpoint != "" {
		return e
	}
	if e.err = ministack().err; e.err == nil {
		e.endpoint, e.log, e.stop, e.err = StartMoto(context.Background(), ministack().endpoint)
	}
	return e
})

// Endpoint returns the address of a MiniStack that tests share: those of this
// binary, or with [EnvEndpoint] those of all. Each gives random names to what it
// creates, and resets nothing. It enforces no permissions.
// Where this machine cannot run one the test is skipped with a line that says
// what is missing; with CI=true it fails. With -short none is started. When the test fails, what MiniStack
// wrote meanwhile is in the test's log.
func Endpoint(tb testing.TB) string {
	tb.Helper()
	return use(tb, EnvEndpoint, ministack)
}

// Moto returns the address of moto's Step Functions, which its tests share as
// they share [Endpoint]: the tasks of its machines call what is deployed there.
func Moto(tb testing.TB) string {
	tb.Helper()
	return use(tb, EnvMoto, moto)
}

func use(tb testing.TB, variable string, started func() emulator) string {
	tb.Helper()
	if testing.Short() && os.Getenv(variable) == "" {
		tb.Skip("with -short no emulator is started")
	}
	e := started()
	if e.err != nil && os.Getenv("CI") != "true" && isMissing(e.err) {
		tb.Skip(e.err)
	}
	if e.err != nil {
		tb.Fatal(e.err)
	}
	if e.log == nil {
		return e.endpoint
	}
	written := e.log.Len()
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("%s wrote:\n%s", e.endpoint, e.log.From(written))
		}
	})
	return e.endpoint
}

// web keeps no connection: an emulator that is busy closes one that is kept, and
// a request that meets it is done and has no reply.
var web = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// Config returns what a client needs to call an emulator, which checks no
// signature. It says nothing of checksums that the emulator leaves out.
func Config(endpoint string) aws.Config {
	return aws.Config{
		Region:       Region,
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient:   web,
		Logger:       logging.Nop{},
	}
}
