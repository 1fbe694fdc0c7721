package boltstore

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strconv"

	fast "github.com/go-json-experiment/json"

	"github.com/daybook-es/daybook/pkg/eventstore"
)

// attributes is an item as it is stored, beside its key. Events and snapshot
// are JSON within JSON: the file can be read without this program.
type attributes struct {
	N  int                `json:"n"`
	E  []eventstore.Event `json:"e"`
	C  string             `json:"c"`
	At string             `json:"at"`
	S  json.RawMessage    `json:"s,omitempty"`
	SV int                `json:"sv,omitempty"`
}

func encode(i eventstore.Item) []byte {
	c, err := json.Marshal(i.C)
	if err != nil {
		panic(fmt.Sprintf("boltstore: a string has no JSON: %v", err)) // it always has
	}
	b := make([]byte, 0, len(i.E)+len(i.S)+len(c)+80)
	b = strconv.AppendInt(append(b, `{"n":`...), int64(i.N), 10)
	b = append(append(b, `,"e":`...), i.E...)
	b = append(append(b, `,"c":`...), c...)
	b = append(append(append(b, `,"at":"`...), i.At...), '"')
	if i.SV > 0 {
		b = append(append(b, `,"s":`...), i.S...)
		b = strconv.AppendInt(append(b, `,"sv":`...), int64(i.SV), 10)
	}
	return append(b, '}')
}

// decode reads a commit. An item that makes no sense is as
// [eventstore.Item.Invalid] has it. A start reads all there are, and encoding/json,
// which looks at each twice, would make it a fifth longer.
func decode(k, value []byte) (eventstore.Commit, error) {
	stream, v := split(k)
	var a attributes
	if err := fast.Unmarshal(value, &a); err != nil {
		return eventstore.Item{P: stream, V: v}.Invalid("%v", err)
	}
	return eventstore.Item{P: stream, V: v, N: a.N, C: a.C, At: a.At, S: string(a.S), SV: a.SV}.Holding(a.E)
}

// split reads a key back.
func split(k []byte) (stream string, v eventstore.Version) {
	i := bytes.IndexByte(k, 0)
	if i < 0 || len(k) != i+9 {
		return string(k), 0
	}
	return string(k[:i]), eventstore.Version(binary.BigEndian.Uint64(k[i+1:]))
}

func sequence(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
