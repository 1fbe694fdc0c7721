package app_test

import (
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/bubble"
)

func TestWhatIsReturnedIsRefundedAndInStockAgainOnce(t *testing.T) {
	for name, method := range map[string]string{"at once": "tok_ok", "by a slow gateway": "tok_refund_flaky"} {
		inBubble(t, name, func(t *testing.T, n *bubble.Network) {
			s := openShop(t, n, t.TempDir(), false)
			p := s.sold(t, method)
			for _, key := range []string{"return", "return", "another"} {
				if got, err := s.post(t.Context(), "/orders/"+p.id+"/return", key, `{"reason":"it wobbles"}`); err != nil || got.status != 200 || got.Status != "returned" {
					t.Fatalf("%+v, %v", got, err)
				}
			}
			returned := time.Now()
			s.back(t, p.id)
			if took := time.Since(returned); took > 20*time.Second {
				t.Errorf("it took %v, want less than 20s", took)
			}
			s.close(t)
			s.onceEach(t, p.id)
		})
	}
}
