package ministack

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// exists are the codes by which the services say that something exists already.
var exists = []string{
	"ResourceAlreadyExistsException", "ResourceInUseException", "ResourceConflictException", "StateMachineAlreadyExists",
	"QueueAlreadyExists", "QueueNameExists", "BucketAlreadyOwnedByYou",
}

// Create calls create with a configuration whose clients send each request once,
// again while it gets no whole reply, at most ten times: an emulator that is busy
// creates something, loses the reply, and refuses to create it again. What exists
// after a reply was lost is what create has made. What exists before is an error.
func Create(c aws.Config, create func(once aws.Config) error) (err error) {
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	for lost := range 10 {
		err = create(c)
		api, answered := errors.AsType[smithy.APIError](err)
		if answered && lost > 0 && slices.Contains(exists, api.ErrorCode()) {
			return nil
		}
		_, unsent := errors.AsType[*smithyhttp.RequestSendError](err)
		_, cutOff := errors.AsType[*smithy.DeserializationError](err)
		if answered || !unsent && !cutOff {
			return err
		}
	}
	return err
}
