package push_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/daybook-es/daybook/internal/push"
	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/live"
)

func TestWhatWasMissedIsToldFirstAndThenWhatHappens(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.append("order")
		w.append("order")
		w.subscribe("c1=", "order/1", "1")
		w.subscribe("c2", "all", "")
		w.subscribe("c3", "customer/ada", "")
		w.subscribe("c3", "customer/bob", "")
		w.hears("c1=", "+order/1 - order/1:order/1@2")
		w.hears("c2", "+all -")
		w.hears("c3", "+customer/ada - +customer/bob -")
		v := w.append("order")
		w.append("shipment")
		for range 2 { // the bus may say it twice
			if w.hand("OrderShipped", "order/1", v) {
				t.Errorf("comes again: %s", &w.log)
			}
		}
		w.hears("c1=", "order/1:order/1@3")
		w.hears("c2", "all:order/1@3 all:shipment/1@1")
		w.hears("c3", "customer/ada:order/1@3")
	})
}

func TestAnEventThatTheJournalHasNotGotComesAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.subscribe("c", "all", "")
		w.subscribe("d", "order/1", "")
		w.behind = true
		v := w.append("order")
		if !w.hand("OrderPlaced", "order/1", v) {
			t.Error("it is taken for told")
		}
		w.hears("c", "+all -")
		w.hears("d", "+order/1 - order/1:order/1@1")
		if w.behind = false; w.hand("OrderPlaced", "order/1", v) {
			t.Errorf("comes again: %s", &w.log)
		}
		w.hears("c", "all:order/1@1")
		w.hears("d", "")
	})
}

func TestWhereNobodyIsConnectedAnEventIsOneRequest(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.behind = true // no push waits for the journal
		hand := func(want int64) {
			t.Helper()
			v, asked := w.append("order"), w.asked.Load()
			if w.hand("OrderPlaced", "order/1", v) {
				t.Errorf("comes again: %s", &w.log)
			}
			if asked = w.asked.Load() - asked; asked != want {
				t.Errorf("the table was asked %d times, want %d", asked, want)
			}
		}
		hand(1)
		w.connect("c")
		hand(7)
		w.route("DISCONNECT", "c", "", "")
		hand(1)
	})
}

func TestManyPushersTellEachCommitOnceAndInOrder(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.subscribe("c", "order/1", "")
		w.told("c")
		want := ""
		var wg sync.WaitGroup
		for range 40 {
			v := w.append("order")
			want += fmt.Sprintf(" order/1:order/1@%d", v)
			wg.Go(func() {
				if w.hand("OrderShipped", "order/1", v) {
					t.Error("comes again")
				}
			})
		}
		wg.Wait()
		w.hears("c", strings.TrimSpace(want))
	})
}

func TestWhoeverIsGoneOrTooSlowIsForgottenAndHoldsUpNobody(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		for _, c := range []string{"gone", "silent", "choked", "well"} {
			w.subscribe(c, "order/1", "")
			w.subscribe(c, "all", "")
			w.told(c)
		}
		w.mu.Lock()
		w.gone["gone"], w.slow["silent"], w.slow["choked"] = true, 0, http.StatusTooManyRequests
		w.mu.Unlock()
		v := w.append("order")
		began := time.Now()
		if w.hand("OrderPlaced", "order/1", v) {
			t.Errorf("comes again: %s", &w.log)
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("it took %v, want the 2s that a client may take, once", took)
		}
		w.hears("well", "order/1:order/1@1 all:order/1@1")
		if w.dropped["gone"] || !w.dropped["silent"] || !w.dropped["choked"] || w.dropped["well"] {
			t.Errorf("dropped are %v", w.dropped)
		}
		for _, topic := range []string{"order/1", "all"} {
			if left, err := w.teller.Connections.Of(t.Context(), topic); err != nil || fmt.Sprint(left) != "[well]" {
				t.Errorf("%s: %v, %v", topic, left, err)
			}
		}
	})
}

func TestWhereSomethingFailsTheMessageComesAgainAndNothingIsMissed(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.subscribe("c", "order/1", "")
		w.told("c")
		w.slow["c"] = http.StatusInternalServerError
		v := w.append("order")
		if !w.hand("OrderPlaced", "order/1", v) {
			t.Error("it is taken for told")
		}
		delete(w.slow, "c")
		if w.hand("OrderPlaced", "order/1", v) {
			t.Errorf("comes again: %s", &w.log)
		}
		w.hears("c", "order/1:order/1@1")
	})
}

func TestFramesAreAnsweredAndConnectionsEnd(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.subscribe("c", "order/1", "")
		for frame, code := range map[string]string{
			"x": "frame.malformed", `{"subscribe":"order/1"}`: "topic.subscribed", `{"subscribe":"stock/p"}`: "topic.unknown", `{"subscribe":"order/1","after":"7"}`: "cursor.unknown",
			`{"unsubscribe":"all"}`: "topic.not_subscribed",
		} {
			w.told("c")
			w.route("MESSAGE", "c", frame, "")
			w.hears("c", code)
		}
		w.route("MESSAGE", "c", `{"unsubscribe":"order/1"}`, "")
		w.hears("c", "+ -order/1")
		w.subscribe("c", "order/1", "")
		w.route("DISCONNECT", "c", "", "")
		if left, err := w.teller.Connections.Of(t.Context(), "order/1"); len(left) > 0 || err != nil {
			t.Errorf("%v, %v", left, err)
		}
		w.slow["d"] = http.StatusInternalServerError
		if status := w.route("MESSAGE", "d", `{"subscribe":"all"}`, ""); status != http.StatusInternalServerError || !w.dropped["d"] {
			t.Errorf("%d, dropped: %v", status, w.dropped["d"])
		}
	})
}

func TestAConnectionNeedsATicket(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		ticket, err := w.teller.Connections.Ticket(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			ticket string
			want   int
		}{{"", 403}, {"x", 403}, {ticket, 200}, {ticket, 403}} {
			if got := w.route("CONNECT", "c", "", c.ticket); got != c.want {
				t.Errorf("%q: %d, want %d", c.ticket, got, c.want)
			}
		}
	})
}

func TestAnEventThatMakesNoSenseEndsInTheDeadLetters(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		for _, c := range [][2]string{{"OrderTeleported", "order/1"}, {"OrderPlaced", "stock/1"}, {"OrderPlaced", "order"}} {
			w.log.Reset()
			if !w.hand(c[0], c[1], 1) || !strings.Contains(w.log.String(), queue.Senseless) {
				t.Errorf("%v: %s", c, &w.log)
			}
		}
	})
}

func Example() {
	t := &push.Teller{Source: &live.Source{Tenant: "main"}, Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	take := push.Handler(t, nil)
	answer, err := take(context.Background(), events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: url.QueryEscape("no event")}}})
	fmt.Println(answer.BatchItemFailures, err)
	// Output: [{1}] <nil>
}
