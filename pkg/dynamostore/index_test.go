package dynamostore_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/readmodel"
	"github.com/daybook-es/daybook/pkg/readmodel/search"
	"github.com/daybook-es/daybook/pkg/readmodel/search/searchtest"
)

func TestIndex(t *testing.T) {
	t.Parallel()
	dynamolocal.Endpoint(t) // skips where none can run
	searchtest.Run(t, func(t testing.TB) search.Index {
		client, name := tableOf(t, dynamostore.ViewsTable)
		return dynamostore.NewIndex(client, name)
	})
}

// lamp returns the row of an order with these words.
func lamp(n int, words ...string) readmodel.Row {
	return readmodel.Row{
		Key: readmodel.Key{View: search.View, Tenant: "main", ID: fmt.Sprintf("ord_%03d", n)}, Data: []byte(`{}`),
		Sort: fmt.Sprintf("2026-03-01T12:00:00.%09d", n), Lists: words,
	}
}

func TestAnOrderThatKeepsItsWordsIsWrittenAlone(t *testing.T) {
	client, name := tableOf(t, dynamostore.ViewsTable)
	m := &meteredRows{ViewsClient: client}
	index, row := dynamostore.NewIndex(m, name), lamp(1, "ada", "lamp", "lovelace")
	for revision, want := range []int{2, 2, 2} { // entries and row; then: get and put
		if row.Revision = int64(revision); index.Put(t.Context(), row) != nil || m.Requests != want {
			t.Errorf("put %d took %d requests", revision+1, m.Requests)
		}
		m.bill = bill{}
	}
	out, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil || len(out.Items) != 4 {
		t.Fatalf("%d items, %v", len(out.Items), err)
	}
	for _, i := range out.Items {
		if keys := fmt.Sprint(i["p"], i["s"]); strings.Contains(keys, "lovelace") {
			t.Errorf("a key names a person: %s", keys)
		}
	}
}

func TestASearchReadsAboutAsMuchAsItsRarestWordHas(t *testing.T) {
	t.Parallel()
	client, name := tableOf(t, dynamostore.ViewsTable)
	m := &meteredRows{ViewsClient: client}
	index := dynamostore.NewIndex(m, name)
	for n := range 120 {
		words := []string{"lamp"}
		if n%50 == 7 {
			words = []string{"ada", "lamp"}
		}
		if err := index.Put(t.Context(), lamp(n, words...)); err != nil {
			t.Fatal(err)
		}
	}
	m.bill = bill{}
	rows, err := index.Find(t.Context(), search.Page{Tenant: "main", Words: []string{"ada", "lamp"}, Limit: 5})
	if len(rows) != 3 || err != nil || m.Requests > 3+1+3+1 { // rows, entries of ada, of lamp at each
		t.Errorf("%d rows in %d requests, %v", len(rows), m.Requests, err)
	}
}

func TestAnIndexThatCannotAnswerSaysThatItMayPass(t *testing.T) {
	index := dynamostore.NewIndex(over(new(http.Transport)), "views") // nothing listens there
	_, found := index.Find(t.Context(), search.Page{Tenant: "main", Words: []string{"lovelace"}, Limit: 5})
	for what, err := range map[string]error{"find": found, "put": index.Put(t.Context(), lamp(1, "lovelace"))} {
		if !errors.Is(err, eventstore.ErrUnavailable) || strings.Contains(err.Error(), "lovelace") {
			t.Errorf("%s: got %v", what, err)
		}
	}
}
