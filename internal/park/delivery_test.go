package park_test

import (
	"slices"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"pgregory.net/rapid"

	"github.com/daybook-es/daybook/internal/stream"
	"github.com/daybook-es/daybook/internal/stream/streamtest"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

// A delivery is how the stream of a book comes to a function.
type delivery struct {
	*book
	cut    []eventstore.Commit // their images were cut off on the way, and are whole in the store
	shards []*streamtest.Shard
}

// sampled draws one of all, and tells of it by its number: what is in it fills
// pages.
func sampled[T any](t *rapid.T, all []T, label string) T {
	return all[rapid.IntRange(0, len(all)-1).Draw(t, label)]
}

// permuted draws an order.
func permuted[T any](t *rapid.T, all []T, label string) []T {
	numbers := make([]int, len(all))
	for i := range numbers {
		numbers[i] = i
	}
	permuted := make([]T, len(all))
	for i, n := range rapid.Permutation(numbers).Draw(t, label) {
		permuted[i] = all[n]
	}
	return permuted
}

// drawBook draws some of the streams of history, of which one may be poisoned
// and one damaged.
func drawBook(t *rapid.T) *book {
	streams := permuted(t, streamsOf(history()), "streams")[:rapid.IntRange(3, 8).Draw(t, "streams")]
	var commits []eventstore.Commit
	for _, c := range history() {
		if slices.Contains(streams, c.Stream) {
			commits = append(commits, c)
		}
	}
	poison := make(map[eventstore.StreamID]int)
	if rapid.Bool().Draw(t, "with poison") {
		poison[streams[0]] = rapid.IntRange(0, 2).Draw(t, "poison before commit")
	}
	b, err := bookOf(t.Context(), new(memstore.Store), commits, poison)
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "with damage") {
		of := slices.DeleteFunc(slices.Clone(b.commits), func(c eventstore.Commit) bool { return c.Stream != streams[1] })
		b.damaged[streams[1]] = sampled(t, of, "damage").First
	}
	return b
}

// drawDelivery draws how all that is in the book comes: in any order, some of it
// twice, some of it cut off, with records between that tell of tampering.
func drawDelivery(t *rapid.T, b *book) *delivery {
	d := &delivery{book: b}
	commits := slices.Clone(b.commits)
	for range rapid.IntRange(0, 5).Draw(t, "twice") {
		commits = append(commits, sampled(t, b.commits, "again"))
	}
	if rapid.Bool().Draw(t, "shuffled") {
		commits = permuted(t, commits, "order")
	}
	for range rapid.IntRange(0, 2).Draw(t, "cut off") {
		d.cut = append(d.cut, sampled(t, b.commits, "cut off"))
	}
	for range rapid.IntRange(1, 3).Draw(t, "shards") {
		d.shards = append(d.shards, new(streamtest.Shard))
	}
	for i, c := range commits {
		r := streamtest.Record(table, 10*i, c)
		if from, ok := b.damaged[c.Stream]; ok && c.First == from || d.isCut(c) {
			r.Change.NewImage["e"] = events.NewStringAttribute(c.Item().E[:5])
		}
		shard := sampled(t, d.shards, "shard")
		shard.Records = append(shard.Records, r)
		if rapid.IntRange(0, 9).Draw(t, "tampered with") == 9 {
			tampered := streamtest.Record(table, 10*i+1, c)
			tampered.EventName = rapid.SampledFrom([]string{"MODIFY", "REMOVE"}).Draw(t, "tampering")
			shard.Records = append(shard.Records, tampered)
		}
	}
	return d
}

func (d *delivery) isCut(c eventstore.Commit) bool {
	return slices.ContainsFunc(d.cut, func(cut eventstore.Commit) bool { return cut.Stream == c.Stream && cut.First == c.First })
}

// drawMapping draws the settings of a mapping to a function that crashes at some
// of its invocations.
func drawMapping(t *rapid.T, name string, h stream.Handler, destination func([]byte)) streamtest.Mapping {
	return streamtest.Mapping{
		Function: name, BatchSize: rapid.IntRange(1, 20).Draw(t, "batch size"), MaxRetries: rapid.IntRange(0, 3).Draw(t, "retries"),
		Bisect: rapid.Bool().Draw(t, "bisect"), CountsAnew: rapid.Bool().Draw(t, "counts anew"), Destination: destination,
		Handler: &crashing{Handler: lambda.NewHandler(h), before: drawTimes(t, "crash before"), after: drawTimes(t, "crash after")},
	}
}

func drawTimes(t *rapid.T, label string) map[int]bool {
	times := make(map[int]bool)
	for _, n := range rapid.SliceOfN(rapid.IntRange(0, 30), 0, 3).Draw(t, label) {
		times[n] = true
	}
	return times
}

// run polls the shards until nothing is left, and now and then goes back to a
// checkpoint before.
func (d *delivery) run(t *rapid.T, m streamtest.Mapping) {
	for replays := 3; ; {
		left := slices.DeleteFunc(slices.Clone(d.shards), func(s *streamtest.Shard) bool { return s.Checkpoint == len(s.Records) })
		if len(left) == 0 {
			return
		}
		s := sampled(t, left, "next")
		m.Poll(t.Context(), s)
		if replays > 0 && rapid.IntRange(0, 5).Draw(t, "replay") == 5 {
			replays--
			s.Checkpoint = rapid.IntRange(0, s.Checkpoint).Draw(t, "from")
		}
	}
}

// tampered reports whether a record tells of tampering.
func (d *delivery) tampered() bool {
	return slices.ContainsFunc(d.shards, func(s *streamtest.Shard) bool {
		return slices.ContainsFunc(s.Records, func(r events.DynamoDBEventRecord) bool { return r.EventName != "INSERT" })
	})
}
