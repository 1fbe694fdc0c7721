package httpapi

import (
	"net/http"

	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// stockItem is what a write on stock answers.
type stockItem struct {
	ProductID string             `json:"productId"`
	OnHand    int64              `json:"onHand"`
	Reserved  int64              `json:"reserved"`
	Available int64              `json:"available"`
	Version   eventstore.Version `json:"version"`
}

func (a *api) receive(c *call) (answer, error) {
	cmd := stock.Receive{At: now()}
	request, err := c.read(object(required("quantity", integer(&cmd.Quantity, 1, largestQuantity))))
	if err != nil {
		return answer{}, err
	}
	id := c.ids["productId"]
	got, err := a.Stock.Do(c.r.Context(), id, request, cmd)
	if err != nil {
		return answer{}, err
	}
	return say(http.StatusOK, tag(got.Version), stockItem{
		ProductID: id,
		OnHand:    got.State.OnHand,
		Reserved:  got.State.ReservedTotal(),
		Available: got.State.Available(),
		Version:   got.Version,
	})
}
