package dynamostore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// LeaseLife is how long a subscription stays taken by somebody who does not move
// it.
const LeaseLife = 20 * time.Second

// ErrLost is returned when a subscription is somebody else's, or nobody's, now.
var ErrLost = errors.New("the subscription was taken over, or is gone")

// A Lease is a subscription that somebody has taken, to tell it what it was not
// told. Nobody else tells it meanwhile.
type Lease struct {
	Connection, Topic string
	Place             string // after what it was told

	owner  string
	wanted string
}

// Take takes a subscription. Where somebody else has it, that one is told that
// there is more, and will not give it up before it has looked; then, and where it
// is gone, Take returns nil.
func (c *Connections) Take(ctx context.Context, connection, topic string) (*Lease, error) {
	for {
		l := &Lease{Connection: connection, Topic: topic, owner: rand.Text()}
		got, err := c.update(ctx, l, types.ReturnValueAllNew,
			"SET #owner = :owner, #until = :until", "attribute_exists(p) AND (attribute_not_exists(#owner) OR #until < :now)",
			item{":owner": text(l.owner), ":until": millis(LeaseLife), ":now": millis(0)})
		if err == nil {
			return l, l.read(got)
		}
		if !errors.Is(err, ErrLost) {
			return nil, err
		}
		if got == nil {
			return nil, nil
		}
		// It may be given up in between: then nobody would look, and it is tried anew.
		if got, err = c.update(ctx, l, types.ReturnValueNone, "ADD #wanted :one", "attribute_exists(#owner)", item{":one": numeral(1)}); err == nil {
			return nil, nil
		}
		if !errors.Is(err, ErrLost) {
			return nil, err
		}
		if got == nil {
			return nil, nil
		}
	}
}

// Move says how far a subscription was told, and keeps it for as long again. It
// returns [ErrLost] when it is the caller's no more.
func (c *Connections) Move(ctx context.Context, l *Lease, place string) error {
	_, err := c.update(ctx, l, types.ReturnValueNone, "SET #place = :place, #until = :until", "#owner = :owner",
		item{":place": text(place), ":until": millis(LeaseLife), ":owner": text(l.owner)})
	if err == nil {
		l.Place = place
	}
	return err
}

// Release gives a subscription up, unless somebody has said since it was taken, or
// since Release was called last, that there is more: then it returns false.
func (c *Connections) Release(ctx context.Context, l *Lease) (bool, error) {
	got, err := c.update(ctx, l, types.ReturnValueNone, "REMOVE #owner, #until", "#owner = :owner AND #wanted = :wanted",
		item{":owner": text(l.owner), ":wanted": &types.AttributeValueMemberN{Value: l.wanted}})
	if !errors.Is(err, ErrLost) {
		return err == nil, err
	}
	if owner, ok := got["owner"].(*types.AttributeValueMemberS); !ok || owner.Value != l.owner {
		return false, ErrLost
	}
	return false, l.read(got)
}

// Yield gives a subscription up, whatever was said.
func (c *Connections) Yield(ctx context.Context, l *Lease) error {
	_, err := c.update(ctx, l, types.ReturnValueNone, "REMOVE #owner, #until", "#owner = :owner", item{":owner": text(l.owner)})
	return err
}

func (l *Lease) read(i item) error {
	place, okay := i["place"].(*types.AttributeValueMemberS)
	wanted, sane := i["wanted"].(*types.AttributeValueMemberN)
	if !okay || !sane {
		return fmt.Errorf("connections: the subscription of %s to %s makes no sense", l.Connection, l.Topic)
	}
	l.Place, l.wanted = place.Value, wanted.Value
	return nil
}

// update returns [ErrLost], with the item as it is, where the condition fails.
func (c *Connections) update(ctx context.Context, l *Lease, want types.ReturnValue, update, condition string, values item) (item, error) {
	names := make(map[string]string)
	for _, name := range []string{"owner", "until", "wanted", "place"} {
		if strings.Contains(update+condition, "#"+name) {
			names["#"+name] = name
		}
	}
	out, err := c.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &c.table, Key: c.topicAt(l.Topic, l.Connection).item(), UpdateExpression: &update, ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values, ReturnValues: want,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return failed.Item, ErrLost
	}
	if err != nil {
		return nil, fault(ctx, "connections: update "+l.Topic, err)
	}
	return out.Attributes, nil
}
