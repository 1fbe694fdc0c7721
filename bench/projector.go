package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
)

// A batch of the stream, as the projector gets it: the commits of so many orders,
// of which each fills one row in each of its views several times.
const (
	batchOrders = 20
	batchEach   = 5 // commits of one order
)

// projecting compares the projector, from a batch of the stream to its rows, with
// the bare writes that it came to, sent again without their conditions by as many
// at once. It counts what is written, and what a list of 50 costs.
func projecting(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table, views, rounds = "events", "views", 12
	if err := dynamostore.Create(ctx, client, dynamostore.ViewsTable, views); err != nil {
		return nil, err
	}
	written := &writes{Client: client}
	rows, store := dynamostore.NewViews(written, views), new(memstore.Store)
	project := stream.NewProjector(table, rows, store, slog.New(slog.DiscardHandler), dynamostore.NewJournal(written, views, store))
	var batch events.DynamoDBEvent
	prepare := func(ctx context.Context) (err error) {
		batch, err = aBatch(ctx, store)
		return err
	}
	ours := func(ctx context.Context) error {
		written.take()
		answer, err := project(ctx, batch)
		if err == nil && len(answer.BatchItemFailures) > 0 {
			err = fmt.Errorf("the projector stopped at %s", answer.BatchItemFailures[0].ItemIdentifier)
		}
		return err
	}
	var last []write
	if err := prepare(ctx); err != nil {
		return nil, err
	}
	if err := ours(ctx); err != nil {
		return nil, err
	}
	last = written.take()
	most := rowsOf(last)
	const name = "projector vs the bare writes"
	var ratios []float64
	for round := range rounds {
		progress(name, round, rounds)
		if err := prepare(ctx); err != nil {
			return nil, err
		}
		var took [2]time.Duration
		for i := range 2 {
			who := (i + round) % 2
			begin := time.Now()
			var err error
			if who == 0 {
				err = ours(ctx)
			} else {
				err = again(ctx, client, last)
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			took[who] = time.Since(begin)
		}
		last = written.take()
		ratios = append(ratios, took[0].Seconds()/took[1].Seconds())
	}
	progress(name, rounds, rounds)
	queries := &queried{Client: client}
	page, _, err := orderlist.List(ctx, dynamostore.NewViews(queries, views), "bench", orderlist.Query{Limit: 50})
	if err == nil && len(page) != 50 {
		err = fmt.Errorf("a list of 50 has %d", len(page))
	}
	perEvent := float64(most) / (batchOrders * batchEach)
	return []figure{
		quartiles(ratios).atMost("projector: a batch of 100 commits of 20 orders, into all views", "the same writes, bare, as many at once", 1.5),
		{
			what: "rows that it writes for an event, in the view with most but the journal", control: "the same batch",
			value: fmt.Sprintf("%.2f", perEvent), goal: "≤ 0.30", met: perEvent <= 0.3,
		},
		{what: "requests for a list of 50", control: "–", value: strconv.Itoa(queries.n), goal: "≤ 1", met: queries.n <= 1},
	}, err
}

// aBatch appends what orders come to, and returns the records of it.
func aBatch(ctx context.Context, store *memstore.Store) (batch events.DynamoDBEvent, err error) {
	ids := make([]eventstore.StreamID, batchOrders)
	ends := make([]eventstore.Position, batchOrders)
	for i := range ids {
		ids[i] = newStream("order")
		ends[i] = eventstore.NoStream(ids[i])
	}
	item := order.Item{ProductID: "product-1", Quantity: 1, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}
	at := time.Now().UTC()
	for n, e := range []order.Event{
		order.Placed{CustomerID: "cust-1", Items: []order.Item{item}, Recipient: order.Recipient{Name: "Ada Lovelace"}, PaymentMethod: "tok_ok", At: at},
		order.ItemAdded{Item: order.Item{ProductID: "product-2", Quantity: 1, UnitPrice: item.UnitPrice}, At: at},
		order.Submitted{At: at},
		order.Confirmed{Payment: domain.Money{Amount: 5998, Currency: "USD"}, At: at},
		order.Shipped{TrackingNumber: "TRK1", At: at},
	} {
		name, data, err := order.Events.Encode(e)
		if err != nil {
			return batch, err
		}
		for i, id := range ids {
			c, err := store.Append(ctx, id, ends[i], eventstore.Commit{
				Events: []eventstore.Event{{Type: name, Data: data, Actor: "client"}}, Command: eventstore.CommandID{Key: strconv.Itoa(n)}, At: at,
			})
			if err != nil {
				return batch, err
			}
			ends[i] = c.End()
			batch.Records = append(batch.Records, recordOf(c, len(batch.Records)))
		}
	}
	return batch, nil
}

func recordOf(c eventstore.Commit, n int) events.DynamoDBEventRecord {
	i := c.Item()
	keys := map[string]events.DynamoDBAttributeValue{
		"p": events.NewStringAttribute(i.P), "v": events.NewNumberAttribute(strconv.FormatUint(uint64(i.V), 10)),
	}
	return events.DynamoDBEventRecord{
		EventName: "INSERT", EventSourceArn: "arn:aws:dynamodb:eu-central-1:000000000000:table/events/stream/2026-01-01T00:00:00.000",
		Change: events.DynamoDBStreamRecord{
			SequenceNumber: strconv.Itoa(n + 1), Keys: keys,
			NewImage: map[string]events.DynamoDBAttributeValue{
				"p": keys["p"], "v": keys["v"], "n": events.NewNumberAttribute(strconv.Itoa(i.N)), "e": events.NewStringAttribute(i.E),
				"c": events.NewStringAttribute(i.C), "at": events.NewStringAttribute(i.At),
			},
		},
	}
}

// A write is one request, of one of two kinds.
type write struct {
	put      *dynamodb.PutItemInput
	transact *dynamodb.TransactWriteItemsInput
}

// writes keeps what is written.
type writes struct {
	*dynamodb.Client
	mu  sync.Mutex
	all []write
}

func (w *writes) take() []write {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := w.all
	w.all = nil
	return all
}

func (w *writes) keep(one write) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, one)
}

