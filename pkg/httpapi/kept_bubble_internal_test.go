package httpapi

import (
	"errors"
	"math/big"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/daybook-es/daybook/pkg/readmodel/sales"
)

func figures(orders int64) sales.Statistics { return sales.Statistics{Orders: big.NewInt(orders)} }

func TestStatisticsAreReadOnceForManyAndAnewWhenTheyAreOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k kept
		reads := 0
		ask := func(orders int64, old time.Duration, read int) {
			t.Helper()
			got, age, err := k.get(func() (sales.Statistics, error) {
				reads++
				time.Sleep(100 * time.Millisecond)
				return figures(int64(reads)), nil
			})
			if got.Orders.Int64() != orders || age != old || err != nil || reads != read {
				t.Errorf("got %d, %v old, after %d reads, %v; want %d, %v, %d", got.Orders, age, reads, err, orders, old, read)
			}
		}
		ask(1, 0, 1)
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() { ask(1, 100*time.Millisecond, 1) })
		}
		wg.Wait()
		time.Sleep(keptFor - 101*time.Millisecond)
		ask(1, keptFor-time.Millisecond, 1)
		time.Sleep(time.Millisecond)
		ask(2, 0, 2)
	})
}

func TestStatisticsThatCouldNotBeReadAreNotKept(t *testing.T) {
	var k kept
	bad := errors.New("bad")
	if _, _, err := k.get(func() (sales.Statistics, error) { return figures(9), bad }); !errors.Is(err, bad) {
		t.Errorf("got %v", err)
	}
	if got, _, err := k.get(func() (sales.Statistics, error) { return figures(1), nil }); got.Orders.Int64() != 1 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}
