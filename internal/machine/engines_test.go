package machine_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/daybook-es/daybook/internal/eventually"
	"github.com/daybook-es/daybook/internal/testsize"
	"github.com/daybook-es/daybook/pkg/command"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/domain/shipment"
	"github.com/daybook-es/daybook/pkg/domain/stock"
	"github.com/daybook-es/daybook/pkg/eventstore/memstore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
	"github.com/daybook-es/daybook/pkg/saga"
)

var errNotStarted = errors.New("the event was not taken")

// A tale is what happens to one order of two pieces, of which there are ten.
type tale struct {
	method, postalCode, email string
	pieces                    int64
	cancelAfter               string                                                 // the step behind whose end a client cancels; "submit": before all
	before                    func(context.Context, *fulfilment.World, string) error // what happened before the run
}

// tales are the test values of the wire, and cancellations in the middle.
var tales = map[string]tale{
	"happy":                  {},
	"flaky":                  {method: "tok_flaky"},
	"declined":               {method: "tok_declined"},
	"poor":                   {method: "tok_insufficient_funds"},
	"silent":                 {method: "tok_timeout_after_charge"},
	"refund-flaky":           {method: "tok_refund_flaky"},
	"refund-flaky-refused":   {method: "tok_refund_flaky", postalCode: "00000"},
	"address-refused":        {postalCode: "00000"},
	"carrier-flaky":          {postalCode: "00001"},
	"nobody-is-told":         {email: "down@example.com"},
	"short":                  {pieces: 11},
	"cancelled-first":        {cancelAfter: "submit"},
	"cancelled-unpaid":       {method: "tok_flaky", cancelAfter: "ReserveStock"},
	"cancelled-when-silent":  {method: "tok_timeout_after_charge", cancelAfter: "ReserveStock"},
	"cancelled-confirmed":    {postalCode: "00001", cancelAfter: "ConfirmOrder"},
	"shipped-by-other-hands": {method: "tok_declined", before: shipped},
}

// shipped ships the order past its run, which has begun: that then finds no
// payment, and that the pivot was passed all the same.
func shipped(ctx context.Context, w *fulfilment.World, id string) error {
	memos := command.New(w.Events, w.Tenant, domain.Aggregate[saga.Memo, saga.Event]{Category: fulfilment.Category, Events: saga.Events, Schema: 2})
	now := now()
	_, err := memos.Do(ctx, id, by, saga.Record{Run: saga.Running, Outcome: saga.Outcome{Step: "ValidateOrder", Status: saga.StepSucceeded, Attempts: 1, StartedAt: now, EndedAt: now}})
	if err == nil {
		_, err = w.Shipments.Do(ctx, id, by, shipment.Arrange{TrackingNumber: "by hand", At: now})
	}
	for _, c := range []order.Command{order.Confirm{Payment: domain.Money{Amount: 5998, Currency: "USD"}, At: now}, order.Ship{TrackingNumber: "by hand", At: now}} {
		if err == nil {
			_, err = w.Orders.Do(ctx, id, by, c)
		}
	}
	return err
}

// now is the time in a bubble, or that of an engine: a run has a deadline there.
func now() time.Time { return time.Now().UTC() } //nolint:forbidigo // what an order does is dated

var by = command.Request{Actor: "client", Correlation: "call-1"}

// open places and submits the order of a tale; its stock is its own.
func (s tale) open(ctx context.Context, w *fulfilment.World, id string) error {
	pieces, method, postalCode := max(s.pieces, 2), order.PaymentMethod(s.method), s.postalCode
	if method == "" {
		method = "tok_ok"
	}
	if postalCode == "" {
		postalCode = "12345"
	}
	now := now()
	_, err := w.Stock.Do(ctx, id, by, stock.Receive{Quantity: 10, At: now})
	for _, c := range []order.Command{
		order.Place{
			CustomerID: "cust-456", PaymentMethod: method, At: now,
			Items:     []order.Item{{ProductID: order.ProductID(id), Quantity: pieces, UnitPrice: domain.Money{Amount: 2999, Currency: "USD"}}},
			Recipient: order.Recipient{Name: "Ada", Line1: "12 St James Sq", City: "London", PostalCode: postalCode, Country: "GB", Email: s.email},
		},
		order.Submit{At: now},
	} {
		if err == nil {
			_, err = w.Orders.Do(ctx, id, by, c)
		}
	}
	if err == nil && s.before != nil {
		err = s.before(ctx, w, id)
	}
	if err == nil && s.cancelAfter == "submit" {
		err = cancel(ctx, w, id)
	}
	return err
}

func cancel(ctx context.Context, w *fulfilment.World, id string) error {
	_, err := w.Orders.Do(ctx, id, by, order.Cancel{Reason: "changed my mind", At: now()})
	return err
}

// meanwhile cancels when it is time to.
func (s tale) meanwhile(t *testing.T, w *fulfilment.World, runs *saga.Runs, id string) (err error) {
	t.Helper()
	if s.cancelAfter == "" || s.cancelAfter == "submit" {
		return nil
	}
	eventually.Until(t, "step "+s.cancelAfter+" of "+id+" has ended", func() bool {
		memo, failed := runs.Memo(t.Context(), id)
		_, ended := memo.Of(s.cancelAfter)
		err = failed
		return failed != nil || ended
	})
	if err != nil {
		return err
	}
	refused := cancel(t.Context(), w, id)
	memo, err := runs.Memo(t.Context(), id)
	if err == nil && memo.Steps[len(memo.Steps)-1].Step != s.cancelAfter {
		return errLate
	}
	return errors.Join(refused, err)
}

