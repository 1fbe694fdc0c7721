package dynamostore

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal"
)

// encodeEntry returns the item of a commit at its place: that of the table of
// events, but for its key, and for what the journal does not show. One that would
// be too large there has no events: they are read where they are.
func encodeEntry(c eventstore.Commit, place at, latest string) item {
	i := place.of(encode(journal.Shown(c).Item()))
	i["t"] = &types.AttributeValueMemberS{Value: c.Stream.String()}
	i["m"] = &types.AttributeValueMemberS{Value: latest}
	if sizeOf(i) > eventstore.MaxItem {
		delete(i, "e")
	}
	return i
}

// entry reads what encodeEntry wrote.
func (j *Journal) entry(ctx context.Context, i item, segment int, place uint64) (journal.Entry, error) {
	r := reader{item: i}
	stream, s := r.text("t"), r.text("s")
	if s != fmt.Sprintf("%020d", place) {
		r.fail("s") // a hole
	}
	if err := r.journal(); err != nil {
		return journal.Entry{}, err
	}
	commit := item{"p": &types.AttributeValueMemberS{Value: stream}}
	for _, name := range []string{"v", "n", "e", "c", "at"} {
		commit[name] = i[name]
	}
	read := func() (eventstore.Commit, error) { return decode(commit) }
	if _, there := i["e"]; !there {
		first := eventstore.Version(r.number("v"))
		read = func() (eventstore.Commit, error) { return j.large(ctx, stream, first) }
	}
	c, err := read()
	if err != nil {
		return journal.Entry{}, fmt.Errorf("journal: segment %d at %d: %w", segment, place, err)
	}
	return journal.Entry{Commit: c, Segment: segment, Place: place}, nil
}

// large reads a commit where it was appended.
func (j *Journal) large(ctx context.Context, stream string, first eventstore.Version) (eventstore.Commit, error) {
	id, err := eventstore.ParseStreamID(stream)
	if err != nil {
		return eventstore.Commit{}, err
	}
	before, err := after(id, first-1)
	if err != nil {
		return eventstore.Commit{}, err
	}
	for c, err := range j.events.Read(ctx, id, before) {
		return journal.Shown(c), err
	}
	return eventstore.Commit{}, fmt.Errorf("%s has no version %d; rebuild the view", stream, first)
}

// after returns the position after a version, which is to be the end of a commit.
func after(s eventstore.StreamID, v eventstore.Version) (p eventstore.Position, err error) {
	if v == eventstore.Empty {
		return eventstore.NoStream(s), nil
	}
	return p, p.UnmarshalText(fmt.Appendf(nil, "%s@%d", s, v))
}

func later(latest string, c eventstore.Commit) string {
	return slices.Max([]string{latest, c.At.UTC().Format(latestForm)})
}
