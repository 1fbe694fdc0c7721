package dynamostore_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
)

// answering is a network on which every request gets one answer.
type answering func(*http.Request) (*http.Response, error)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

func answer(status int, body string) answering {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Header: http.Header{}, Request: r,
			Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
		}, nil
	}
}

func refusal(code string) string {
	return `{"__type":"com.amazonaws.dynamodb.v20120810#` + code + `","message":"no"}`
}

// cancelled is the refusal of a transaction, for a reason of each of its items.
func cancelled(reasons ...string) string {
	return `{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled",` +
		`"CancellationReasons":[{"Code":"` + strings.Join(reasons, `"},{"Code":"`) + `"}]}`
}

// over returns a client whose requests all go over the network, once.
func over(network http.RoundTripper) *dynamodb.Client {
	return dynamolocal.Client("http://127.0.0.1:1", func(o *dynamodb.Options) {
		o.Retryer = retry.AddWithMaxAttempts(retry.NewStandard(), 1)
		o.HTTPClient = &http.Client{Transport: network}
	})
}

// on returns a store whose requests all go over the network.
func on(network http.RoundTripper) *dynamostore.Store {
	return dynamostore.New(over(network), "events")
}

// tries gives each method of the port a try.
func tries(ctx context.Context, store eventstore.Store) map[string]error {
	_, load := store.Load(ctx, stream, eventstore.Latest, 1)
	_, read := collect(store.Read(ctx, stream, eventstore.NoStream(stream)))
	_, appended := store.Append(ctx, stream, eventstore.NoStream(stream), commit("key"))
	_, scan := collect(store.Scan(ctx, 0, 1))
	return map[string]error{
		"load t/order/1: ": load, "read t/order/1: ": read, "append to t/order/1: ": appended,
		"scan segment 0 of 1: ": scan,
	}
}

// everyTry gives each method of the stores, the views and the ledgers a try.
func everyTry(ctx context.Context, network http.RoundTripper) map[string]error {
	errs := tries(ctx, on(network))
	views, ledger := dynamostore.NewViews(over(network), "views"), dynamostore.NewLedgers(over(network), "sandbox").Ledger("it")
	key := line("1").Key
	_, errs["get 1 of order-list: "] = views.Get(ctx, key)
	_, errs["list all of order-list: "] = views.List(ctx, readmodel.Page{View: key.View, Tenant: key.Tenant, List: "all", Limit: 1})
	errs["put 2 of order-list: "] = views.Put(ctx, line("2"))
	errs["put 3 of order-list: "] = views.Put(ctx, line("3", "all"))
	errs["change k in ledger it: "] = ledger.Change(ctx, "k", more)
	errs["read ledger it: "] = ledger.Each(ctx, func(string, []byte) error { return nil })
	return errs
}

func TestWhatMayPassByItselfIsUnavailable(t *testing.T) {
	for name, network := range map[string]http.RoundTripper{
		"throughput exceeded":     answer(400, refusal("ProvisionedThroughputExceededException")),
		"throttling":              answer(400, refusal("ThrottlingException")),
		"request limit":           answer(400, refusal("RequestLimitExceeded")),
		"transaction in progress": answer(400, refusal("TransactionInProgressException")),
		"transaction conflict":    answer(400, refusal("TransactionConflictException")),
		"internal server error":   answer(500, refusal("InternalServerError")),
		"a proxy without a page":  answer(502, ""),
		"a proxy with a page":     answer(503, "<html>"),
		"an unknown status":       answer(599, "{}"),
		"an answer cut off":       answer(200, `{"Items":[{"p":{"S":"t/or`),
		"connection refused":      new(http.Transport), // nothing listens there
		"connection reset":        answering(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }),
		"time-out": answering(func(*http.Request) (*http.Response, error) {
			return nil, &timeout{}
		}),
	} {
		for subject, err := range everyTry(t.Context(), network) {
			if errors.Is(err, readmodel.ErrRace) && name == "transaction conflict" {
				continue // which it is to a row
			}
			if !errors.Is(err, eventstore.ErrUnavailable) || !strings.HasPrefix(err.Error(), subject+eventstore.ErrUnavailable.Error()) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}

func TestATransactionThatWasThrottledIsUnavailable(t *testing.T) {
	for _, reasons := range [][]string{{"None", "ThrottlingError"}, {"ProvisionedThroughputExceeded"}} {
		network := answering(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".TransactWriteItems") {
				return answer(400, cancelled(reasons...))(r)
			}
			return answer(200, "{}")(r)
		})
		errs := everyTry(t.Context(), network)
		for _, subject := range []string{"put 3 of order-list: ", "change k in ledger it: "} {
			if err := errs[subject]; !errors.Is(err, eventstore.ErrUnavailable) {
				t.Errorf("%v: got %v", reasons, err)
			}
		}
	}
}

