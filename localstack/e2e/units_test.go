package e2e_test

import (
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// What an append costs follows from the item that it put: a unit for each
// kilobyte, as pkg/dynamostore proves on DynamoDB Local.
func TestAnAppendCostsOneUnit(t *testing.T) {
	s := open(t)
	product := s.receive(t, 10)
	for range 2 { // at least twenty appends, whatever other tests have written
		p := want(product, 1)
		s.buy(t, p)
		s.ended(t, p.id)
	}

	appends, units := 0, 0
	pages := dynamodb.NewScanPaginator(s.dynamo, &dynamodb.ScanInput{TableName: new(s.outputs["EventsTableName"])})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			appends++
			units += stored(t, item).Units()
		}
	}
	mean := float64(units) / float64(appends)
	if t.Logf("%d appends cost %d units, %.4f in the mean", appends, units, mean); appends < 20 || mean > 1.05 {
		t.Errorf("%d appends cost %.4f units in the mean", appends, mean)
	}
}

// stored reads an item as the table has it.
func stored(t *testing.T, item map[string]types.AttributeValue) (i eventstore.Item) {
	t.Helper()
	numbers := make(map[string]int)
	for name, value := range item {
		switch value := value.(type) {
		case *types.AttributeValueMemberN:
			n, err := strconv.Atoi(value.Value)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			numbers[name] = n
		case *types.AttributeValueMemberS:
			text, ok := map[string]*string{"p": &i.P, "e": &i.E, "c": &i.C, "at": &i.At, "s": &i.S}[name]
			if !ok {
				t.Fatalf("an item has %s", name)
			}
			*text = value.Value
		default:
			t.Fatalf("an item has %s, a %T", name, value)
		}
	}
	i.V, i.N, i.SV = eventstore.Version(numbers["v"]), numbers["n"], numbers["sv"]
	return i
}
