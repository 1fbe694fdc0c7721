// Package restock is the aggregate of a returned order's way back into stock. It
// is the memo by which each of its products is received again once, however
// often and however late its return is heard of: where each product's stock
// stood before, and that all is there.
package restock

import "github.com/daybook-es/daybook/pkg/domain"

// Category names the streams of restocks; a stream's id is the order's.
const Category = "restock"

// A Status says where a restock stands.
type Status string

// The statuses, in the order in which a restock comes to them.
const (
	StatusNone  Status = "" // nobody heard of a return
	StatusBegun Status = "begun"
	StatusEnded Status = "ended" // everything is in stock again
)

// Goods are so many pieces of a product, none of which was received again when
// its stock was at version Since.
type Goods struct {
	ProductID string `json:"productId"`
	Quantity  int64  `json:"quantity"`
	Since     uint64 `json:"since"`
}

// State is what the decisions on a restock need.
type State struct {
	Status Status  `json:"status"`
	Goods  []Goods `json:"goods,omitempty"`
}

// Events reads and writes the events of restocks.
var Events = domain.NewRegistry[Event](Begun{}, Ended{})

// Aggregate says how restocks are read and written.
var Aggregate = domain.Aggregate[State, Event]{Category: Category, Events: Events, Schema: 1}
