package cloud

import (
	"math/rand/v2"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

const (
	// attempts that are refused at once take less than two seconds, pauses
	// between them included: every function has more.
	attempts = 5
	pause    = 50 * time.Millisecond // doubled before each, and jittered
	// patience ends an attempt that nobody answers, so that there is time for
	// another.
	patience = 5 * time.Second
)

// config is what the SDK's own loader makes of a function's environment. That
// looks in files and at the network besides, and with all it links it doubles
// what a function weighs and how long it takes to start.
func (e *Environment) config() aws.Config {
	c := aws.Config{
		Region:      e.Get("AWS_REGION"),
		Credentials: credentials.NewStaticCredentialsProvider(e.Get("AWS_ACCESS_KEY_ID"), e.Get("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
		HTTPClient:  awshttp.NewBuildableClient().WithTimeout(patience),
		Logger:      sdkLogger(e.Log),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) {
				o.MaxAttempts, o.Backoff = attempts, retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
					return rand.N(pause << attempt), nil
				})
			})
		},
	}
	if endpoint := os.Getenv("AWS_ENDPOINT_URL"); endpoint != "" {
		c.BaseEndpoint = &endpoint
	}
	return c
}

// dynamoDB returns the one client of the function. It leaves checksums alone:
// TLS guards what arrives, and of an answer without one the SDK says each time
// that it does not match.
func (e *Environment) dynamoDB() *dynamodb.Client {
	if e.dynamo == nil {
		e.dynamo = dynamodb.NewFromConfig(e.AWS, func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true })
	}
	return e.dynamo
}
