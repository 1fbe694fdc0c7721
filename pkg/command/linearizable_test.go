package command_test

import (
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

// unreliable loses replies, before and after an append is done, and loads what
// was there some commits ago.
type unreliable struct {
	eventstore.Store
	mu     sync.Mutex
	random *rand.Rand
}

func (s *unreliable) draws(of int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.random.IntN(of)
}

func (s *unreliable) Load(ctx context.Context, stream eventstore.StreamID, upTo eventstore.Version, schema int) ([]eventstore.Commit, error) {
	commits, err := s.Store.Load(ctx, stream, upTo, schema)
	if err != nil || len(commits) == 0 || s.draws(2) == 0 {
		return commits, err
	}
	head := int(commits[len(commits)-1].Last())
	return s.Store.Load(ctx, stream, eventstore.Version(max(0, head-s.draws(6))), schema)
}

func (s *unreliable) Append(ctx context.Context, stream eventstore.StreamID, at eventstore.Position, c eventstore.Commit) (eventstore.Commit, error) {
	switch s.draws(8) {
	case 0:
		return eventstore.Commit{}, eventstore.ErrUnavailable
	case 1:
		if _, err := s.Store.Append(ctx, stream, at, c); err != nil {
			return eventstore.Commit{}, err
		}
		return eventstore.Commit{}, eventstore.ErrUnavailable
	default:
		return s.Store.Append(ctx, stream, at, c)
	}
}

// An op is a command as its client sees it: sent until it is answered, or given
// up.
type op struct {
	till    string
	amount  int // 0: shut the till
	ifMatch eventstore.Version
}

// An outcome is what the client knows in the end.
type outcome struct {
	kind    string // "answered", "refused", "stale", or "unknown"
	sum     int
	version eventstore.Version
}

// sequential is a till as one client after the other would see it.
type sequential struct {
	sum     int
	version eventstore.Version
	closed  bool
}

func (s sequential) step(o op, got outcome) (next []any) {
	after := s
	if o.amount == 0 {
		after.closed = true
	}
	if after.sum += o.amount; after != s {
		after.version++
	}
	stale := o.ifMatch > 0 && o.ifMatch != s.version
	refused := s.closed && o.amount > 0
	switch got.kind {
	case "stale":
		if stale {
			next = append(next, s)
		}
	case "refused":
		if refused && !stale {
			next = append(next, s)
		}
	case "answered":
		if !stale && !refused && got == (outcome{"answered", after.sum, after.version}) {
			next = append(next, after)
		}
	case "unknown":
		if next = append(next, s); !stale && !refused {
			next = append(next, after)
		}
	}
	return next
}

var model = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{sequential{version: 1}} },
	Partition: func(history []porcupine.Operation) (parts [][]porcupine.Operation) {
		byTill := map[string][]porcupine.Operation{}
		for _, o := range history {
			byTill[o.Input.(op).till] = append(byTill[o.Input.(op).till], o)
		}
		for _, part := range byTill {
			parts = append(parts, part)
		}
		return parts
	},
	Step: func(state, input, output any) []any {
		return state.(sequential).step(input.(op), output.(outcome))
	},
}).ToModel()

