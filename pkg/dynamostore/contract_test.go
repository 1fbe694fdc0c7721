package dynamostore_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	client, name := table(t)
	storetest.Run(t, func(testing.TB) eventstore.Store { return dynamostore.New(client, name) })
}
