// Package saga holds the state machine that runs the saga on AWS. It is rendered
// from the declaration in package fulfilment; its functions stand below.
package saga

import _ "embed"

//go:generate sh -c "go run ../../cmd/daybook saga asl >fulfilment.asl.json"

// Fulfilment is the state machine, in the Amazon States Language.
//
//go:embed fulfilment.asl.json
var Fulfilment []byte
