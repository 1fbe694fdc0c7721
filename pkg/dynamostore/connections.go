package dynamostore

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ConnectionsClient is what [Connections] call of a [dynamodb.Client].
type ConnectionsClient interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	dynamodb.QueryAPIClient
}

// Connections are who is told what happens, and how far each has been told. A
// subscription is an item under its topic, by which it is found when something
// happens, and one under its connection, by which it is removed with that. One
// more says that the connection is there.
type Connections struct {
	client ConnectionsClient
	table  string
	tenant string
}

// NewConnections returns the connections of a tenant in a table, which has the
// form that [Schema] says, and forgets items at [Expires].
func NewConnections(client ConnectionsClient, table, tenant string) *Connections {
	return &Connections{client: client, table: table, tenant: tenant}
}

const (
	// Expires is the attribute at which DynamoDB forgets a connection by itself.
	Expires = "x"

	// longest is how long API Gateway keeps a connection.
	longest = 2 * time.Hour
	// ticketLife is how long a ticket opens one.
	ticketLife = time.Minute
	// mostTopics is how many subscriptions a connection has at most.
	mostTopics = 100
)

// What a connection cannot subscribe to.
var (
	ErrSubscribed = errors.New("the connection is subscribed to the topic already")
	ErrTooMany    = errors.New("the connection has as many subscriptions as there may be")
)

func (c *Connections) ticketAt(ticket string) at {
	return at{p: key(c.tenant, "ticket", ticket), s: "-"}
}

func (c *Connections) topicAt(topic, connection string) at {
	return at{p: key(c.tenant, "topic", topic), s: connection}
}

func (c *Connections) listedAt(connection, topic string) at {
	return at{p: key(c.tenant, "connection", connection), s: topic}
}

func (c *Connections) presentAt(connection string) at {
	return at{p: key(c.tenant, "present", "-"), s: connection}
}

// Ticket makes a ticket, which opens one connection, soon.
func (c *Connections) Ticket(ctx context.Context) (string, error) {
	ticket := rand.Text()
	_, err := c.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.table, Item: c.ticketAt(ticket).of(item{Expires: seconds(ticketLife)})})
	if err != nil {
		return "", fault(ctx, "connections: put a ticket", err)
	}
	return ticket, nil
}

// Admit takes a ticket, and reports whether it was good: then the connection is there.
func (c *Connections) Admit(ctx context.Context, connection, ticket string) (bool, error) {
	if ticket == "" || len(ticket) > 64 {
		return false, nil
	}
	_, err := c.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &c.table, Key: c.ticketAt(ticket).item(),
		ConditionExpression:       new("x > :now"),
		ExpressionAttributeValues: item{":now": seconds(0)},
	})
	if _, none := errors.AsType[*types.ConditionalCheckFailedException](err); none {
		return false, nil
	}
	if err != nil {
		return false, fault(ctx, "connections: take a ticket", err)
	}
	_, err = c.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &c.table, Item: c.presentAt(connection).of(item{Expires: seconds(longest)})})
	if err != nil {
		return false, fault(ctx, "connections: admit", err)
	}
	return true, nil
}

// Any reports whether a connection may be there. One that ended unheard counts
// until DynamoDB forgets it.
func (c *Connections) Any(ctx context.Context) (bool, error) {
	q := c.keys(c.presentAt("").p)
	q.Limit = new(int32(1))
	out, err := c.client.Query(ctx, q)
	if err != nil {
		return false, fault(ctx, "connections: look for one", err)
	}
	return len(out.Items) > 0, nil
}

// Join makes a subscription, which the caller has taken.
func (c *Connections) Join(ctx context.Context, connection, topic, place string) (*Lease, error) {
	all, err := c.query(ctx, c.listedAt(connection, topic).p)
	if err != nil {
		return nil, err
	}
	if slices.Contains(all, topic) {
		return nil, ErrSubscribed
	}
	if len(all) >= mostTopics {
		return nil, ErrTooMany
	}
	l := &Lease{Connection: connection, Topic: topic, Place: place, owner: rand.Text(), wanted: "0"}
	_, err = c.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &c.table, Item: c.listedAt(connection, topic).of(item{Expires: seconds(longest)}),
	})
	if err != nil {
		return nil, fault(ctx, "connections: list "+topic, err)
	}
	_, err = c.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &c.table, Item: c.topicAt(topic, connection).of(item{
			Expires: seconds(longest), "place": text(place), "owner": text(l.owner), "until": millis(LeaseLife), "wanted": numeral(0),
		}),
	})
	if err != nil {
		return nil, fault(ctx, "connections: join "+topic, err)
	}
	return l, nil
}

// Leave ends a subscription, and reports whether there was one.
func (c *Connections) Leave(ctx context.Context, connection, topic string) (bool, error) {
	var old item
	for _, a := range []at{c.topicAt(topic, connection), c.listedAt(connection, topic)} {
		out, err := c.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &c.table, Key: a.item(), ReturnValues: types.ReturnValueAllOld})
		if err != nil {
			return false, fault(ctx, "connections: leave "+topic, err)
		}
		old = out.Attributes
	}
	return old != nil, nil
}

// Forget ends a connection with all its subscriptions.
func (c *Connections) Forget(ctx context.Context, connection string) error {
	all, err := c.query(ctx, c.listedAt(connection, "").p)
	if err != nil {
		return err
	}
	for _, topic := range all {
		if _, err := c.Leave(ctx, connection, topic); err != nil {
			return err
		}
	}
	if _, err := c.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &c.table, Key: c.presentAt(connection).item()}); err != nil {
		return fault(ctx, "connections: forget "+connection, err)
	}
	return nil
}

// Of returns the connections that are subscribed to a topic.
func (c *Connections) Of(ctx context.Context, topic string) ([]string, error) {
	return c.query(ctx, c.topicAt(topic, "").p)
}

// query returns the sort keys of a partition, as it is now.
func (c *Connections) query(ctx context.Context, p string) (all []string, err error) {
	pages := dynamodb.NewQueryPaginator(c.client, c.keys(p))
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fault(ctx, "connections: read "+p, err)
		}
		for _, i := range page.Items {
			r := reader{item: i}
			all = append(all, r.text("s"))
		}
	}
	return all, nil
}

func (c *Connections) keys(p string) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName: &c.table, ConsistentRead: new(true), KeyConditionExpression: new("p = :p"),
		ExpressionAttributeValues: item{":p": text(p)}, ProjectionExpression: new("s"),
	}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func seconds(from time.Duration) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Add(from).Unix(), 10)}
}

func millis(from time.Duration) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Add(from).UnixMilli(), 10)}
}
