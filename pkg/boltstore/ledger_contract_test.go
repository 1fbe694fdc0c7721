package boltstore_test

import (
	"path/filepath"
	"testing"

	"github.com/daybook-es/daybook/pkg/boltstore"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/porttest"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

var _ sandbox.Ledger = (*boltstore.Ledger)(nil)

func TestTheSandboxesKeepTheirContractOverAFile(t *testing.T) {
	t.Run("gateway", func(t *testing.T) {
		charge := fulfilment.Charge{Amount: domain.Money{Amount: 2999, Currency: "USD"}, Method: "tok_ok"}
		declined := charge
		declined.Method = "tok_declined"
		overAFile(t, sandbox.Gateway, charge, declined)
	})
	t.Run("carrier", func(t *testing.T) {
		overAFile(t, sandbox.Carrier, fulfilment.Parcel{PostalCode: "10115"}, fulfilment.Parcel{PostalCode: "00000"})
	})
	t.Run("notifier", func(t *testing.T) {
		overAFile(t, sandbox.Notifier, fulfilment.Message{Email: "ada@example.com"}, fulfilment.Message{Email: "nowhere"})
	})
}

func overAFile[In, Out any](t *testing.T, of func(sandbox.Ledger) fulfilment.Port[In, Out], works, refused In) {
	t.Helper()
	porttest.Run(t, func(t testing.TB) porttest.Harness[In, Out] {
		path := filepath.Join(t.TempDir(), "ledgers.db")
		ledgers := openLedgers(t, path)
		return porttest.Harness[In, Out]{
			Port: of(ledgers.Ledger("it")), Works: works, Refused: refused,
			Reopen: func() fulfilment.Port[In, Out] {
				if err := ledgers.Close(); err != nil {
					t.Fatal(err)
				}
				ledgers = openLedgers(t, path)
				return of(ledgers.Ledger("it"))
			},
			Ledger: func(key string) (done, undone int) {
				entries, err := sandbox.Entries(t.Context(), ledgers.Ledger("it"))
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
