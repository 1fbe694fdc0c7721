// Example is an aggregate of one's own: the program that the README shows.
package main

import (
	"context"
	"fmt"

	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
)

// House is the state, folded from events.
type House struct {
	Guests int `json:"guests"`
}

// Came is an event: past tense, stored as it stands, under a name for ever.
type Came struct {
	Name string `json:"name"`
}

func (Came) EventType() string    { return "house.came.v1" }
func (Came) Evolve(s House) House { s.Guests++; return s }

// Enter is a command: it decides, and does nothing else.
type Enter struct{ Name string }

var errFull = domain.Refuse("house.full", "the house is full")

func (c Enter) Decide(s House) ([]domain.Event[House], error) {
	if s.Guests == 2 {
		return nil, errFull
	}
	return []domain.Event[House]{Came(c)}, nil
}

func main() {
	houses := command.New(new(memstore.Store), "demo", domain.Aggregate[House, domain.Event[House]]{
		Category: "house", Events: domain.NewRegistry[domain.Event[House]](Came{}), Schema: 1,
	})
	for _, name := range []string{"Ada", "Alan", "Grace"} {
		answer, err := houses.Do(context.Background(), "house-1", command.Request{}, Enter{Name: name})
		fmt.Println(name, answer.State.Guests, err)
	}
}