// PutItem implements [dynamostore.ViewsClient].
func (w *writes) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	w.keep(write{put: in})
	return w.Client.PutItem(ctx, in, o...)
}

// TransactWriteItems implements [dynamostore.ViewsClient].
func (w *writes) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	w.keep(write{transact: in})
	return w.Client.TransactWriteItems(ctx, in, o...)
}

// again sends writes once more, bare: without what they were conditional on.
func again(ctx context.Context, client *dynamodb.Client, all []write) error {
	next, errs := make(chan write), make(chan error, len(all))
	var wg sync.WaitGroup
	for range 8 { // as many as the projector has
		wg.Go(func() {
			for w := range next {
				errs <- w.send(ctx, client)
			}
		})
	}
	for _, w := range all {
		next <- w
	}
	close(next)
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w write) send(ctx context.Context, client *dynamodb.Client) (err error) {
	if w.put != nil {
		_, err = client.PutItem(ctx, &dynamodb.PutItemInput{TableName: w.put.TableName, Item: w.put.Item})
		return err
	}
	bare := new(dynamodb.TransactWriteItemsInput)
	for _, i := range w.transact.TransactItems {
		if p := i.Put; p != nil {
			i.Put = &types.Put{TableName: p.TableName, Item: p.Item}
		}
		bare.TransactItems = append(bare.TransactItems, i)
	}
	_, err = client.TransactWriteItems(ctx, bare)
	return err
}

// rowsOf returns how many rows the view has of which most were written.
func rowsOf(all []write) (most int) {
	views := make(map[string]int)
	count := func(item map[string]types.AttributeValue) {
		p, _ := item["p"].(*types.AttributeValueMemberS)
		s, _ := item["s"].(*types.AttributeValueMemberS)
		if p != nil && s != nil && s.Value == "row" {
			view := strings.Split(p.Value, " ")[1]
			views[view]++
			most = max(most, views[view])
		}
	}
	for _, w := range all {
		if w.put != nil {
			count(w.put.Item)
			continue
		}
		for _, i := range w.transact.TransactItems {
			if i.Put != nil {
				count(i.Put.Item)
			}
		}
	}
	return most
}

// queried counts queries.
type queried struct {
	*dynamodb.Client
	n int
}

// Query implements [dynamostore.ViewsClient].
func (q *queried) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	q.n++
	return q.Client.Query(ctx, in, o...)
}
