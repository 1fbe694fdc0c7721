package dynamostore

import (
	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// FromImage reads the commit that a stream record of the table of events has as
// its new image. One that makes no sense, be it for the record of another table
// or of a removal, which has no image, is an [*eventstore.InvalidError], with a
// commit that has nothing but its Stream, where the image names one.
func FromImage(image map[string]events.DynamoDBAttributeValue) (eventstore.Commit, error) {
	i := make(item, len(image))
	for name, a := range image {
		switch a.DataType() {
		case events.DataTypeString:
			i[name] = &types.AttributeValueMemberS{Value: a.String()}
		case events.DataTypeNumber:
			i[name] = &types.AttributeValueMemberN{Value: a.Number()}
		default: // no type that a commit has
			i[name] = &types.AttributeValueMemberNULL{Value: true}
		}
	}
	return decode(i)
}
