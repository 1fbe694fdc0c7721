package order

import "time"

// Goods are so many pieces of a product.
type Goods struct {
	ProductID ProductID `json:"productId"`
	Quantity  int64     `json:"quantity"`
}

// Return says that a customer gave all of the goods back. Nothing but what was
// delivered comes back; returning twice is granted once, for the first reason.
type Return struct {
	Reason string
	At     time.Time
}

// Decide implements [domain.Command].
func (c Return) Decide(s State) ([]Event, error) {
	switch s.Status {
	case StatusNone:
		return nil, ErrNotPlaced
	case StatusDelivered:
		goods := make([]Goods, len(s.Items))
		for i, item := range s.Items {
			goods[i] = Goods{ProductID: item.ProductID, Quantity: item.Quantity}
		}
		return []Event{Returned{Reason: c.Reason, Goods: goods, At: c.At}}, nil
	case StatusReturned:
		return nil, nil
	default:
		return nil, ErrNotDelivered.With("it is %s", s.Status)
	}
}