type timeout struct{}

func (*timeout) Error() string { return "i/o timeout" }
func (*timeout) Timeout() bool { return true }

func TestWhatDoesNotPassIsAFaultWithItsSubject(t *testing.T) {
	for _, code := range []string{"ValidationException", "AccessDeniedException", "ResourceNotFoundException"} {
		for subject, err := range everyTry(t.Context(), answer(400, refusal(code))) {
			if err == nil || errors.Is(err, eventstore.ErrUnavailable) || !strings.HasPrefix(err.Error(), subject) || !strings.Contains(err.Error(), code) {
				t.Errorf("%s: got %v", code, err)
			}
		}
	}
}

func TestAnEndedContextIsTheContexts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	network := answering(func(r *http.Request) (*http.Response, error) {
		cancel()
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	for subject, err := range everyTry(ctx, network) {
		if !errors.Is(err, context.Canceled) || errors.Is(err, eventstore.ErrUnavailable) || err.Error() != subject+"context canceled" {
			t.Errorf("got %v", err)
		}
	}
}

func TestADamagedItemIsNamed(t *testing.T) {
	t.Parallel()
	client, name := table(t)
	store := dynamostore.New(client, name)
	write(t, store, withSnapshot(commit("key")))
	key := map[string]types.AttributeValue{
		"p": &types.AttributeValueMemberS{Value: stream.String()}, "v": &types.AttributeValueMemberN{Value: "1"},
	}
	found, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &name, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	number := func(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
	for _, damage := range []struct {
		attribute string
		value     types.AttributeValue
	}{
		{"n", number("2")},
		{"n", number("0")},
		{"n", number("1.5")},
		{"n", number("99999999999999999999999999")},
		{"n", text("1")},
		{"n", nil},
		{"e", text("[{")},
		{"e", text("[]")},
		{"e", text("{}")},
		{"e", &types.AttributeValueMemberL{}},
		{"e", nil},
		{"c", text("without-a-space")},
		{"c", &types.AttributeValueMemberNULL{Value: true}},
		{"c", nil},
		{"at", text("noon")},
		{"at", number("12")},
		{"at", nil},
		{"s", &types.AttributeValueMemberB{Value: []byte("{}")}},
		{"s", nil},
		{"sv", text("1")},
		{"sv", number("-1")},
		{"sv", nil},
	} {
		item := maps.Clone(found.Item)
		item[damage.attribute] = damage.value
		if damage.value == nil {
			delete(item, damage.attribute)
		}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: item}); err != nil {
			t.Fatal(err)
		}
		for subject, err := range tries(t.Context(), store) {
			if err == nil || !strings.Contains(err.Error(), "item t/order/1 at 1: ") {
				t.Errorf("%q is %v: %s: got %v", damage.attribute, damage.value, subject, err)
			}
		}
	}
}

func TestAnAttributeOfALaterVersionIsLeftAlone(t *testing.T) {
	client, name := table(t)
	store := dynamostore.New(client, name)
	stored := write(t, store, commit("key"))
	_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &name, Key: map[string]types.AttributeValue{
			"p": &types.AttributeValueMemberS{Value: stream.String()}, "v": &types.AttributeValueMemberN{Value: "1"},
		},
		UpdateExpression:          new("SET h = :h"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":h": &types.AttributeValueMemberB{Value: []byte{1}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	commits, err := store.Load(t.Context(), stream, eventstore.Latest, 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "commits", commits, stored)
}
