package saga_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/saga"
)

func Example() {
	booked := func(context.Context, saga.Call) (saga.Verdict, error) { return saga.Proceed, nil }
	full := func(context.Context, saga.Call) (saga.Verdict, error) {
		return saga.Proceed, domain.Refuse("hotel.full", "the hotel is full")
	}
	runs := saga.New(saga.Process{
		Name: "trip", Compensating: patient, Steps: []saga.Step{
			{Name: "BookFlight", Do: booked, Compensation: "CancelFlight", Undo: booked, Timeout: attempt, Retry: quick},
			{Name: "BookHotel", Do: full, Compensation: "CancelHotel", Undo: booked, Timeout: attempt, Retry: quick, Pivot: true},
			{Name: "SendTickets", Do: booked, Timeout: attempt, Retry: patient},
		},
	}, new(memstore.Store), "home", slog.New(slog.NewTextHandler(io.Discard, nil)))

	runs.Start(context.Background(), saga.Run{ID: "trip-1"})
	runs.Wait()
	memo, err := runs.Memo(context.Background(), "trip-1")
	for _, o := range memo.Steps {
		fmt.Println(o.Step, o.Status)
	}
	fmt.Println(memo.Status, memo.Cause.Detail, err)
	// Output:
	// BookFlight succeeded
	// BookHotel refused
	// CancelHotel succeeded
	// CancelFlight succeeded
	// compensated the hotel is full <nil>
}
