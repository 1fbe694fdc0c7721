package payment_test

import (
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/payment"
)

func TestRefunding(t *testing.T) {
	refund := func(m domain.Money) payment.Refund { return payment.Refund{Charged: m, At: noon} }
	all, none := refund(usd(5998)), refund(domain.Money{})
	zero := payment.Refunded{Amount: usd(0), At: noon}
	gift := []payment.Event{payment.Taken(free), payment.Captured{Amount: usd(0), At: noon}}
	tell(
		t,
		story{Name: "what was captured is refunded", Given: paid, When: all, Then: []payment.Event{refunded}},
		story{Name: "and not twice", Given: givenBack, When: all},
		story{Name: "a charge that was never answered is captured and refunded", Given: asked, When: all, Then: unheard},
		story{Name: "also one of which nothing was known", When: all, Then: unheard},
		story{Name: "and not twice either", Given: unheard, When: all},
		story{Name: "also one that was declined here", Given: refused, When: all, Then: unheard},
		story{Name: "and one that comes to light later", Given: uncharged, When: all, Then: unheard},

		story{Name: "a refund of nothing is recorded, so that nothing is charged later", When: none, Then: untried},
		story{Name: "also when it was taken", Given: asked, When: none, Then: untried},
		story{Name: "also when it was declined", Given: refused, When: none, Then: untried},
		story{Name: "and once", Given: undone, When: none},
		story{Name: "after a refund it tells nothing more", Given: givenBack, When: none},

		story{Name: "what was captured was charged", Given: paid, When: none, Err: payment.ErrRefundDiffers},
		story{Name: "no more is refunded than was captured", Given: paid, When: refund(usd(5999)), Err: payment.ErrRefundDiffers},
		story{Name: "nor less", Given: paid, When: refund(usd(5997)), Err: payment.ErrRefundDiffers},
		story{Name: "nor nothing of something", Given: paid, When: refund(usd(0)), Err: payment.ErrRefundDiffers},
		story{Name: "nor in another currency", Given: paid, When: refund(euros), Err: payment.ErrRefundDiffers},
		story{Name: "nor another amount after it", Given: givenBack, When: refund(usd(1)), Err: payment.ErrRefundDiffers},
		story{Name: "no more is captured of late than was taken", Given: asked, When: refund(usd(5999)), Err: payment.ErrRefundDiffers},
		story{Name: "nor in another currency than the order's", Given: uncharged, When: refund(euros), Err: payment.ErrRefundDiffers},
		story{Name: "what was charged is not negative", When: refund(usd(-1)), Err: payment.ErrAmount},
		story{Name: "and has a currency", When: refund(domain.Money{Amount: 1}), Err: payment.ErrAmount},

		story{Name: "a free order's charge is refunded", Given: gift, When: refund(usd(0)), Then: []payment.Event{zero}},
		story{Name: "and not twice, though it is nothing", Given: append(gift, zero), When: refund(usd(0))},
		story{Name: "it too was charged", Given: gift, When: none, Err: payment.ErrRefundDiffers},
		story{
			Name: "and it too may come to light late", Given: gift[:1],
			When: refund(usd(0)), Then: []payment.Event{payment.Captured{Amount: usd(0), At: noon}, zero},
		},
	)
}
