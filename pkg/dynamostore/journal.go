package dynamostore

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// segments is how many a journal has. Each is written by one transaction at a time,
// since its places are dense; it is never changed, since streams would move.
const segments = 16

// A Journal is in the table of views. A segment is a partition: an item for each
// commit, in the order of their places, and the head, which says how many there
// are. What arrives is written in one transaction with the head and with the guard
// of its stream, which says what of it has arrived.
type Journal struct {
	client ViewsClient
	table  string
	events eventstore.Store // has what was missed

	mu   sync.Mutex
	last map[at]head // of segments, as they were written here last
}

var _ journal.Store = (*Journal)(nil)

// NewJournal returns the journal in a table, which has the form that [Schema] says.
func NewJournal(client ViewsClient, table string, events eventstore.Store) *Journal {
	return &Journal{client: client, table: table, events: events}
}

func segmentOf(s eventstore.StreamID) int {
	h := fnv.New32a()
	h.Write([]byte(s.String()))
	return int(h.Sum32() % segments)
}

func segmentAt(tenant string, segment int, s string) at {
	return at{p: key(tenant, journal.View, "segment", strconv.Itoa(segment)), s: s}
}

func headAt(tenant string, segment int) at { return segmentAt(tenant, segment, "head") }

// placeAt stands before the head, and sorts as numbers do.
func placeAt(tenant string, segment int, place uint64) at {
	return segmentAt(tenant, segment, fmt.Sprintf("%020d", place))
}

func guardAt(s eventstore.StreamID) at {
	return at{p: key(s.Tenant, journal.View, "stream", s.Category, s.ID), s: "guard"}
}

// A head says how many entries a segment has, and the latest commit time so far.
type head struct {
	places uint64
	latest string
}

func (j *Journal) get(ctx context.Context, a at) (*reader, error) {
	out, err := j.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &j.table, Key: a.item(), ConsistentRead: new(true)})
	if err != nil {
		return nil, fault(ctx, "journal: get "+a.p, err)
	}
	if out.Item == nil {
		return nil, nil
	}
	return &reader{item: out.Item}, nil
}

func (j *Journal) head(ctx context.Context, tenant string, segment int) (h head, err error) {
	r, err := j.get(ctx, headAt(tenant, segment))
	if err != nil || r == nil {
		return h, err
	}
	h = head{uint64(r.number("h")), r.text("m")}
	return h, r.journal()
}

// journal is an error for what of an item makes no sense.
func (r *reader) journal() error {
	if r.wrong == "" {
		return nil
	}
	p, s := reader{item: r.item}, reader{item: r.item}
	return fmt.Errorf("journal: item %s at %s: attribute %q is missing or makes no sense; rebuild the view", p.text("p"), s.text("s"), r.wrong)
}

