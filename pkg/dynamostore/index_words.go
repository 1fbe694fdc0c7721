package dynamostore

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// entries are those of one word, in descending order, of which some are read.
type entries struct {
	x         *Index
	partition string
	size      int32 // of what is read at once

	read  []string // places that follow one another
	ended bool     // none follows them
}

// next returns the first entry at a place or below it; with after, only below.
// The zero place is above all.
func (e *entries) next(ctx context.Context, place string, after bool) (found string, ok bool, err error) {
	fits := func(s string) bool { return place == "" || s < place || s == place && !after }
	for {
		for len(e.read) > 0 {
			if fits(e.read[0]) {
				return e.read[0], true, nil
			}
			e.read = e.read[1:]
		}
		if e.ended {
			return "", false, nil
		}
		if err := e.readFrom(ctx, place, after); err != nil {
			return "", false, err
		}
	}
}

func (e *entries) readFrom(ctx context.Context, place string, after bool) error {
	in := &dynamodb.QueryInput{
		TableName: &e.x.table, ConsistentRead: new(true), ScanIndexForward: new(false), Limit: &e.size,
		KeyConditionExpression:    new("p = :p"),
		ExpressionAttributeValues: item{":p": &types.AttributeValueMemberS{Value: e.partition}},
	}
	if place != "" {
		in.KeyConditionExpression = new("p = :p AND s <= :s")
		if after {
			in.KeyConditionExpression = new("p = :p AND s < :s")
		}
		in.ExpressionAttributeValues[":s"] = &types.AttributeValueMemberS{Value: place}
	}
	out, err := e.x.client.Query(ctx, in)
	if err != nil {
		return fault(ctx, "find words", err)
	}
	for _, i := range out.Items {
		r := reader{item: i}
		e.read = append(e.read, r.text("s"))
	}
	e.ended = len(out.LastEvaluatedKey) == 0
	return nil
}

// agreed returns the first places after one that all words have entries at, so
// many at most. Each word in turn skips to where the last one stands, so what is
// read is of the order of the rarest word's entries.
func agreed(ctx context.Context, words []*entries, after string, most int) (places []string, err error) {
	at, next, agree := after, true, 0
	for i := 0; len(places) < most; i = (i + 1) % len(words) {
		found, ok, err := words[i].next(ctx, at, next)
		if err != nil || !ok {
			return places, err
		}
		if found != at || next {
			at, next, agree = found, false, 0
		}
		if agree++; agree == len(words) {
			places, next, agree = append(places, at), true, 0
		}
	}
	return places, nil
}
