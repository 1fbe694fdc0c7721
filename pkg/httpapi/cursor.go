package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

// A scope is the list that a cursor is of: tenant, path and filters. A cursor
// of one scope means nothing in another.
type scope []string

// digestSize is how much of the hash a cursor carries. It tells a cursor that
// was cut off, edited or taken from elsewhere; it keeps no secret, and a place
// that somebody makes up shows nothing that the list does not.
const digestSize = 9

func (s scope) digest(place string) string {
	sum := sha256.Sum256([]byte(strings.Join(append(slices.Clip(s), place), "\x00")))
	return string(sum[:digestSize])
}

// cursor returns the cursor of a place in the list.
func (s scope) cursor(place string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(s.digest(place) + place))
}

// place reads a cursor back. It is a 400 when this list did not issue it.
func (s scope) place(cursor string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil && len(raw) >= digestSize {
		// Some texts decode alike; the one that was issued is the one that
		// comes out again.
		if place := string(raw[digestSize:]); s.cursor(place) == cursor {
			return place, nil
		}
	}
	return "", foreignCursor()
}

func foreignCursor() error {
	return problem(http.StatusBadRequest, "query.invalid", "cursor: this list did not issue it")
}
