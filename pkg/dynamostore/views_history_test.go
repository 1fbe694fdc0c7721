package dynamostore_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/historytest"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel/fulfilments"
	"github.com/daybook-es/daybook/pkg/readmodel/orderdetails"
	"github.com/daybook-es/daybook/pkg/readmodel/orderlist"
	"github.com/daybook-es/daybook/pkg/readmodel/sales"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
	"github.com/daybook-es/daybook/pkg/readmodel/stocklevels"
)

// Two projectors deliver random commands at once, shuffled, some twice, cut off in
// the middle of batches, and started anew; and every view is what the aggregates
// say. The gate's 500 commands confirm few orders or none, so they prove how rows
// are kept; that a view applies every event is proven in memory, by the 10,000 of
// pkg/readmodel.
func TestEveryViewOnDynamoDBEqualsAFoldHoweverItIsDelivered(t *testing.T) {
	dynamolocal.Endpoint(t) // skips where none can run
	accepted := testsize.N{Short: 50, Race: 100, Gate: 500, Soak: 20_000}
	most := min(accepted.Get()/4, 700) // writes of a history, each of about one accepted command
	size := historytest.Size{Orders: most/12 + 1, Least: most * 6 / 7, Most: most}
	historytest.Check(t, accepted, func(r *rapid.T) *historytest.History {
		h := historytest.Draw(r, "t", size)
		client, name := tableOf(t, dynamostore.ViewsTable)
		arrives(r, h, client, name)
		return h
	})
}

// arrives has two projectors deliver a history, reads the journal meanwhile, and
// then holds all views against it.
func arrives(t *rapid.T, h *historytest.History, client *dynamodb.Client, name string) {
	book := dynamostore.NewJournal(client, name, h.Store)
	reader := h.Reader(t, book, nil)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel()
	var errs [2]error
	news := make(chan struct{}, 1)
	for i := range errs {
		p := &projector{
			news: news, name: name, events: h.Store, queue: h.Delivery(t),
			network: &cutting{ViewsClient: client, rand: rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "faults"), 0))},
		}
		wg.Go(func() { errs[i] = p.deliver(ctx) })
	}
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	for delivering := true; delivering; {
		select {
		case <-done:
			delivering = false
		case <-news:
			reader.Read(t)
		}
	}
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	reader.ReadAll(t)
	h.Reader(t, book, nil).ReadAll(t)
	h.Agrees(t, dynamostore.NewViews(client, name))
	h.AgreesOnWords(t, dynamostore.NewIndex(client, name))
}

// A projector delivers what is in its queue. What is cut off comes again later, to
// views that remember nothing.
type projector struct {
	news    chan<- struct{} // after each batch
	name    string
	events  eventstore.Store
	queue   []eventstore.Commit
	network *cutting
}

func (p *projector) views() []projection.View {
	rows, index := dynamostore.NewViews(p.network, p.name), dynamostore.NewIndex(p.network, p.name)
	return []projection.View{
		orderdetails.New(rows, p.events), orderlist.New(rows, p.events), stocklevels.New(rows, p.events), fulfilments.New(rows, p.events),
		sales.New(rows, p.events), dynamostore.NewJournal(p.network, p.name, p.events), search.New(index, p.events),
	}
}

func (p *projector) deliver(ctx context.Context) error {
	views := p.views()
	for faults := 10; len(p.queue) > 0; {
		n := min(1+p.network.rand.IntN(50), len(p.queue))
		batch := p.queue[:n:n]
		p.queue = p.queue[n:]
		for _, view := range views {
			p.network.cut(faults > 0)
			err := view.Apply(ctx, batch...)
			switch {
			case errors.Is(err, errCutOff):
				faults--
				p.queue, views = append(p.queue, batch...), p.views()
			case err != nil:
				return fmt.Errorf("%s: %w", view.View(), err)
			}
		}
		select {
		case p.news <- struct{}{}:
		default: // the last one was not taken yet
		}
	}
	return nil
}

// cutting is a client that fails once after some requests: before it asks, or when
// the reply is lost.
type cutting struct {
	dynamostore.ViewsClient
	rand *rand.Rand

	mu   sync.Mutex
	left int // below 0: it does not fail
	lost bool
}

func (c *cutting) cut(soon bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left, c.lost = -1, c.rand.IntN(2) == 0
	if soon {
		c.left = c.rand.IntN(60)
	}
}

// through makes a request.
func through[I, O any](ctx context.Context, c *cutting, in *I, o []func(*dynamodb.Options), ask func(context.Context, *I, ...func(*dynamodb.Options)) (*O, error)) (*O, error) {
	c.mu.Lock()
	c.left--
	fails, lost := c.left == -1, c.lost
	c.mu.Unlock()
	if fails && !lost {
		return nil, errCutOff
	}
	out, err := ask(ctx, in, o...)
	if fails {
		return nil, errors.Join(err, errCutOff)
	}
	return out, err
}

// GetItem implements [dynamostore.ViewsClient].
func (c *cutting) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return through(ctx, c, in, o, c.ViewsClient.GetItem)
}

// Query implements [dynamostore.ViewsClient].
func (c *cutting) Query(ctx context.Context, in *dynamodb.QueryInput, o ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return through(ctx, c, in, o, c.ViewsClient.Query)
}

// PutItem implements [dynamostore.ViewsClient].
func (c *cutting) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return through(ctx, c, in, o, c.ViewsClient.PutItem)
}

// TransactWriteItems implements [dynamostore.ViewsClient].
func (c *cutting) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return through(ctx, c, in, o, c.ViewsClient.TransactWriteItems)
}
