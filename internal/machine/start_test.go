package machine_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/eventbridgebus"
)

// submitted is what a queue behind the bus holds of an order that was submitted.
func submitted(tenant, id string) string {
	return fmt.Sprintf(`{"version":"0","id":"53dc4d37","detail-type":"OrderSubmitted","source":"daybook","account":"000000000000","time":"2026-11-25T12:00:00Z",`+
		`"region":"us-east-1","resources":[],"detail":{"type":"OrderSubmitted","tenant":%q,"stream":"order/%s","version":2,"at":"2026-11-25T12:00:00Z",`+
		`"correlation":"call-1","data":{"orderId":%q}}}`, tenant, id, id)
}

// execution is what is asked for of an order's run: under the name that is the
// SHA-256 of "main/order-1", which never changes.
var execution = map[string]string{
	"stateMachineArn": arn,
	"name":            "8e39272647294393b01e686f244e634553de39a5e60f9d69e7136160d30316d3",
	"input":           `{"id":"order-1","correlation":"call-1"}`,
}

func TestAnOrderThatWasSubmittedIsStarted(t *testing.T) {
	w := newWorld(t)
	if ids := failed(t, w.starter().Queue(), submitted("main", "order-1")); ids != "" || !reflect.DeepEqual(w.started, []map[string]string{execution}) {
		t.Errorf("not taken: %q; asked for: %v", ids, w.started)
	}
	if w.log.Len() > 0 {
		t.Errorf("the log says %s", &w.log)
	}
}

func TestOfOneOrderThereIsOneExecution(t *testing.T) {
	w := newWorld(t)
	w.answer = func(int) (int, string) {
		return http.StatusBadRequest, `{"__type":"com.amazonaws.swf.service.v2.model#ExecutionAlreadyExists","message":"Execution Already Exists"}`
	}
	if ids := failed(t, w.starter().Queue(), submitted("main", "order-1")); ids != "" || len(w.started) != 1 || w.log.Len() > 0 {
		t.Errorf("not taken: %q; the log says %s", ids, &w.log)
	}
	if err := (tale{}).open(t.Context(), w.World, "order-1"); err != nil {
		t.Fatal(err)
	}
	w.begin(t, "order-1")
	if ids := failed(t, w.starter().Queue(), submitted("main", "order-1")); ids != "" || len(w.started) != 1 {
		t.Errorf("not taken: %q; asked for: %v", ids, w.started)
	}
}

func TestAMessageThatIsNotDoneComesAgainAndTheOthersDoNot(t *testing.T) {
	for name, answer := range map[string]string{
		"throttled":     `{"__type":"ThrottlingException","message":"Rate exceeded"}`,
		"a limit":       `{"__type":"ExecutionLimitExceeded","message":"too many"}`,
		"not permitted": `{"__type":"AccessDeniedException","message":"not authorized"}`,
		"no machine":    `{"__type":"StateMachineDoesNotExist","message":"there is none"}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			right := w.answer
			w.answer = func(n int) (int, string) {
				if n == 2 {
					return http.StatusBadRequest, answer
				}
				return right(n)
			}
			ids := failed(t, w.starter().Queue(), submitted("main", "order-1"), submitted("main", "order-2"), submitted("main", "order-3"))
			if said := w.logged(t, slog.LevelError); ids != "b" || len(w.started) != 3 || len(said) != 1 || !strings.Contains(w.log.String(), "order-2") {
				t.Errorf("not taken: %q; the log says %s", ids, &w.log)
			}
		})
	}
}

func TestAnEventThatMakesNoSenseIsSaidOnceAndComesAgain(t *testing.T) {
	right := submitted("main", "order-1")
	for name, body := range map[string]string{
		"no JSON":               "eyJ2ZXJzaW9uIjoiMCJ9",
		"nothing":               "",
		"no event":              "[]",
		"another version":       strings.Replace(right, `"version":"0"`, `"version":"1"`, 1),
		"another source":        strings.Replace(right, `"source":"daybook"`, `"source":"aws.states"`, 1),
		"another type":          strings.Replace(right, `"detail-type":"OrderSubmitted"`, `"detail-type":"OrderPlaced"`, 1),
		"a detail of another":   strings.Replace(right, `"type":"OrderSubmitted"`, `"type":"OrderPlaced"`, 1),
		"another tenant":        strings.Replace(right, `"tenant":"main"`, `"tenant":"other"`, 1),
		"another stream":        strings.Replace(right, `order/order-1`, `order/order-2`, 1),
		"no order":              strings.Replace(right, `"orderId":"order-1"`, `"order":"order-1"`, 1),
		"no data":               strings.Replace(right, `{"orderId":"order-1"}`, `null`, 1),
		"data of another form":  strings.Replace(right, `{"orderId":"order-1"}`, `[1]`, 1),
		"no detail":             right[:strings.Index(right, `,"detail":`)] + "}",
		"a detail that is cut":  right[:len(right)-5],
		"what is no order's id": strings.NewReplacer(`order/order-1`, `order/a/b`, `"orderId":"order-1"`, `"orderId":"a/b"`).Replace(right),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ids := failed(t, w.starter().Queue(), body, right)
			if said := w.logged(t, slog.LevelError); ids != "a" || len(w.started) != 1 || len(said) != 1 || said[0] != queue.Senseless {
				t.Errorf("not taken: %q; asked for: %v; the log says %s", ids, w.started, &w.log)
			}
		})
	}
}

func TestTheSourceIsThatOfTheBus(t *testing.T) {
	w := newWorld(t)
	body := strings.Replace(submitted("main", "order-1"), `"source":"daybook"`, fmt.Sprintf(`"source":%q`, eventbridgebus.Source), 1)
	if ids := failed(t, w.starter().Queue(), body); ids != "" {
		t.Errorf("an event of %s is not taken: %s", eventbridgebus.Source, &w.log)
	}
}
