package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/ministack"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
	"github.com/daybook-es/daybook/pkg/saga"
)

// What the world has, by the names that the events tell of.
const (
	tenant  = "main"
	bus     = "daybook"
	machine = "fulfilment"
	bucket  = "failed-batches"
)

// world starts an AWS in memory, furnishes it, and returns what a function's
// environment says of it.
func world(ctx context.Context, root string) (env []string, stop func(), err error) {
	endpoint, _, stop, err := ministack.Start(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := furnish(ctx, root, account(endpoint, ministack.Account), bucket); err != nil {
		stop()
		return nil, nil, fmt.Errorf("furnish the emulated AWS: %w", err)
	}
	return worldEnv(endpoint, ministack.Account), stop, nil
}

// account returns what a client needs to call one account of an emulator, which
// takes an access key of twelve digits for the account's number.
func account(endpoint, number string) aws.Config {
	c := ministack.Config(endpoint)
	c.Credentials = credentials.NewStaticCredentialsProvider(number, "test", "")
	return c
}

func worldEnv(endpoint, account string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + endpoint, "AWS_REGION=" + ministack.Region, "AWS_ACCESS_KEY_ID=" + account, "AWS_SECRET_ACCESS_KEY=test",
		cloud.EventsTable + "=" + dynamostore.EventsTable, cloud.ViewsTable + "=" + dynamostore.ViewsTable, cloud.SandboxTable + "=" + dynamostore.SandboxTable,
		cloud.ConnectionsTable + "=" + dynamostore.ConnectionsTable, cloud.Live + "=wss://live.execute-api.example/live",
		cloud.Bus + "=" + bus, cloud.Machine + "=arn:aws:states:" + ministack.Region + ":" + account + ":stateMachine:" + machine,
		cloud.Projector + "=projector", cloud.Publisher + "=publisher", cloud.Tenant + "=" + tenant,
	}
}

// furnish makes what the world has. The bucket has another name where accounts
// share an AWS, in which a bucket's name is one for all.
func furnish(ctx context.Context, root string, c aws.Config, bucket string) error {
	for _, table := range dynamostore.Schema() {
		if err := ministack.Create(c, func(once aws.Config) error {
			return dynamostore.Create(ctx, dynamodb.NewFromConfig(once), *table.TableName, *table.TableName)
		}); err != nil {
			return err
		}
	}
	if err := ministack.Create(c, func(once aws.Config) error {
		_, err := eventbridge.NewFromConfig(once).CreateEventBus(ctx, &eventbridge.CreateEventBusInput{Name: new(bus)})
		return err
	}); err != nil {
		return err
	}
	if err := ministack.Create(c, func(once aws.Config) error {
		_, err := sfn.NewFromConfig(once).CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
			Name: new(machine), RoleArn: new("arn:aws:iam::" + ministack.Account + ":role/" + machine),
			Definition: new(`{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}`),
		})
		return err
	}); err != nil {
		return err
	}
	if err := putBatches(ctx, root, c, bucket); err != nil {
		return err
	}
	return book(ctx, dynamodb.NewFromConfig(c))
}

// putBatches puts into the bucket what Lambda writes of a batch that a function
// failed for good: one of each function, from its samples.
func putBatches(ctx context.Context, root string, c aws.Config, bucket string) error {
	client := func(c aws.Config) *s3.Client {
		return s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true })
	}
	if err := ministack.Create(c, func(once aws.Config) error {
		_, err := client(once).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket})
		return err
	}); err != nil {
		return err
	}
	objects := client(c)
	for _, function := range []string{"projector", "publisher"} {
		batch, err := os.ReadFile(filepath.Join(root, "events", function+"-poison.json"))
		if err != nil {
			return err
		}
		object, err := json.Marshal(map[string]any{
			"requestContext": map[string]string{
				"functionArn": "arn:aws:lambda:" + ministack.Region + ":" + ministack.Account + ":function:" + function + ":$LATEST", "condition": "RetryAttemptsExhausted",
			},
			"version": "1.0", "payload": string(batch),
		})
		if err != nil {
			return err
		}
		if _, err := objects.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: new(function), Body: bytes.NewReader(object)}); err != nil {
			return err
		}
	}
	return nil
}

