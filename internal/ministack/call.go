package ministack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The client library of a service that only tests call takes longer to compile
// than the tests take to run. These two call such a service directly. They send
// each request once, and their errors are those of a client.

// Call calls an operation of a service with AWS's JSON protocol, such as
// "AmazonSQS.CreateQueue": in is its request and out, if not nil, its response.
func Call(ctx context.Context, config aws.Config, operation string, in, out any) error {
	service, _, _ := strings.Cut(operation, ".")
	service = strings.ToLower(strings.TrimPrefix(service, "Amazon"))
	header := http.Header{"Content-Type": {"application/x-amz-json-1.0"}, "X-Amz-Target": {operation}}
	_, err := send(ctx, config, service, http.MethodPost, "/", header, in, out)
	return err
}

// Lambda calls Lambda's API at a path below /2015-03-31/functions, and returns the
// header of the response.
func Lambda(ctx context.Context, config aws.Config, method, path string, in, out any) (http.Header, error) {
	return send(ctx, config, "lambda", method, "/2015-03-31/functions"+path, http.Header{"Content-Type": {"application/json"}}, in, out)
}

func send(ctx context.Context, config aws.Config, service, method, path string, header http.Header, in, out any) (http.Header, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, method, *config.BaseEndpoint+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header = header
	credentials, err := config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, r, hex.EncodeToString(hash[:]), service, config.Region, time.Now()); err != nil {
		return nil, err
	}
	response, err := web.Do(r)
	if err != nil {
		return nil, &smithyhttp.RequestSendError{Err: err}
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, &smithy.DeserializationError{Err: err, Snapshot: text}
	}
	if response.StatusCode >= http.StatusBadRequest {
		return nil, failure(response.Header, text)
	}
	if out != nil {
		err = json.Unmarshal(text, out)
	}
	return response.Header, err
}

// failure returns the error of a response. Its code is in a header, or in the
// body after a namespace.
func failure(header http.Header, text []byte) error {
	var problem struct {
		Type string `json:"__type"`
	}
	_ = json.Unmarshal(text, &problem) // a body that is no JSON is the message all the same
	code := header.Get("X-Amzn-Errortype")
	if code == "" {
		code = problem.Type[strings.LastIndex(problem.Type, "#")+1:]
	}
	return &smithy.GenericAPIError{Code: code, Message: string(text)}
}
