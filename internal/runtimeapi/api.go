package runtimeapi

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"time"
)

// largest is what Lambda takes as an answer, in bytes.
const largest = 6<<20 + 100

func (f *Function) routes() http.Handler {
	const base = "/2018-06-01/runtime/"
	m := http.NewServeMux()
	m.HandleFunc("GET "+base+"invocation/next", f.next)
	m.HandleFunc("POST "+base+"invocation/{id}/response", func(w http.ResponseWriter, r *http.Request) { f.answer(w, r, false) })
	m.HandleFunc("POST "+base+"invocation/{id}/error", func(w http.ResponseWriter, r *http.Request) { f.answer(w, r, true) })
	m.HandleFunc("POST "+base+"init/error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) })
	return m
}

func (f *Function) next(w http.ResponseWriter, r *http.Request) {
	f.asks.Do(func() { f.asked <- time.Now() })
	select {
	case e := <-f.events:
		f.turn("", e.id)
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.end.UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:000000000000:function:"+filepath.Base(f.cmd.Dir))
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(e.payload)
	case <-r.Context().Done():
	}
}

// turn goes on from one event to the next, if that is where it stands.
func (f *Function) turn(from, to string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current != from {
		return false
	}
	f.current = to
	return true
}

func (f *Function) answer(w http.ResponseWriter, r *http.Request, failed bool) {
	payload, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largest))
	large, _ := errors.AsType[*http.MaxBytesError](err)
	switch {
	case large != nil:
		payload, failed = fmt.Appendf(nil, `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"an answer has at most %d bytes"}`, largest), true
	case err != nil:
		return // the program has gone
	}
	if !f.turn(r.PathValue("id"), "") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	f.answers <- Answer{Payload: payload, Failed: failed}
	if large != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	w.WriteHeader(http.StatusAccepted)
}