// book writes the orders that the events tell of, each as far as its name says,
// and stock for them.
func book(ctx context.Context, db *dynamodb.Client) error {
	store, ledgers := dynamostore.New(db, dynamostore.EventsTable), dynamostore.NewLedgers(db, dynamostore.SandboxTable)
	w := fulfilment.NewWorld(store, tenant,
		sandbox.Gateway(ledgers.Ledger("gateway")), sandbox.Carrier(ledgers.Ledger("carrier")), sandbox.Notifier(ledgers.Ledger("notifier")))
	log := slog.New(slog.DiscardHandler)
	runs := saga.New(fulfilment.Process(w), store, tenant, log)
	if _, err := w.Stock.Do(ctx, "product-1", command.Request{Actor: "demo"}, stock.Receive{Quantity: 100, At: now()}); err != nil {
		return err
	}
	arranged := []string{"ValidateOrder", "ReserveStock", "TakePayment", "ConfirmOrder", "ArrangeShipment"}
	orders := map[string][]string{
		"order-submitted":  nil,
		"order-paid":       arranged[:3],
		"order-confirmed":  arranged[:4],
		"order-arranged":   arranged,
		"order-shipped":    slices.Concat(arranged, []string{"ShipOrder"}),
		"order-returned":   slices.Concat(arranged, []string{"ShipOrder", "HandOver", "NotifyCustomer"}),
		"order-failing":    arranged,
		"order-cancelling": slices.Concat(arranged, []string{"BeginCancel"}),
		"order-taken-back": slices.Concat(arranged, []string{"BeginCancel", "CancelShipment", "RefundPayment", "ReleaseStock"}),
	}
	at := now().Add(-time.Hour) // long enough ago for the sweep
	for id, steps := range orders {
		place := order.Place{
			CustomerID: "customer-1", PaymentMethod: "tok_ok", At: at,
			Items:     []order.Item{{ProductID: "product-1", Quantity: 2, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}},
			Recipient: order.Recipient{Name: "Ada Lovelace", Line1: "12 St James Sq", City: "London", PostalCode: "SW1Y 4JH", Country: "GB", Email: "ada@example.com"},
		}
		if _, err := w.Orders.Do(ctx, id, command.Request{Actor: "client"}, domain.All(order.Command(place), order.Submit{At: at})); err != nil {
			return err
		}
		for _, step := range steps {
			if _, err := runs.Perform(ctx, saga.Attempt{Run: saga.Run{ID: id}, Step: step, Entered: now(), Number: 1}); err != nil {
				return err
			}
		}
	}
	back := domain.All(order.Command(order.Deliver{At: at}), order.Return{Reason: "it wobbles", At: at})
	if _, err := w.Orders.Do(ctx, "order-returned", command.Request{Actor: "client"}, back); err != nil {
		return err
	}
	if err := index(ctx, db, store, maps.Keys(orders)); err != nil {
		return err
	}
	poisoned := eventstore.StreamID{Tenant: tenant, Category: order.Category, ID: "order-poisoned"}
	if _, err := store.Append(ctx, poisoned, eventstore.NoStream(poisoned), eventstore.Commit{
		Events: []eventstore.Event{{Type: "order.teleported.v1", Data: []byte("{}")}}, Command: eventstore.CommandID{Key: "poison"}, At: now(),
	}); err != nil {
		return err
	}
	holes := stream.NewHoles(dynamostore.NewViews(db, dynamostore.ViewsTable), store, log)
	for id := range orders {
		for _, category := range []string{order.Category, fulfilment.Category, "payment", "shipment"} {
			if err := holes.Fill(ctx, eventstore.StreamID{Tenant: tenant, Category: category, ID: id}); err != nil {
				return err
			}
		}
	}
	return holes.Fill(ctx, eventstore.StreamID{Tenant: tenant, Category: stock.Category, ID: "product-1"})
}

// index makes what was written of the orders be found. It reads stream by stream:
// the emulated AWS scans the commits of one in no order.
func index(ctx context.Context, db *dynamodb.Client, store *dynamostore.Store, orders iter.Seq[string]) error {
	var all []eventstore.Commit
	for id := range orders {
		for _, category := range []string{order.Category, shipment.Category} {
			of := eventstore.StreamID{Tenant: tenant, Category: category, ID: id}
			for c, err := range store.Read(ctx, of, eventstore.NoStream(of)) {
				if err != nil {
					return err
				}
				all = append(all, c)
			}
		}
	}
	return search.New(dynamostore.NewIndex(db, dynamostore.ViewsTable), store).Apply(ctx, all...)
}

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
