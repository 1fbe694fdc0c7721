package dynamostore_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/porttest"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

var _ sandbox.Ledger = (*dynamostore.Ledger)(nil)

func TestTheSandboxesKeepTheirContractOverATable(t *testing.T) {
	t.Parallel()
	client, name := tableOf(t, dynamostore.SandboxTable)
	of := dynamostore.NewLedgers(client, name)
	t.Run("gateway", func(t *testing.T) {
		charge := fulfilment.Charge{Amount: domain.Money{Amount: 2999, Currency: "USD"}, Method: "tok_ok"}
		declined := charge
		declined.Method = "tok_declined"
		overATable(t, of, sandbox.Gateway, charge, declined)
	})
	t.Run("carrier", func(t *testing.T) {
		overATable(t, of, sandbox.Carrier, fulfilment.Parcel{PostalCode: "10115"}, fulfilment.Parcel{PostalCode: "00000"})
	})
	t.Run("notifier", func(t *testing.T) {
		overATable(t, of, sandbox.Notifier, fulfilment.Message{Email: "ada@example.com"}, fulfilment.Message{Email: "nowhere"})
	})
}

func overATable[In, Out any](t *testing.T, ledgers *dynamostore.Ledgers, of func(sandbox.Ledger) fulfilment.Port[In, Out], works, refused In) {
	t.Helper()
	t.Parallel()
	porttest.Run(t, func(t testing.TB) porttest.Harness[In, Out] {
		open := func() *dynamostore.Ledger { return ledgers.Ledger(t.Name()) }
		return porttest.Harness[In, Out]{
			Port: of(open()), Works: works, Refused: refused,
			Reopen: func() fulfilment.Port[In, Out] { return of(open()) },
			Ledger: func(key string) (done, undone int) {
				entries, err := sandbox.Entries(t.Context(), open())
				if err != nil {
					t.Fatal(err)
				}
				for _, e := range entries {
					if e.Key == key {
						return e.Done, e.Undone
					}
				}
				return 0, 0
			},
		}
	})
}
