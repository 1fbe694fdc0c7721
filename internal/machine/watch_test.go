package machine_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/internal/queue"
	"github.com/daybook-es/daybook/pkg/saga"
)

// stopped is what a queue holds of an execution that stopped before its end.
func stopped(status, failure string, at time.Time) string {
	return fmt.Sprintf(`{"version":"0","id":"1","detail-type":"Step Functions Execution Status Change","source":"aws.states","account":"1","time":"2026-11-25T12:00:00Z",`+
		`"region":"eu-central-1","resources":[],"detail":{"executionArn":"arn:aws:states:eu-central-1:1:execution:fulfilment:1","stateMachineArn":%q,"name":"1","status":%q,`+
		`"startDate":1795521600000,"stopDate":%d,"input":"{\"id\":\"order-1\",\"correlation\":\"call-1\"}","inputDetails":{"included":true},"output":null,"outputDetails":null,"error":%s}}`,
		arn, status, at.UnixMilli(), failure)
}

func TestARunThatStoppedBeforeItsEndIsStuck(t *testing.T) {
	const none, refusal = "null", `"Refused"`
	later := now().Add(time.Hour)
	for name, c := range map[string]struct {
		body  string
		begun bool
		want  saga.Status
	}{
		"it failed":                              {stopped("FAILED", `"Fault"`, later), true, saga.Stuck},
		"it was aborted":                         {stopped("ABORTED", none, later), true, saga.Stuck},
		"it timed out":                           {stopped("TIMED_OUT", none, later), true, saga.Stuck},
		"a compensation was refused":             {stopped("FAILED", refusal, later), true, saga.Stuck},
		"before a step has ended":                {stopped("FAILED", `"Lambda.Unknown"`, later), false, saga.Stuck},
		"it was aborted before a step has ended": {stopped("ABORTED", none, later), false, saga.Stuck},
		"there was nothing to run":               {stopped("FAILED", refusal, later), false, ""},
		"and perhaps there was nothing to run":   {stopped("FAILED", none, later), false, ""},
		"a step has ended since":                 {stopped("FAILED", `"Fault"`, now().Add(-time.Hour)), true, saga.Running},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if err := (tale{}).open(t.Context(), w.World, "order-1"); err != nil {
				t.Fatal(err)
			}
			if c.begun {
				w.begin(t, "order-1")
			}
			ids := failed(t, machine.Watch(w.runs, arn, w.logger()), c.body, c.body) // it comes twice
			memo, err := w.runs.Memo(t.Context(), "order-1")
			if err != nil || ids != "" || memo.Status != c.want {
				t.Errorf("not taken: %q; the memo says %+v, %v", ids, memo, err)
			}
			said := w.logged(t, slog.LevelError)
			if stuck := c.want == saga.Stuck; stuck != (len(said) == 1 && said[0] == machine.RunStuck && strings.Contains(w.log.String(), "order-1")) || !stuck && len(said) > 0 {
				t.Errorf("the log says %s", &w.log)
			}
		})
	}
}

func TestAStatusThatMakesNoSenseIsSaidOnceAndComesAgain(t *testing.T) {
	right := stopped("FAILED", `"Fault"`, now().Add(time.Hour))
	for name, body := range map[string]string{
		"no JSON":            "Failed",
		"another source":     strings.Replace(right, "aws.states", "aws.lambda", 1),
		"another type":       strings.Replace(right, "Execution Status", "Map Run Status", 1),
		"another machine":    strings.Replace(right, `stateMachine:fulfilment"`, `stateMachine:other"`, 1),
		"one that runs":      stopped("RUNNING", "null", now()),
		"one that succeeded": stopped("SUCCEEDED", "null", now()),
		"no time":            strings.Replace(right, "stopDate", "date", 1),
		"no detail":          right[:strings.Index(right, `,"detail":`)] + "}",
		"no input":           strings.Replace(right, `"input":`, `"inputs":`, 1),
		"no order":           strings.Replace(right, `\"id\"`, `\"order\"`, 1),
		"what is no id":      strings.Replace(right, `order-1`, `a/b`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			ids := failed(t, machine.Watch(w.runs, arn, w.logger()), body)
			if said := w.logged(t, slog.LevelError); ids != "a" || len(said) != 1 || said[0] != queue.Senseless {
				t.Errorf("not taken: %q; the log says %s", ids, &w.log)
			}
			if memo, err := w.runs.Memo(t.Context(), "order-1"); err != nil || memo.Status != "" {
				t.Errorf("the memo says %+v, %v", memo, err)
			}
		})
	}
}
