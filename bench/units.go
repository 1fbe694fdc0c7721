package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/dynamostore"
)

// names of goods, each of at most 20 characters.
var goods = []string{"Enamel mug", "Oak cutting board", "Linen tea towel", "Cast-iron skillet", "Beeswax candle, 20 h"}

// units tells what 1,000 orders consume: 1 to 3 items each, submitted, a fifth
// of them changed or cancelled before.
func units(ctx context.Context, client *dynamodb.Client) ([]figure, error) {
	const table, orders = "units", 1000
	if err := dynamostore.Create(ctx, client, dynamostore.EventsTable, table); err != nil {
		return nil, err
	}
	puts := &puts{counter: counter{Client: client}}
	loop := command.New(dynamostore.New(puts, table), "bench", order.Aggregate)
	random := rand.New(rand.NewPCG(1, 2))
	for n := range orders {
		if err := anOrder(ctx, loop, random, newStream("order").ID); err != nil {
			return nil, err
		}
		if n%50 == 49 {
			progress("units of 1,000 orders", n+1, orders)
		}
	}
	mean, one := puts.mean(), 100*float64(puts.units[1])/float64(puts.count())
	figures := []figure{
		{
			what: "write units per append, mean", control: fmt.Sprintf("%d appends of 1,000 orders, uncontended", puts.count()),
			value: fmt.Sprintf("%.3f", mean), goal: "≤ 1.05", met: mean <= 1.05,
		},
		{what: "appends that cost one unit", control: "the same", value: fmt.Sprintf("%.1f %%", one), goal: "≥ 99 %", met: one >= 99},
	}
	contended, err := contention(ctx, client, table)
	return append(figures, contended...), err
}

// anOrder places and submits an order, and perhaps changes or cancels it.
func anOrder(ctx context.Context, loop *command.Loop[order.State, order.Event], random *rand.Rand, id string) error {
	var items []order.Item
	for n := range 1 + random.IntN(3) {
		items = append(items, item(n, goods[random.IntN(len(goods))]))
	}
	commands := []domain.Command[order.State, order.Event]{placing(items...)}
	switch random.IntN(10) {
	case 0:
		commands = append(commands, order.AddItem{Item: item(7, goods[0]), At: noon}, order.Submit{At: noon})
	case 1:
		commands = append(commands, order.Cancel{Reason: "changed my mind", At: noon})
	default:
		commands = append(commands, order.Submit{At: noon})
	}
	for n, c := range commands {
		r := command.Request{
			Key: fmt.Sprintf("%08x-89ab-cdef-0123-%012d", random.Uint32(), n), Fingerprint: "AAAAAAAAAAAAAAAAAAAAAA",
			Correlation: "01234567-89ab-cdef-0123-456789abcdef", Actor: "client",
		}
		if _, err := loop.Do(ctx, id, r, c); err != nil {
			return err
		}
	}
	return nil
}

// contention lets eight processes add items to one order at once.
func contention(ctx context.Context, client *dynamodb.Client, table string) ([]figure, error) {
	puts := &puts{counter: counter{Client: client}}
	id := newStream("order").ID
	placed := command.New(dynamostore.New(client, table), "bench", order.Aggregate)
	if _, err := placed.Do(ctx, id, command.Request{}, placing(item(1, goods[0]))); err != nil {
		return nil, err
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var failed error
	written := 0
	for range 8 {
		wg.Go(func() {
			loop := command.New(dynamostore.New(puts, table), "bench", order.Aggregate)
			for range 10 {
				_, err := loop.Do(ctx, id, command.Request{}, order.AddItem{Item: item(1, goods[0]), At: noon})
				mu.Lock()
				switch {
				case err == nil:
					written++
				case !errors.Is(err, command.ErrContended):
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	// A put whose condition fails is paid for like one that writes, and DynamoDB
	// does not say so in the error: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html
	return []figure{{
		what:    "puts per append, contended",
		control: fmt.Sprintf("8 processes on one order; %d of 80 commands written, the others told to come again", written),
		value:   fmt.Sprintf("%.2f", float64(puts.tried.Load())/float64(max(written, 1))),
	}}, failed
}

// puts counts puts by the units that each consumed.
type puts struct {
	counter
	mu    sync.Mutex
	units map[float64]int
	tried atomic.Int64
}

// PutItem implements the store's client.
func (p *puts) PutItem(ctx context.Context, in *dynamodb.PutItemInput, o ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	p.tried.Add(1)
	p.requests.Add(1)
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := p.Client.PutItem(ctx, in, o...)
	if err == nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.units == nil {
			p.units = map[float64]int{}
		}
		p.units[*out.ConsumedCapacity.CapacityUnits]++
	}
	return out, err
}

func (p *puts) count() (n int) {
	for _, times := range p.units {
		n += times
	}
	return n
}

// snapshots counts the puts that cost more than one unit: where commits are
// small, those that carry a snapshot.
func (p *puts) snapshots() (n int) {
	for units, times := range p.units {
		if units > 1 {
			n += times
		}
	}
	return n
}

func (p *puts) mean() float64 {
	var sum float64
	for units, times := range p.units {
		sum += units * float64(times)
	}
	return sum / float64(p.count())
}
