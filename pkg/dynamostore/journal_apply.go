package dynamostore

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/projection"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

var _ projection.View = (*Journal)(nil)

// View returns the name of the view.
func (j *Journal) View() string { return journal.View }

// Has implements [projection.View].
func (j *Journal) Has(ctx context.Context, stream eventstore.StreamID, version eventstore.Version) (bool, error) {
	at, err := j.applied(ctx, stream)
	return at >= version, err
}

// Apply writes down the commits, and before each what of its stream is missing. It
// is that of a [projection.Projection]: duplicates are nothing, and a stream that
// is damaged in the event store stops alone, by a [*projection.PoisonError].
func (j *Journal) Apply(ctx context.Context, commits ...eventstore.Commit) error {
	type segment struct {
		tenant string
		n      int
	}
	parts := make(map[segment][]eventstore.Commit)
	for _, c := range commits {
		in := segment{c.Stream.Tenant, segmentOf(c.Stream)}
		parts[in] = append(parts[in], c)
	}
	var mu sync.Mutex
	var poison, faults []error
	var wg sync.WaitGroup
	for in, commits := range parts {
		wg.Go(func() {
			found, err := j.arrive(ctx, in.tenant, in.n, commits)
			mu.Lock()
			defer mu.Unlock()
			poison = append(poison, found...)
			if err != nil {
				faults = append(faults, err)
			}
		})
	}
	if wg.Wait(); len(faults) > 0 {
		return faults[0]
	}
	return errors.Join(poison...)
}

