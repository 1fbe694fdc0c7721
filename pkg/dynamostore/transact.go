package dynamostore

import (
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// raced reports whether a write came to nothing because somebody else wrote
// first: before it, when one of a transaction's conditions fails, or at this very
// moment. Throttling cancels transactions too, and is no race.
func raced(err error) bool {
	_, conflict := errors.AsType[*types.TransactionConflictException](err)
	return conflict || cancelled(err, "ConditionalCheckFailed", "TransactionConflict")
}

// cancelled reports whether a transaction was cancelled for one of the reasons.
func cancelled(err error, reasons ...string) bool {
	c, ok := errors.AsType[*types.TransactionCanceledException](err)
	return ok && slices.ContainsFunc(c.CancellationReasons, func(r types.CancellationReason) bool {
		return r.Code != nil && slices.Contains(reasons, *r.Code)
	})
}

// sizeOf returns what DynamoDB counts for an item, in bytes.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
func sizeOf(i item) int {
	size := 0
	for name, a := range i {
		size += len(name) + sizeOfValue(a)
	}
	return size
}

func sizeOfValue(a types.AttributeValue) int {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		return len(a.Value)
	case *types.AttributeValueMemberB:
		return len(a.Value)
	case *types.AttributeValueMemberN:
		return (len(a.Value)+1)/2 + 1
	case *types.AttributeValueMemberM:
		return 3 + len(a.Value) + sizeOf(a.Value)
	default:
		return 1
	}
}