// each calls f for every segment at once.
func each(f func(segment int) error) error {
	errs := make([]error, segments)
	var wg sync.WaitGroup
	for i := range segments {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func (j *Journal) heads(ctx context.Context, tenant string) (all [segments]head, err error) {
	err = each(func(i int) (err error) {
		all[i], err = j.head(ctx, tenant, i)
		return err
	})
	return all, err
}

// End implements [journal.Store].
func (j *Journal) End(ctx context.Context, tenant string) (journal.Cursor, error) {
	heads, err := j.heads(ctx, tenant)
	end := make(journal.Cursor, segments)
	for i, h := range heads {
		end[i] = h.places
	}
	return end, err
}

// Complete implements [journal.Store]. Nobody can tell: a commit may still be on
// its way here, or its stream be parked.
func (j *Journal) Complete(ctx context.Context, _ string) (time.Time, error) {
	return time.Time{}, ctx.Err()
}

// Arrived reports whether a stream's events are here, up to a version.
func (j *Journal) Arrived(ctx context.Context, s eventstore.StreamID, v eventstore.Version) (bool, error) {
	applied, err := j.applied(ctx, s)
	return applied >= v, err
}

// Read implements [journal.Store]. Between segments it goes by commit time.
func (j *Journal) Read(ctx context.Context, p journal.Page) ([]journal.Entry, journal.Cursor, error) {
	heads, err := j.heads(ctx, p.Tenant)
	if err != nil {
		return nil, nil, err
	}
	if len(p.After) > segments {
		return nil, nil, journal.ErrNoPlace
	}
	for i, h := range heads {
		if p.After.At(i) > h.places {
			return nil, nil, journal.ErrNoPlace
		}
	}
	var parts [segments]part
	err = each(func(i int) (err error) {
		parts[i], err = j.part(ctx, p, i, heads[i])
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	entries, next := merge(p, parts)
	return entries, next, nil
}

// A part is what was read of one segment.
type part struct {
	after   uint64
	entries []journal.Entry
	cut     bool // there is more
}

// part reads what comes next in a segment.
func (j *Journal) part(ctx context.Context, p journal.Page, segment int, h head) (got part, err error) {
	got.after, err = j.start(ctx, p, segment, h)
	if err != nil || got.after == h.places {
		return got, err
	}
	first, last := placeAt(p.Tenant, segment, got.after+1), placeAt(p.Tenant, segment, h.places)
	out, err := j.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &j.table, ConsistentRead: new(true), Limit: new(int32(min(p.Limit, 1000))),
		KeyConditionExpression: new("p = :p AND s BETWEEN :first AND :last"),
		ExpressionAttributeValues: item{
			":p":     &types.AttributeValueMemberS{Value: first.p},
			":first": &types.AttributeValueMemberS{Value: first.s},
			":last":  &types.AttributeValueMemberS{Value: last.s},
		},
	})
	if err != nil {
		return got, fault(ctx, "journal: read "+first.p, err)
	}
	for n, i := range out.Items {
		e, err := j.entry(ctx, i, segment, got.after+1+uint64(n))
		if err != nil {
			return got, err
		}
		got.entries = append(got.entries, e)
	}
	got.cut = got.after+uint64(len(got.entries)) < h.places
	return got, nil
}

// start returns a place from which on nothing is missed. The latest time so far
// ascends with the places, so what is wholly before a time is found by halving.
func (j *Journal) start(ctx context.Context, p journal.Page, segment int, h head) (uint64, error) {
	after := p.After.At(segment)
	if p.Since.IsZero() {
		return after, nil
	}
	since := p.Since.UTC().Format(latestForm)
	if h.latest < since {
		return h.places, nil
	}
	wholly := func(place uint64) (bool, error) {
		r, err := j.get(ctx, placeAt(p.Tenant, segment, place))
		if err != nil {
			return false, err
		}
		if r == nil {
			r = &reader{item: placeAt(p.Tenant, segment, place).item(), wrong: "p"}
			return false, r.journal()
		}
		latest := r.text("m")
		return latest < since, r.journal()
	}
	place := after + 1 // mostly there is nothing to be left out
	for low, high := after+1, h.places; low <= high; place = low + (high-low)/2 {
		before, err := wholly(place)
		if err != nil {
			return 0, err
		}
		if before {
			after, low = place, place+1
		} else {
			high = place - 1
		}
	}
	return after, nil
}

// latestForm sorts as times do.
const latestForm = "2006-01-02T15:04:05.000Z07:00"

// maxPage is how much of the events a page has, in bytes.
const maxPage = 1 << 20

// merge puts parts into one page. A part of which more is to be read is not passed.
func merge(p journal.Page, parts [segments]part) (page []journal.Entry, next journal.Cursor) {
	next = p.After
	for i, part := range parts {
		if part.after > next.At(i) {
			next = next.To(i, part.after, segments)
		}
	}
	for size := 0; len(page) < p.Limit && size < maxPage; {
		first := -1
		for i, part := range parts {
			switch {
			case len(part.entries) == 0 && part.cut:
				return page, next
			case len(part.entries) > 0 && (first < 0 || part.entries[0].Commit.At.Before(parts[first].entries[0].Commit.At)):
				first = i
			}
		}
		if first < 0 {
			return page, next
		}
		e := parts[first].entries[0]
		parts[first].entries = parts[first].entries[1:]
		next = next.To(first, e.Place, segments)
		if e.Commit.At.Before(p.Since) {
			continue
		}
		e.Cursor = next
		page = append(page, e)
		for _, event := range e.Commit.Events {
			size += len(event.Data)
		}
	}
	return page, next
}