func TestRacingHistoriesAreLinearizable(t *testing.T) {
	sizes := testsize.N{Short: 2, Race: 5, Gate: 5, Soak: 200}
	for name, opened := range map[string]func(t *testing.T) eventstore.Store{
		"in memory": func(*testing.T) eventstore.Store { return new(memstore.Store) },
		"in a file": func(t *testing.T) eventstore.Store {
			t.Helper()
			s, err := boltstore.Open(filepath.Join(t.TempDir(), "events.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			return s
		},
		"on DynamoDB": func(t *testing.T) eventstore.Store {
			t.Helper()
			if (testsize.N{Short: 1, Gate: 1, Soak: 1}).Get() == 0 {
				t.Skip("the race detector sees the same code in memory and in a file")
			}
			client := dynamolocal.Client(dynamolocal.Endpoint(t))
			table := "events-" + crand.Text()
			if err := dynamostore.Create(t.Context(), client, dynamostore.EventsTable, table); err != nil {
				t.Fatal(err)
			}
			return dynamostore.New(client, table)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := opened(t)
			first := testsize.Seed(t)
			for n := range sizes.Get() {
				seed := first + uint64(n)
				history := race(t, store, seed)
				if !porcupine.CheckOperations(model, history) {
					t.Fatalf("seed %d: no order explains these %d commands: %v", seed, len(history), history)
				}
			}
		})
	}
}

// race lets eight clients in four processes command three tills, and returns
// what they saw. Two of the processes live on; the others are new for each
// command, and load. A client sends an unanswered command again, elsewhere; an
// answer, asked for again, must be the same.
func race(t *testing.T, store eventstore.Store, seed uint64) []porcupine.Operation {
	t.Helper()
	var processes []func() *command.Loop[till, event]
	for n := range uint64(4) {
		s := &unreliable{Store: store, random: rand.New(rand.NewPCG(seed, n))}
		lasting := newLoop(s)
		processes = append(processes, func() *command.Loop[till, event] {
			if n%2 == 0 {
				return lasting
			}
			return newLoop(s)
		})
	}
	tills := []string{fmt.Sprint("a-", seed), fmt.Sprint("b-", seed), fmt.Sprint("c-", seed)}
	for _, id := range tills {
		if _, err := newLoop(store).Do(t.Context(), id, client("open"), open{}); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var history []porcupine.Operation
	var order atomic.Int64 // of calls and returns
	var wg sync.WaitGroup
	for who := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(seed, 100+uint64(who)))
			for n := range 12 {
				o := op{till: tills[random.IntN(len(tills))], amount: 1 + random.IntN(9)}
				if random.IntN(40) == 0 {
					o.amount = 0
				}
				if random.IntN(4) == 0 {
					o.ifMatch = eventstore.Version(1 + random.IntN(20))
				}
				call := order.Add(1)
				got := send(t, processes, random, o, fmt.Sprintf("key-%d-%d", who, n))
				done := order.Add(1)
				if got.kind == "unknown" {
					done = math.MaxInt64 // it may still happen
				}
				if got.kind == "contended" {
					continue // and nothing was written, of which the others' answers are the proof
				}
				mu.Lock()
				history = append(history, porcupine.Operation{ClientId: who, Input: o, Call: call, Output: got, Return: done})
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return history
}

func send(t *testing.T, processes []func() *command.Loop[till, event], random *rand.Rand, o op, key string) (got outcome) {
	t.Helper()
	r := client(key)
	if o.ifMatch > 0 {
		r.IfMatch = &o.ifMatch
	}
	for try := range 4 {
		var a answer
		var err error
		elsewhere := processes[random.IntN(len(processes))]()
		if o.amount == 0 {
			a, err = elsewhere.Do(t.Context(), o.till, r, shut{})
		} else {
			a, err = elsewhere.Do(t.Context(), o.till, r, cents(o.amount))
		}
		switch {
		case err == nil:
			now := outcome{"answered", a.State.Sum, a.Version}
			if got.kind == "answered" && got != now {
				t.Errorf("%s was answered %v, then %v", key, got, now)
			}
			if got = now; a.Written && try == 0 && random.IntN(3) == 0 {
				continue // asked for again
			}
			return got
		case got.kind == "answered": // a repeat that got lost takes nothing back
			return got
		case errors.Is(err, command.ErrStale) && got.kind == "":
			return outcome{kind: "stale"}
		case errors.Is(err, errClosed) && got.kind == "":
			return outcome{kind: "refused"}
		case errors.Is(err, command.ErrContended) && got.kind == "":
			return outcome{kind: "contended"}
		case errors.Is(err, eventstore.ErrUnavailable):
			got = outcome{kind: "unknown"}
		case errors.Is(err, command.ErrStale), errors.Is(err, errClosed), errors.Is(err, command.ErrContended):
			return outcome{kind: "unknown"}
		default:
			t.Errorf("%s: %v", key, err)
			return outcome{kind: "unknown"}
		}
	}
	return got
}
