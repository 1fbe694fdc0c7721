package sandbox_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/porttest"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

func TestGateway(t *testing.T) {
	keepsTheContract(t, sandbox.Gateway, by("tok_ok"), by("tok_declined"))
}

func TestCarrier(t *testing.T) {
	keepsTheContract(t, sandbox.Carrier, to("10115"), to("00000"))
}

func TestNotifier(t *testing.T) {
	keepsTheContract(t, sandbox.Notifier, at("ada@example.com"), at("nowhere"))
}

func keepsTheContract[In, Out any](t *testing.T, of func(sandbox.Ledger) fulfilment.Port[In, Out], works, refused In) {
	t.Helper()
	porttest.Run(t, func(t testing.TB) porttest.Harness[In, Out] {
		ledger := new(sandbox.Memory)
		return porttest.Harness[In, Out]{
			Port: of(ledger), Works: works, Refused: refused,
			Reopen: func() fulfilment.Port[In, Out] { return of(ledger) },
			Ledger: func(key string) (done, undone int) {
				e := entry(t, ledger, key)
				return e.Done, e.Undone
			},
		}
	})
}
