package machine_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/saga"
)

// ask gives a handler an input as Lambda does, and returns what Lambda would
// report: the answer, or the error's name and its message.
func ask(ctx context.Context, handler any, input string) (answer, name, message string) {
	out, err := lambda.NewHandler(handler).Invoke(ctx, []byte(input))
	if crossed, ok := errors.AsType[messages.InvokeResponse_Error](err); ok {
		return "", crossed.Type, crossed.Message
	}
	if err != nil {
		return "", fmt.Sprintf("%T", err), err.Error()
	}
	return string(out), "", ""
}

// trip is a process whose steps do what a test says.
func trip(does saga.Task) saga.Process {
	retry := saga.Retry{Attempts: 2, First: time.Second, Most: 2 * time.Second}
	back := func(context.Context, saga.Call) (saga.Verdict, error) { return saga.Resume, nil }
	return saga.Process{Name: "trip", Compensating: retry, Steps: []saga.Step{
		{Name: "Pay", Do: does, Compensation: "AskBank", Undo: back, Pivot: true, Timeout: time.Second, Retry: retry},
		{Name: "SendPostcard", Do: does, MayFail: true, Timeout: time.Second, Retry: retry},
	}}
}

func attempt(step string, retries int) string {
	return fmt.Sprintf(`{"run":{"id":"trip-1","correlation":"call-1"},"step":%q,"entered":"2026-11-25T12:00:00.123456+00:00","retries":%d}`, step, retries)
}

