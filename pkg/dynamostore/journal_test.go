package dynamostore_test

import (
	"testing"

	"github.com/daybook-es/daybook/internal/dynamolocal"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/readmodel/journal/journaltest"
)

func TestTheJournal(t *testing.T) {
	dynamolocal.Endpoint(t) // skips where none can run
	journaltest.Run(t, func(t testing.TB) journaltest.Harness {
		t.Helper()
		client, name := tableOf(t, dynamostore.ViewsTable)
		store := new(memstore.Store)
		j := dynamostore.NewJournal(client, name, store)
		return journaltest.Harness{Events: store, Journal: j, Arrive: j.Apply}
	})
}
