package eventbridgebus_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/publish"
	"github.com/daybook-es/daybook/pkg/publish/bustest"
)

func TestBus(t *testing.T) {
	l := listen(t, bustest.Types)
	bus := l.bus()
	bustest.Run(t, func(t testing.TB) (publish.Bus, func() []publish.Event) {
		return bus, func() []publish.Event { return l.received(t) }
	})
}