// errLate: a step went on to its end before the client could cancel, or before
// its deadline: the machine is too slow for the tale, which is told again.
var errLate = errors.New("too late for the tale")

// again tells a tale until nothing in it is late: an order that met a deadline,
// where it should not, is.
func again(want string, tell func() (string, error)) (end string, err error) {
	const deadline = "fulfilment.deadline"
	for {
		end, err = tell()
		missed := strings.Contains(end, deadline) && !strings.Contains(want, deadline)
		if !errors.Is(err, errLate) && !missed {
			return end, err
		}
	}
}

// state says what an order's run came to: all that an engine must agree on.
func state(ctx context.Context, w *fulfilment.World, runs *saga.Runs, id string) (string, error) {
	o, e1 := w.Orders.State(ctx, id)
	st, e2 := w.Stock.State(ctx, id)
	p, e3 := w.Payments.State(ctx, id)
	sh, e4 := w.Shipments.State(ctx, id)
	memo, e5 := runs.Memo(ctx, id)
	var steps []string
	for _, o := range memo.Steps {
		step := fmt.Sprint(o.Step, " ", o.Status)
		if o.Error != nil {
			step += " " + o.Error.Code
		}
		steps = append(steps, step)
	}
	said := fmt.Sprintf("order %s (%s), %d pieces left and %d held, payment %s %+v %+v, shipment %s; run %s: %s",
		o.State.Status, o.State.CancelReason, st.State.OnHand, st.State.ReservedTotal(), p.State.Status, p.State.Captured, p.State.Refunded,
		sh.State.Status, memo.Status, strings.Join(steps, ", "))
	return strings.ReplaceAll(said, id, "ID"), errors.Join(e1, e2, e3, e4, e5)
}

// inProcess runs a tale in this process, on a clock that does not make it wait.
func inProcess(t *testing.T, name string, s tale) (end string) {
	t.Helper()
	id, late := name+"-here", false
	synctest.Test(t, func(t *testing.T) {
		store := new(memstore.Store)
		w := fulfilment.NewWorld(store, "here", sandbox.Gateway(new(sandbox.Memory)), sandbox.Carrier(new(sandbox.Memory)), sandbox.Notifier(new(sandbox.Memory)))
		runs := saga.New(fulfilment.Process(w), store, "here", quiet)
		err := s.open(t.Context(), w, id)
		if err == nil {
			runs.Start(t.Context(), saga.Run{ID: id, Correlation: "call-1"})
			err = s.meanwhile(t, w, runs, id)
			runs.Wait()
		}
		if err == nil {
			end, err = state(t.Context(), w, runs, id)
		}
		late = errors.Is(err, errLate)
		if err != nil && !late {
			t.Fatal(err)
		}
	})
	if late {
		return inProcess(t, name, s)
	}
	return end
}

// onMoto are the tales in which the engines could differ: a pause before a retry,
// a catch of what is refused, of what went on failing, and of a cancellation in
// the middle, and a choice.
var onMoto = []string{"flaky", "declined", "address-refused", "nobody-is-told", "cancelled-confirmed", "shipped-by-other-hands"}

// TestEveryEngineEndsInTheSameState tells each tale in this process and in the
// engines, where each event comes twice.
func TestEveryEngineEndsInTheSameState(t *testing.T) {
	t.Parallel() // it waits for what is silent
	ofMiniStack, ofMoto := engines(t)
	all := slices.Sorted(maps.Keys(tales))
	second := onMoto
	if (testsize.N{Gate: len(onMoto), Soak: len(all)}).Get() == len(all) {
		second = all
	}
	want := make(map[string]string)
	for _, name := range all {
		want[name] = inProcess(t, name, tales[name])
	}
	var wg sync.WaitGroup // they mostly wait: more at a time than go test runs
	for e, told := range map[*engine][]string{ofMiniStack: all, ofMoto: second} {
		for _, name := range told {
			wg.Go(func() {
				got, err := again(want[name], func() (string, error) { return e.tell(t, e.arn, name, tales[name]) })
				if err != nil || got != want[name] {
					t.Errorf("%s of %s:\ngot  %s, %v\nwant %s", name, e.name, got, err, want[name])
				}
			})
		}
	}
	wg.Wait()
}

// tell runs a tale by a state machine, and says what it came to.
func (e *engine) tell(t *testing.T, arn, name string, s tale) (string, error) {
	t.Helper()
	id := name + "-" + rand.Text()[:8]
	if err := s.open(t.Context(), e.world, id); err != nil {
		return "", err
	}
	if s.before != nil { // its run has begun, so no event starts it
		execution, err := e.begin(t.Context(), arn, `{"id":"`+id+`","correlation":"call-1"}`)
		if err != nil {
			return "", err
		}
		return e.came(t, execution, id)
	}
	execution, err := e.start(t.Context(), arn, id, 2)
	if err == nil {
		err = s.meanwhile(t, e.world, e.runs, id)
	}
	if err != nil {
		return "", err
	}
	return e.came(t, execution, id)
}

// came waits for the end of an execution that succeeds.
func (e *engine) came(t *testing.T, execution, id string) (string, error) {
	t.Helper()
	out, err := e.ended(t, execution)
	if err != nil {
		return "", err
	}
	if out.Status != "SUCCEEDED" {
		return "", fmt.Errorf("execution %s: %s: %s", out.Status, aws.ToString(out.Error), aws.ToString(out.Cause))
	}
	return state(t.Context(), e.world, e.runs, id)
}
