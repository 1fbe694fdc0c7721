package dynamostore

import (
	"context"
	"encoding/json"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// maxTransaction is how many items a transaction has at most.
const maxTransaction = 100

// A sum is an item whose amounts are numbers, each under its name after a plus
// sign, so that none is taken for a key.
func amountAt(name string) string { return "+" + name }

// indexOf names the index of sums by an amount.
func indexOf(amount string) string { return "by-" + amount }

func groupOf(view, tenant, group string) string { return key(tenant, view, "sum", group) }

func sumAt(k readmodel.Key, s readmodel.Sum) at {
	return at{p: groupOf(k.View, k.Tenant, s.Group), s: key(s.ID)}
}

// A change is what is added to a sum.
type change struct {
	of      readmodel.Sum // without amounts
	amounts map[string]*big.Int
}

// changesOf returns what has to be added to each sum for a row to contribute next
// where it did last; what does not change is left out.
func changesOf(last, next []readmodel.Sum) []change {
	all := make(map[[2]string]change)
	count := func(sums []readmodel.Sum, add func(z, x, y *big.Int) *big.Int) {
		for _, s := range sums {
			c, ok := all[nameOf(s)]
			if !ok {
				c = change{readmodel.Sum{Group: s.Group, ID: s.ID}, make(map[string]*big.Int)}
				all[nameOf(s)] = c
			}
			for name, n := range s.Amounts {
				if c.amounts[name] == nil {
					c.amounts[name] = new(big.Int)
				}
				add(c.amounts[name], c.amounts[name], big.NewInt(n))
			}
		}
	}
	count(last, (*big.Int).Sub)
	count(next, (*big.Int).Add)
	var changes []change
	for _, c := range all {
		maps.DeleteFunc(c.amounts, func(_ string, n *big.Int) bool { return n.Sign() == 0 })
		if len(c.amounts) > 0 {
			changes = append(changes, c)
		}
	}
	return changes
}

func nameOf(s readmodel.Sum) [2]string { return [2]string{s.Group, s.ID} }

// adds returns what changes the sums.
func (v *Views) adds(k readmodel.Key, changes []change) []types.TransactWriteItem {
	var all []types.TransactWriteItem
	for _, c := range changes {
		update := &types.Update{
			TableName: &v.table, Key: sumAt(k, c.of).item(),
			ExpressionAttributeNames: map[string]string{}, ExpressionAttributeValues: item{},
		}
		var parts []string
		for name, n := range c.amounts {
			i := strconv.Itoa(len(parts))
			update.ExpressionAttributeNames["#"+i] = amountAt(name)
			update.ExpressionAttributeValues[":"+i] = &types.AttributeValueMemberN{Value: n.String()}
			parts = append(parts, "#"+i+" :"+i)
		}
		update.UpdateExpression = new("ADD " + strings.Join(parts, ", "))
		all = append(all, types.TransactWriteItem{Update: update})
	}
	return all
}

// step returns what notes with the row as it stands that it contributes to these
// sums what next does, and takes it down in the line.
func (v *Views) step(l *line, next []readmodel.Sum, changes []change) types.TransactWriteItem {
	done := make(map[[2]string]bool)
	for _, c := range changes {
		done[nameOf(c.of)] = true
	}
	condition, values := unchanged(l.Revision, l.steps)
	l.Sums = slices.DeleteFunc(slices.Clone(l.Sums), func(s readmodel.Sum) bool { return done[nameOf(s)] })
	for _, s := range next {
		if done[nameOf(s)] {
			l.Sums = append(l.Sums, s)
		}
	}
	l.steps++
	contributed, _ := json.Marshal(l.Sums) // it is texts and numbers
	if values == nil {
		values = item{}
	}
	values[":c"] = &types.AttributeValueMemberS{Value: string(contributed)}
	values[":next"] = &types.AttributeValueMemberN{Value: strconv.Itoa(l.steps)}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &v.table, Key: rowAt(l.Key).item(), UpdateExpression: new("SET c = :c, k = :next"),
		ConditionExpression: &condition, ExpressionAttributeValues: values,
	}}
}

// conflicts is how often a transaction is written again because another one was
// at one of its sums at the same moment, which says nothing of the row. The pause
// before, a random part of one that doubles each time, parts them.
const (
	conflicts     = 10
	conflictPause = 5 * time.Millisecond
)

