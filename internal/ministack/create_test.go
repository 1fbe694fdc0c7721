package ministack_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/daybook-es/daybook/internal/ministack"
)

// replies are what the requests get, one after the other. Of an empty one the
// connection breaks.
type replies []string

func (r *replies) Do(request *http.Request) (*http.Response, error) {
	next := (*r)[0]
	*r = (*r)[1:]
	if next == "" {
		return nil, errors.New("connection reset by peer")
	}
	status := http.StatusOK
	if strings.Contains(next, "__type") {
		status = http.StatusBadRequest
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: request, Body: io.NopCloser(strings.NewReader(next))}, nil
}

func TestWhatExistsIsOursOnlyAfterAReplyWasLost(t *testing.T) {
	const lost, cutOff, made = "", `{"stateMachineArn":"arn`, "{}"
	const exists, refused = `{"__type":"StateMachineAlreadyExists"}`, `{"__type":"InvalidName"}`
	for _, c := range []struct {
		replies replies
		want    string // the error's code
	}{
		{replies{made}, ""},
		{replies{lost, made}, ""},
		{replies{lost, exists}, ""},
		{replies{cutOff, exists}, ""},
		{replies{lost, cutOff, exists}, ""},
		{replies{exists}, "StateMachineAlreadyExists"},
		{replies{lost, refused}, "InvalidName"},
	} {
		left := c.replies
		config := ministack.Config("http://127.0.0.1:1")
		config.HTTPClient = &left
		err := ministack.Create(config, func(once aws.Config) error {
			_, err := sfn.NewFromConfig(once).CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
				Name: new("m"), Definition: new("{}"), RoleArn: new("r"),
			})
			return err
		})
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || len(left) > 0 {
			t.Errorf("%q: got %v with %d replies left, want %q", c.replies, err, len(left), c.want)
		}
	}
}
