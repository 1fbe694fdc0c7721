package domaintest

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
)

// Golden pins the stored forms of the events for ever: each name that the
// registry reads has a file <name>.json in dir, and each file is still read.
// Each of today's events has an example, with no field unset, that is stored
// and read exactly as its file says. Nothing writes these files but a person:
// for one that is missing, Golden says what it would hold.
func Golden[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], dir string, examples ...E) {
	t.Helper()
	for _, name := range a.Events.Types() {
		pinned, err := os.ReadFile(filepath.Join(dir, name+".json"))
		if err != nil {
			t.Errorf("%s can be read, and has no golden file", name)
			continue
		}
		e, err := a.Events.Decode(name, pinned)
		if err != nil {
			t.Errorf("%s is no longer read: %v", name, err)
		} else if e.EventType() == name && !slices.ContainsFunc(examples, func(e E) bool { return e.EventType() == name }) {
			t.Errorf("%s has no example, so nothing pins what is written today", name)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Errorf("%s: %v", dir, err)
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".json"); !slices.Contains(a.Events.Types(), name) {
			t.Errorf("%s was stored once, and the registry no longer knows it", name)
		}
	}
	for _, e := range examples {
		pin(t, a, dir, e)
	}
}

func pin[S any, E domain.Event[S]](t testing.TB, a domain.Aggregate[S, E], dir string, e E) {
	t.Helper()
	if field := unset(reflect.ValueOf(e)); field != "" {
		t.Errorf("the example of %s leaves %s unset or untagged, so nothing pins it", e.EventType(), field)
	}
	name, data, err := a.Events.Encode(e)
	if err != nil {
		t.Errorf("%T is not stored: %v", e, err)
		return
	}
	pinned, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if err != nil {
		t.Errorf("%s has no golden file; if its form is what shall be kept for ever, write\n%s", name, data)
		return
	}
	if !bytes.Equal(bytes.TrimSpace(pinned), data) {
		t.Errorf("the form of %s is pinned, and has changed; give the new one a name of its own and an upcaster\ngot    %s\npinned %s", name, data, pinned)
	}
	if back, err := a.Events.Decode(name, pinned); err != nil || !reflect.DeepEqual(back, e) {
		t.Errorf("%s is read otherwise than it was written:\ngot  %+v, %v\nwant %+v", name, back, err, e)
	}
}

// unset returns the name of a field within v that has no tag or no value; empty
// if there is none.
func unset(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return ""
		}
		for f, value := range v.Fields() {
			if f.IsExported() && (value.IsZero() || f.Tag.Get("json") == "") {
				return f.Name
			}
			if inner := unset(value); inner != "" {
				return f.Name + "." + inner
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if inner := unset(v.Index(i)); inner != "" {
				return inner
			}
		}
	default: // a value that is all there is
	}
	return ""
}