// arrive writes commits of one segment.
func (j *Journal) arrive(ctx context.Context, tenant string, segment int, commits []eventstore.Commit) (poison []error, err error) {
	if j.tryHopefully(ctx, tenant, segment, commits) == nil {
		return nil, nil
	}
	for try := 1; ; try++ {
		poison, err = j.tryArrive(ctx, tenant, segment, commits)
		if !errors.Is(err, readmodel.ErrRace) || try == changeTries {
			return poison, err
		}
		select {
		case <-time.After(rand.N(min(minPause<<try, maxPause))):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// tryHopefully writes commits without a read, as if each followed what of its
// stream has arrived, and the head were as it was written here last: mostly it is
// so, and the conditions see to it that nothing is written otherwise.
func (j *Journal) tryHopefully(ctx context.Context, tenant string, segment int, commits []eventstore.Commit) error {
	h, known := j.lastHead(tenant, segment)
	if !known {
		return readmodel.ErrRace
	}
	w := writing{journal: j, ctx: ctx, tenant: tenant, segment: segment, head: h, was: h.places}
	for _, stream := range streamsOf(commits) {
		applied := stream[0].First - 1
		for _, c := range stream {
			if c.First != applied+1 {
				return readmodel.ErrRace
			}
			if err := w.add(c, applied); err != nil {
				return err
			}
			applied = c.Last()
		}
	}
	return w.flush()
}

// tryArrive is [readmodel.ErrRace] when somebody else wrote in between; what is
// written by then stays, and is a duplicate the next time.
func (j *Journal) tryArrive(ctx context.Context, tenant string, segment int, commits []eventstore.Commit) (poison []error, err error) {
	h, err := j.head(ctx, tenant, segment)
	if err != nil {
		return nil, err
	}
	w := writing{journal: j, ctx: ctx, tenant: tenant, segment: segment, head: h, was: h.places}
	for _, stream := range streamsOf(commits) {
		applied, err := j.applied(ctx, stream[0].Stream)
		if err != nil {
			return nil, err
		}
		next, damage := j.next(ctx, applied, stream)
		if damage != nil && !eventstore.Damaged(damage) {
			return nil, damage
		}
		end := applied
		if len(next) > 0 {
			end = next[len(next)-1].Last()
		}
		if damage != nil {
			poison = append(poison, &projection.PoisonError{Stream: stream[0].Stream, Version: end + 1, Err: damage})
		}
		for _, c := range next {
			if err := w.add(c, applied); err != nil {
				return nil, err
			}
			applied = c.Last()
		}
	}
	return poison, w.flush()
}

// streamsOf returns the commits of each stream, in order.
func streamsOf(commits []eventstore.Commit) (all [][]eventstore.Commit) {
	at := make(map[eventstore.StreamID]int)
	for _, c := range commits {
		i, known := at[c.Stream]
		if !known {
			i = len(all)
			at[c.Stream], all = i, append(all, nil)
		}
		all[i] = append(all[i], c)
	}
	for _, stream := range all {
		slices.SortFunc(stream, func(a, b eventstore.Commit) int { return cmp.Compare(a.First, b.First) })
	}
	return all
}

func (j *Journal) applied(ctx context.Context, s eventstore.StreamID) (eventstore.Version, error) {
	r, err := j.get(ctx, guardAt(s))
	if err != nil || r == nil {
		return eventstore.Empty, err
	}
	v := eventstore.Version(r.number("v"))
	return v, r.journal()
}

// next returns what of a stream is to be written: what came, or where that leaves
// a gap, what the store has.
func (j *Journal) next(ctx context.Context, applied eventstore.Version, came []eventstore.Commit) (next []eventstore.Commit, err error) {
	end := applied
	for _, c := range came {
		switch {
		case c.Last() <= end:
		case c.First == end+1:
			next, end = append(next, c), c.Last()
		default:
			return j.missed(ctx, c.Stream, applied)
		}
	}
	return next, nil
}

func (j *Journal) missed(ctx context.Context, s eventstore.StreamID, applied eventstore.Version) (next []eventstore.Commit, err error) {
	end, err := after(s, applied)
	if err != nil {
		return nil, err
	}
	for c, err := range j.events.Read(ctx, s, end) {
		if err != nil {
			return next, err
		}
		next = append(next, c)
	}
	return next, nil
}

// maxWriting is what a transaction holds of entries, in bytes; DynamoDB takes 4 MB.
const maxWriting = 3 << 20

// A writing gathers commits of a segment for one transaction.
type writing struct {
	journal *Journal
	ctx     context.Context //nolint:containedctx // it lives for one call
	tenant  string
	segment int
	head    head
	was     uint64 // places of the stored head

	entries []types.TransactWriteItem
	guards  map[eventstore.StreamID]guard
	size    int
}

type guard struct{ was, now eventstore.Version }

// add takes a commit, whose stream was at a version before it.
func (w *writing) add(c eventstore.Commit, was eventstore.Version) error {
	next := head{w.head.places + 1, later(w.head.latest, c)}
	i := encodeEntry(c, placeAt(w.tenant, w.segment, next.places), next.latest)
	if size := sizeOf(i); len(w.entries)+len(w.guards)+3 > mostWrites || w.size+size > maxWriting {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if w.guards == nil {
		w.guards = make(map[eventstore.StreamID]guard)
	}
	g, known := w.guards[c.Stream]
	if !known {
		g.was = was
	}
	g.now = c.Last()
	w.guards[c.Stream] = g
	w.entries = append(w.entries, types.TransactWriteItem{Put: &types.Put{TableName: &w.journal.table, Item: i}})
	w.head, w.size = next, w.size+sizeOf(i)
	return nil
}

// flush writes what was gathered.
func (w *writing) flush() error {
	if len(w.entries) == 0 {
		return nil
	}
	writes := append(w.entries, w.put(headAt(w.tenant, w.segment).of(item{
		"h": numeral(w.head.places), "m": &types.AttributeValueMemberS{Value: w.head.latest},
	}), "h", w.was))
	for stream, g := range w.guards {
		writes = append(writes, w.put(guardAt(stream).of(item{"v": numeral(uint64(g.now))}), "v", uint64(g.was)))
	}
	_, err := w.journal.client.TransactWriteItems(w.ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
	if err != nil {
		w.journal.wrote(w.tenant, w.segment, head{}, false)
	}
	if raced(err) {
		return readmodel.ErrRace
	}
	if err != nil {
		return fault(w.ctx, "journal: write segment "+strconv.Itoa(w.segment), err)
	}
	w.was, w.entries, w.guards, w.size = w.head.places, nil, nil, 0
	w.journal.wrote(w.tenant, w.segment, w.head, true)
	return nil
}

func (j *Journal) lastHead(tenant string, segment int) (h head, known bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	h, known = j.last[headAt(tenant, segment)]
	return h, known
}

func (j *Journal) wrote(tenant string, segment int, h head, known bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !known {
		delete(j.last, headAt(tenant, segment))
		return
	}
	if j.last == nil {
		j.last = make(map[at]head)
	}
	j.last[headAt(tenant, segment)] = h
}

// put returns the write of an item whose number still is what it was.
func (w *writing) put(i item, name string, was uint64) types.TransactWriteItem {
	p := &types.Put{TableName: &w.journal.table, Item: i, ConditionExpression: new("attribute_not_exists(p)")}
	if was > 0 {
		p.ConditionExpression, p.ExpressionAttributeNames = new("#n = :was"), map[string]string{"#n": name}
		p.ExpressionAttributeValues = item{":was": numeral(was)}
	}
	return types.TransactWriteItem{Put: p}
}

func numeral(n uint64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatUint(n, 10)}
}