func TestErrorsCrossUnderFixedNamesAndSayNothingOfAFault(t *testing.T) {
	const fault = "secret: no such table"
	for name, c := range map[string]struct {
		verdict saga.Verdict
		err     error
		input   string

		answer, crosses, message string
		level                    slog.Level // of the one line in the log, if any
		lines                    int
	}{
		"a success":             {input: attempt("Pay", 0), answer: `{"verdict":""}`},
		"that it was passed":    {input: attempt("AskBank", 0), answer: `{"verdict":"resume"}`},
		"a refusal":             {err: domain.Refuse("trip.no", "it cannot be had"), input: attempt("Pay", 0), crosses: "Refused", message: `{"step":"Pay","code":"trip.no","detail":"it cannot be had"}`, level: slog.LevelInfo, lines: 1},
		"a refusal, wrapped":    {err: fmt.Errorf("pay: %w", domain.Refuse("trip.no", "it cannot be had")), input: attempt("Pay", 0), crosses: "Refused", message: `{"step":"Pay","code":"trip.no","detail":"it cannot be had"}`, level: slog.LevelInfo, lines: 1},
		"silence":               {err: fmt.Errorf("bank: %w", saga.ErrUnavailable), input: attempt("Pay", 0), crosses: "Transient", message: `{"step":"Pay","code":"saga.no_answer","detail":"Pay got no answer"}`, level: slog.LevelWarn, lines: 1},
		"a fault":               {err: errors.New(fault), input: attempt("Pay", 0), crosses: "Fault", message: `{"step":"Pay","code":"saga.fault","detail":"Pay failed for a reason that is ours and has been recorded"}`, level: slog.LevelError, lines: 1},
		"a step taken back":     {verdict: saga.TakeBack, input: attempt("Pay", 0), crosses: "Refused", message: `{"step":"Pay","code":"saga.verdict","detail":"takeBack"}`},
		"a run of nothing":      {verdict: saga.Leave, input: attempt("Pay", 0), crosses: "Leave", message: `{"step":"Pay","code":"saga.verdict","detail":"leave"}`},
		"what may fail":         {err: errors.New(fault), input: attempt("SendPostcard", 0), crosses: "Fault", message: `{"step":"SendPostcard","code":"saga.fault","detail":"SendPostcard failed for a reason that is ours and has been recorded"}`, level: slog.LevelError, lines: 1},
		"what may fail and did": {err: errors.New(fault), input: attempt("SendPostcard", 1), answer: `{"verdict":""}`, level: slog.LevelError, lines: 1},
		"what was given up": {
			input:  `{"run":{"id":"trip-1"},"step":"SendPostcard","entered":"2026-11-25T12:00:00Z","retries":0,"caught":"Sandbox.Timedout"}`,
			answer: `{"verdict":""}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			does := func(context.Context, saga.Call) (saga.Verdict, error) { return c.verdict, c.err }
			handler := machine.Task(saga.New(trip(does), w.store, "main", w.logger()), w.logger())
			answer, crosses, message := ask(t.Context(), handler, c.input)
			if answer != c.answer || crosses != c.crosses || message != c.message {
				t.Errorf("got %s, %s: %s", answer, crosses, message)
			}
			if n := len(w.logged(t, c.level)); n != c.lines || n != strings.Count(w.log.String(), "\n") {
				t.Errorf("the log says %s", &w.log)
			}
			if c.err != nil && !strings.Contains(w.log.String(), c.err.Error()) {
				t.Errorf("the log does not say why: %s", &w.log)
			}
		})
	}
}

func TestAnAttemptIsMadeAsTheStateAsksForIt(t *testing.T) {
	w := newWorld(t)
	var got saga.Call
	does := func(_ context.Context, c saga.Call) (saga.Verdict, error) {
		got = c
		return saga.Proceed, errors.New("a fault")
	}
	runs := saga.New(trip(does), w.store, "main", w.logger())
	ask(t.Context(), machine.Task(runs, w.logger()), attempt("Pay", 1))
	entered := time.Date(2026, 11, 25, 12, 0, 0, 123e6, time.UTC) // of a memo's times, the parts of a second are three digits
	if want := (saga.Call{Run: saga.Run{ID: "trip-1", Correlation: "call-1"}, Saga: "trip", Step: "Pay", Entered: entered}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	memo, err := runs.Memo(t.Context(), "trip-1")
	if o, _ := memo.Of("Pay"); err != nil || o.Attempts != 2 || !o.StartedAt.Equal(entered) {
		t.Errorf("got %+v, %v", memo, err)
	}
}

func TestAnInputThatMakesNoSenseIsSaidOnceAndDoesNothing(t *testing.T) {
	for name, c := range map[string]struct{ input, crosses, says string }{
		"no run":              {`{"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":0}`, "Leave", "names no run"},
		"a run without an id": {`{"run":{"correlation":"c"},"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":0}`, "Leave", "names no run"},
		"what is no id":       {`{"run":{"id":"a/b"},"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":0}`, "Leave", "names no run"},
		"a run and more":      {`{"run":{"id":"trip-1","more":1},"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":0}`, "Leave", "names no run"},
		"a list for a run":    {`{"run":[],"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":0}`, "Leave", "names no run"},
		"no step":             {`{"run":{"id":"trip-1"},"entered":"2026-11-25T12:00:00Z","retries":0}`, "Fault", "names no step"},
		"no time of entry":    {`{"run":{"id":"trip-1"},"step":"Pay","retries":0}`, "Fault", "when the step was entered"},
		"no time":             {`{"run":{"id":"trip-1"},"step":"Pay","entered":"noon","retries":0}`, "Fault", "noon"},
		"fewer than no retry": {`{"run":{"id":"trip-1"},"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":-1}`, "Fault", "-1 retries"},
		"a field that is not": {`{"run":{"id":"trip-1"},"step":"Pay","entered":"2026-11-25T12:00:00Z","retries":0,"more":1}`, "Fault", "more"},
		"nothing":             {`null`, "Fault", "names no step"},
		"no object":           {`"cmF3"`, "Fault", "string"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			does := func(context.Context, saga.Call) (saga.Verdict, error) {
				t.Error("the task was called")
				return saga.Proceed, nil
			}
			_, crosses, message := ask(t.Context(), machine.Task(saga.New(trip(does), w.store, "main", w.logger()), w.logger()), c.input)
			if crosses != c.crosses || !strings.Contains(message, "saga.senseless") || !strings.Contains(message, c.says) {
				t.Errorf("got %s: %s", crosses, message)
			}
			if said := w.logged(t, slog.LevelError); len(said) != 1 || said[0] != machine.SenselessAttempt || !strings.Contains(w.log.String(), c.says) {
				t.Errorf("the log says %s", &w.log)
			}
		})
	}
	w := newWorld(t)
	_, crosses, _ := ask(t.Context(), machine.Task(w.runs, w.logger()), attempt("Teleport", 0))
	if said := w.logged(t, slog.LevelError); crosses != "Fault" || len(said) != 1 || !strings.Contains(w.log.String(), "Teleport") {
		t.Errorf("a step that there is not: %s; the log says %s", crosses, &w.log)
	}
	soon := strings.Replace(attempt("ValidateOrder", 0), "2026", "2099", 1)
	if _, crosses, _ := ask(t.Context(), machine.Task(w.runs, w.logger()), soon); crosses != "Leave" {
		t.Errorf("an order that there is not: %s", crosses)
	}
}
