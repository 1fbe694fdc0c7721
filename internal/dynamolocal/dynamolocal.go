// Package dynamolocal runs Amazon's DynamoDB Local, which tests and benchmarks
// take for DynamoDB. It keeps everything in memory and ends with the program
// that started it.
package dynamolocal

import (
	"context"
	"os"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Environment variables that this package reads.
const (
	// EnvEndpoint names a DynamoDB that already runs; none is started then.
	EnvEndpoint = "AWS_ENDPOINT_URL_DYNAMODB"
	// EnvFolder names the folder with DynamoDBLocal.jar, where it is not the one
	// that `make tools` installs.
	EnvFolder = "DAYBOOK_DYNAMODB_LOCAL"
)

// server is the one that all tests of a binary share. It is kept here for its
// pipe: DynamoDB Local ends when that is closed.
var server = sync.OnceValue(func() (s struct {
	endpoint string
	stop     func()
	err      error
},
) {
	s.endpoint, s.stop, s.err = Start(context.Background())
	return s
})

// Endpoint returns the address of a DynamoDB that tests share: those of this
// binary, or with [EnvEndpoint] those of all. Each takes a table of its own, with
// a random name. Where this machine cannot run one the test is skipped with a line
// that says what is missing; with CI=true it fails. With -short none is started.
func Endpoint(tb testing.TB) string {
	tb.Helper()
	if testing.Short() && os.Getenv(EnvEndpoint) == "" {
		tb.Skip("with -short no DynamoDB Local is started")
	}
	s := server()
	if s.err != nil && os.Getenv("CI") != "true" && isMissing(s.err) {
		tb.Skip(s.err)
	}
	if s.err != nil {
		tb.Fatal(s.err)
	}
	return s.endpoint
}

// Client returns a client for a DynamoDB that asks nobody who he is.
func Client(endpoint string, options ...func(*dynamodb.Options)) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region:       "us-east-1",
		BaseEndpoint: &endpoint,
		Credentials:  credentials.NewStaticCredentialsProvider("daybook", "daybook", ""),
	}, options...)
}
