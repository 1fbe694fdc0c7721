package gateway_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/cloud"
	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/gateway"
	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// A deployment is the functions over tables of DynamoDB.
type deployment struct {
	*testing.T
	client  *dynamodb.Client
	table   string
	env     *cloud.Environment
	records []events.DynamoDBEventRecord
	began   time.Time
}

// clock returns the time to which the program cuts a mark's.
func clock() time.Time {
	return time.Now().Truncate(time.Millisecond) //nolint:forbidigo // a mark is of this clock, and no length of time is asked for
}

func deploy(t *testing.T) *deployment {
	t.Helper()
	endpoint := dynamolocal.Endpoint(t)
	suffix := rand.Text()
	d := &deployment{T: t, client: dynamolocal.Client(endpoint), table: "events-" + suffix, began: clock().UTC()}
	for plain, name := range map[string]string{dynamostore.EventsTable: d.table, dynamostore.ViewsTable: "views-" + suffix} {
		if err := dynamostore.Create(t.Context(), d.client, plain, name); err != nil {
			t.Fatal(err)
		}
	}
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "daybook", "AWS_SECRET_ACCESS_KEY": "daybook", "AWS_ENDPOINT_URL": endpoint,
		cloud.EventsTable: d.table, cloud.ViewsTable: "views-" + suffix, cloud.ConnectionsTable: "none", cloud.Live: "wss://none", cloud.Tenant: "shop",
	} {
		t.Setenv(name, value)
	}
	d.env = cloud.Env()
	d.env.Log = slog.New(slog.DiscardHandler)
	return d
}

func orderStream(id string) eventstore.StreamID {
	return eventstore.StreamID{Tenant: "shop", Category: "order", ID: id}
}

const placedData = `{"customerId":"c","items":[{"productId":"p","quantity":1,"unitPrice":{"amount":5,"currency":"EUR"}}],"recipient":{"name":"Ada"},"paymentMethod":"tok_ok","at":"2026-11-24T12:00:00Z"}`

// append appends events to an order, a commit for each.
func (d *deployment) append(id string, names ...string) {
	d.Helper()
	s, store := orderStream(id), d.env.Events()
	end := eventstore.NoStream(s)
	for c, err := range store.Read(d.Context(), s, end) {
		if err != nil {
			d.Fatal(err)
		}
		end = c.End()
	}
	for _, name := range names {
		data := `{"at":"2026-11-24T12:00:00Z"}`
		if name == "order.placed.v1" {
			data = placedData
		}
		c, err := store.Append(d.Context(), s, end, eventstore.Commit{
			Events:  []eventstore.Event{{Type: name, Data: []byte(data)}},
			Command: eventstore.CommandID{Key: fmt.Sprint(len(d.records))}, At: d.began,
		})
		if err != nil {
			d.Fatal(err)
		}
		end = c.End()
		d.records = append(d.records, streamtest.Record(d.table, len(d.records), c))
	}
}

// deliver brings to the projector what was appended, and to park the streams in
// which it met poison, as Lambda does in the end.
func (d *deployment) deliver() {
	d.Helper()
	rows, store, all := d.env.Views(), d.env.Events(), d.env.Journal()
	projector := stream.NewProjector(d.table, rows, store, d.env.Log, all)
	for _, r := range d.records {
		answer, err := projector(d.Context(), events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{r}})
		if err != nil {
			d.Fatal(err)
		}
		if len(answer.BatchItemFailures) == 0 {
			continue
		}
		s, err := eventstore.ParseStreamID(r.Change.Keys["p"].String())
		if err == nil {
			err = stream.NewHoles(rows, store, d.env.Log, all).Fill(d.Context(), s)
		}
		if err != nil {
			d.Fatal(err)
		}
	}
	d.records = nil
}

