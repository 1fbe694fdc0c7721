package httpapi

import (
	"context"
	"slices"
	"strings"

	"github.com/daybook-es/daybook/pkg/readmodel"
)

// A backing is the view that a list is read from.
type backing struct {
	view string
	rows interface {
		Get(ctx context.Context, key readmodel.Key) (readmodel.Row, error)
	}
	categories []string // whose versions may be waited for
	// settle waits until the view holds what was committed by now.
	settle func(context.Context) error
}

// views is the backing of the lists of one of the views.
func (a *api) views(view string, categories ...string) backing {
	return backing{view, a.Views, categories, func(ctx context.Context) error {
		a.settle(ctx)
		return nil
	}}
}

// An awaited version is one that a list is to hold of a stream.
type awaited struct {
	category, id string
	version      int64 // 0: none is asked for
}

// after returns what the list is to hold.
func (q query) after(categories []string) (awaited, error) {
	text, given := q["after"]
	if !given {
		return awaited{}, nil
	}
	at := strings.LastIndexByte(text, '@') // an id may have one, too
	category, id, _ := strings.Cut(text[:max(at, 0)], "/")
	version, ok := parsePlain(text[at+1:])
	if !slices.Contains(categories, category) || !idForm.ok(id) || !ok || version < 1 {
		return awaited{}, badQuery("after: %s/<id>@<version>, the version 1 or more", strings.Join(categories, " or "))
	}
	return awaited{category, id, version}, nil
}

// reach waits until the list holds what is awaited, and what was committed by now.
// What a row says may not be in the lists before that is settled, so that comes
// second.
func (a *api) reach(ctx context.Context, in backing, want awaited) error {
	patient, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var at int64
	reached, err := wait(patient, func() (bool, error) {
		if want.version > 0 {
			row, err := in.rows.Get(ctx, readmodel.Key{View: in.view, Tenant: a.Tenant, ID: want.id})
			if err != nil {
				return false, err
			}
			at = int64(row.Applied[want.category].Version())
		}
		return at >= want.version, in.settle(patient)
	})
	if err == nil && !reached {
		err = behind("the list has reached version %d of %s/%s, not %d", at, want.category, want.id, want.version)
	}
	return err
}
