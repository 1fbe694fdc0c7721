package live

import (
	"fmt"

	"github.com/go-json-experiment/json"
)

// LargestFrame is what a client's frame may have, in bytes.
const LargestFrame = 4 << 10

// A Frame is what a client asks for. One of Subscribe and Unsubscribe is given.
type Frame struct {
	Subscribe   Topic  `json:"subscribe"`
	Unsubscribe Topic  `json:"unsubscribe"`
	After       string `json:"after"` // a cursor of the topic; empty: from now on
}

// A Refusal says why nothing comes of a frame. The connection stays as it is.
type Refusal struct {
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error implements error.
func (r *Refusal) Error() string { return r.Detail }

func refuse(code, detail string, args ...any) error {
	return &Refusal{code, fmt.Sprintf(detail, args...)}
}

// ParseFrame reads a frame strictly: unknown and repeated members are refused, as
// they are in the bodies of requests. It returns a [*Refusal].
func ParseFrame(text []byte) (Frame, error) {
	var f Frame
	if len(text) > LargestFrame {
		return f, refuse("frame.too_large", "the frame has more than %d bytes", LargestFrame)
	}
	if err := json.Unmarshal(text, &f, json.RejectUnknownMembers(true)); err != nil {
		return f, refuse("frame.malformed", `the frame is not {"subscribe": topic, "after": cursor} or {"unsubscribe": topic}`)
	}
	switch {
	case (f.Subscribe == "") == (f.Unsubscribe == ""):
		return f, refuse("frame.verb", "a frame has one verb: subscribe or unsubscribe, with a topic")
	case f.Unsubscribe != "" && f.After != "":
		return f, refuse("frame.verb", "unsubscribe knows no after")
	case f.Subscribe != "":
		return f, f.Subscribe.check()
	default:
		return f, f.Unsubscribe.check()
	}
}