// transact is [readmodel.ErrRace] when somebody else wrote the row.
func (v *Views) transact(ctx context.Context, k readmodel.Key, summing bool, writes []types.TransactWriteItem) error {
	for try := 0; ; try++ {
		_, err := v.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: writes})
		switch {
		case err == nil:
			return nil
		case !raced(err):
			return fault(ctx, "put "+named(k), err)
		case !summing, try == conflicts, cancelled(err, "ConditionalCheckFailed"):
			return readmodel.ErrRace
		}
		select {
		case <-time.After(rand.N(conflictPause << try)):
		case <-ctx.Done():
			return fault(ctx, "put "+named(k), ctx.Err())
		}
	}
}

// Totals implements [readmodel.Store]. A ranking is a query on a global
// index, which cannot be read consistently.
func (v *Views) Totals(ctx context.Context, g readmodel.Group) ([]readmodel.Total, error) {
	in, ok := v.query(g)
	if !ok {
		return nil, ctx.Err()
	}
	var totals []readmodel.Total
	for {
		if g.Top != "" {
			in.Limit = new(int32(g.Limit - len(totals)))
		}
		out, err := v.client.Query(ctx, in)
		if err != nil {
			return nil, fault(ctx, "sums "+g.Name+" of "+g.View, err)
		}
		for _, i := range out.Items {
			t, err := decodeTotal(i, g.View)
			if err != nil {
				return nil, err
			}
			if len(t.Amounts) > 0 && (g.Top != "" || t.ID != g.To) { // BETWEEN holds both ends
				totals = append(totals, t)
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; g.Top != "" && len(totals) == g.Limit || len(in.ExclusiveStartKey) == 0 {
			return totals, nil
		}
	}
}

// query returns the query for a group, or false where nothing can be.
func (v *Views) query(g readmodel.Group) (*dynamodb.QueryInput, bool) {
	p := groupOf(g.View, g.Tenant, g.Name)
	in := &dynamodb.QueryInput{
		TableName: &v.table, ConsistentRead: new(true), KeyConditionExpression: new("p = :p"),
		ExpressionAttributeValues: item{":p": &types.AttributeValueMemberS{Value: p}},
	}
	if g.Top != "" {
		in.IndexName, in.ConsistentRead, in.ScanIndexForward = new(indexOf(g.Top)), nil, new(false)
		in.KeyConditionExpression = new("p = :p AND #top > :zero")
		in.ExpressionAttributeNames = map[string]string{"#top": amountAt(g.Top)}
		in.ExpressionAttributeValues[":zero"] = &types.AttributeValueMemberN{Value: "0"}
		return in, len(p) <= maxPartition && g.Limit > 0
	}
	from, to := cut(key(g.From)), cut(key(g.To))
	switch {
	case g.To != "" && from >= to:
		return nil, false
	case g.From != "" && g.To != "":
		in.KeyConditionExpression = new("p = :p AND s BETWEEN :from AND :to")
	case g.From != "":
		in.KeyConditionExpression = new("p = :p AND s >= :from")
	case g.To != "":
		in.KeyConditionExpression = new("p = :p AND s < :to")
	}
	if g.From != "" {
		in.ExpressionAttributeValues[":from"] = &types.AttributeValueMemberS{Value: from}
	}
	if g.To != "" {
		in.ExpressionAttributeValues[":to"] = &types.AttributeValueMemberS{Value: to}
	}
	return in, len(p) <= maxPartition
}

func decodeTotal(i item, view string) (readmodel.Total, error) {
	r := reader{item: i}
	t := readmodel.Total{Amounts: make(map[string]*big.Int)}
	if ids, ok := texts(r.text("s")); ok && len(ids) == 1 {
		t.ID = ids[0]
	} else {
		r.fail("s")
	}
	for name, a := range i {
		amount, is := strings.CutPrefix(name, "+")
		if !is {
			continue
		}
		number, _ := a.(*types.AttributeValueMemberN)
		if number == nil {
			r.fail(name)
			continue
		}
		n, ok := new(big.Int).SetString(number.Value, 10)
		if !ok {
			r.fail(name)
		} else if n.Sign() != 0 {
			t.Amounts[amount] = n
		}
	}
	return t, r.err(view)
}

func (r *reader) sums(name string) (all []readmodel.Sum) {
	if r.item[name] == nil {
		return nil
	}
	if err := json.Unmarshal([]byte(r.text(name)), &all); err != nil {
		r.fail(name)
	}
	return all
}
