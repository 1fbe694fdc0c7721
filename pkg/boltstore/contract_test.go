package boltstore_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/eventstore"
	"github.com/daybook-es/daybook/pkg/eventstore/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t testing.TB) eventstore.Store { return fresh(t) })
}