// rewrite changes what is stored of a commit, which is what no role may do.
func (d *deployment) rewrite(id string, version int, change func(string) string) {
	d.Helper()
	key := map[string]types.AttributeValue{
		"p": &types.AttributeValueMemberS{Value: orderStream(id).String()},
		"v": &types.AttributeValueMemberN{Value: strconv.Itoa(version)},
	}
	got, err := d.client.GetItem(d.Context(), &dynamodb.GetItemInput{TableName: &d.table, Key: key})
	if err != nil || got.Item == nil {
		d.Fatal(got, err)
	}
	got.Item["e"] = &types.AttributeValueMemberS{Value: change(got.Item["e"].(*types.AttributeValueMemberS).Value)}
	if _, err := d.client.PutItem(d.Context(), &dynamodb.PutItemInput{TableName: &d.table, Item: got.Item}); err != nil {
		d.Fatal(err)
	}
}

// system asks GET /system, and returns what is parked: "order/1@2 unfolded in sales".
func (d *deployment) system() (parked []string, body string) {
	d.Helper()
	answer, err := gateway.New(gateway.Queries(d.env), d.env.Log).Invoke(d.Context(), event(d, "GET", "/system", nil))
	var got events.APIGatewayV2HTTPResponse
	var said struct {
		Parked struct {
			Items []struct {
				Stream, View, Reason string
				Version              int
				Since                time.Time
			}
		}
	}
	if err == nil {
		err = json.Unmarshal(answer, &got)
	}
	if err == nil {
		err = json.Unmarshal([]byte(got.Body), &said)
	}
	if err != nil || got.StatusCode != 200 || got.Headers["Cache-Control"] != "no-store" {
		d.Fatalf("%v: %s", err, answer)
	}
	for _, p := range said.Parked.Items {
		if p.Since.Before(d.began) || p.Since.After(clock()) {
			d.Errorf("%s is parked since %v, want a time since %v, when the test began", p.Stream, p.Since, d.began)
		}
		parked = append(parked, fmt.Sprintf("%s@%d %s in %s", p.Stream, p.Version, p.Reason, p.View))
	}
	slices.Sort(parked)
	return parked, got.Body
}

func (d *deployment) parked(want ...string) {
	d.Helper()
	if got, _ := d.system(); !slices.Equal(got, want) {
		d.Errorf("parked is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAParkedStreamIsSaidUntilItIsMendedAndFolded(t *testing.T) {
	d := deploy(t)
	d.append("1", "order.placed.v1", "order.vanished.v9", "order.submitted.v1")
	d.append("2", "order.placed.v1")
	d.deliver()
	unfolded := []string{
		"order/1@2 unfolded in fulfilments", "order/1@2 unfolded in order-details", "order/1@2 unfolded in order-list", "order/1@2 unfolded in sales",
	}
	d.parked(unfolded...)

	whole := ""
	d.append("3", "order.placed.v1", "order.submitted.v1", "order.submitted.v1")
	d.rewrite("3", 2, func(e string) string { whole = e; return "[{" })
	d.records = slices.Delete(d.records, 1, 2) // it is lost, and so read from the store
	d.deliver()
	d.parked(slices.Concat(unfolded, []string{
		"order/3@2 damaged in fulfilments", "order/3@2 damaged in journal", "order/3@2 damaged in order-details", "order/3@2 damaged in order-list",
		"order/3@2 damaged in sales",
	})...)

	d.rewrite("3", 2, func(string) string { return whole })
	d.append("3", "order.submitted.v1")
	d.deliver()
	d.parked(unfolded...)
	d.rewrite("1", 2, func(e string) string { return strings.Replace(e, "vanished.v9", "submitted.v1", 1) })
	d.append("1", "order.submitted.v1")
	d.deliver()
	d.parked()
}

func TestWhatTheTableDoesNotTellOfTheReadSideIsNull(t *testing.T) {
	d := deploy(t)
	const want = `{"projectors":[` +
		`{"name":"views","views":["order-details","order-list","stock-levels","fulfilments","sales","journal"],"status":null,"behind":null,"oldestSeconds":null},` +
		`{"name":"search","views":["search"],"status":null,"behind":null,"oldestSeconds":null}],"parked":{"items":[],"more":false},"errors":null}`
	if _, got := d.system(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
