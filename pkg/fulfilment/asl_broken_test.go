package fulfilment_test

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestAMachineThatBreaksALawIsFound takes away what each law asks for.
func TestAMachineThatBreaksALawIsFound(t *testing.T) {
	type states = map[string]*state
	broken := make(map[string]bool)
	for name, c := range map[string]struct {
		law   string
		spoil func(m *stateMachine, s states)
	}{
		"a step is left out":                        {lawHappy, func(_ *stateMachine, s states) { s["ReserveStock"].Next = "ConfirmOrder" }},
		"a choice stands behind ValidateOrder":      {lawHappy, func(_ *stateMachine, s states) { s["ValidateOrder"].Next = "ShipOrderFirst" }},
		"it starts elsewhere":                       {lawHappy, func(m *stateMachine, _ states) { m.StartAt = "ReserveStock" }},
		"the run does not end":                      {lawHappy, func(_ *stateMachine, s states) { s["NotifyCustomer"].End = false }},
		"the stock is not released":                 {lawBack, func(_ *stateMachine, s states) { s["RefundPayment"].Next = "CancelOrder" }},
		"the order is cancelled too early":          {lawBack, func(_ *stateMachine, s states) { s["ShipOrderFirst"].Default = "CancelOrder" }},
		"a state is left alone":                     {lawWays, func(_ *stateMachine, s states) { s["Alone"] = &state{Type: "Succeed"} }},
		"a way leads nowhere":                       {lawWays, func(_ *stateMachine, s states) { delete(s, "RecordNotifyCustomer") }},
		"another function is called":                {lawCalled, func(_ *stateMachine, s states) { s["HandOver"].Resource = "arn:aws:states:::sns:publish" }},
		"the run is not said":                       {lawCalled, func(_ *stateMachine, s states) { delete(s["HandOver"].Parameters, "run.$") }},
		"another step is named":                     {lawCalled, func(_ *stateMachine, s states) { s["HandOver"].Parameters["step"] = "ShipOrder" }},
		"the time of entry is not said":             {lawCalled, func(_ *stateMachine, s states) { delete(s["ReserveStock"].Parameters, "entered.$") }},
		"the retries are not said":                  {lawCalled, func(_ *stateMachine, s states) { delete(s["ReserveStock"].Parameters, "retries.$") }},
		"BeginCancel is not told":                   {lawHanded, func(_ *stateMachine, s states) { delete(s["BeginCancel"].Parameters, "caught.$") }},
		"what records a failure is not told":        {lawHanded, func(_ *stateMachine, s states) { delete(s["RecordNotifyCustomer"].Parameters, "caught.$") }},
		"another step is told":                      {lawHanded, func(_ *stateMachine, s states) { s["HandOver"].Parameters["caught.$"] = "$.caught.Error" }},
		"a task has no timeout":                     {lawTimeouts, func(_ *stateMachine, s states) { s["RefundPayment"].TimeoutSeconds = 0 }},
		"a task times out before its function":      {lawTimeouts, func(_ *stateMachine, s states) { s["RefundPayment"].TimeoutSeconds = 20 }},
		"the machine has a timeout":                 {lawTimeouts, func(m *stateMachine, _ states) { m.TimeoutSeconds = 3600 }},
		"a refusal is tried again":                  {lawRefused, func(_ *stateMachine, s states) { s["TakePayment"].Retry = s["TakePayment"].Retry[1:] }},
		"a refusal is tried again once":             {lawRefused, func(_ *stateMachine, s states) { s["TakePayment"].Retry[0].MaxAttempts = 1 }},
		"an order that is not there is tried again": {lawRefused, func(_ *stateMachine, s states) { s["ValidateOrder"].Retry[0].ErrorEquals = []string{"Refused"} }},
		"nothing is tried again":                    {lawAgain, func(_ *stateMachine, s states) { s["HandOver"].Retry = s["HandOver"].Retry[:1] }},
		"timeouts are not tried again":              {lawAgain, func(_ *stateMachine, s states) { s["HandOver"].Retry[1].ErrorEquals = []string{"States.TaskFailed"} }},
		"it is tried three times":                   {lawAgain, func(_ *stateMachine, s states) { s["RefundPayment"].Retry[1].MaxAttempts = 3 }},
		"there is no pause":                         {lawAgain, func(_ *stateMachine, s states) { s["TakePayment"].Retry[1].IntervalSeconds = 0 }},
		"pauses do not grow":                        {lawAgain, func(_ *stateMachine, s states) { s["TakePayment"].Retry[1].BackoffRate = 1 }},
		"pauses have no cap":                        {lawAgain, func(_ *stateMachine, s states) { s["TakePayment"].Retry[1].MaxDelaySeconds = 0 }},
		"pauses are all alike":                      {lawAgain, func(_ *stateMachine, s states) { s["TakePayment"].Retry[1].JitterStrategy = "" }},
		"a step is not caught":                      {lawOut, func(_ *stateMachine, s states) { s["ConfirmOrder"].Catch = nil }},
		"the pivot is not caught":                   {lawOut, func(_ *stateMachine, s states) { s["ShipOrder"].Catch = nil }},
		"a timeout is not caught":                   {lawOut, func(_ *stateMachine, s states) { s["ReserveStock"].Catch[0].ErrorEquals = []string{"Refused"} }},
		"the chain is entered in its middle":        {lawOut, func(_ *stateMachine, s states) { s["ReserveStock"].Catch[0].Next = "ReleaseStock" }},
		"the error replaces the input":              {lawOut, func(_ *stateMachine, s states) { s["ReserveStock"].Catch[0].ResultPath = "" }},
		"what there is no run for enters the chain": {lawOut, func(_ *stateMachine, s states) { s["ValidateOrder"].Catch = s["ValidateOrder"].Catch[1:] }},
		"everything is caught before Leave":         {lawOut, func(_ *stateMachine, s states) { slices.Reverse(s["ValidateOrder"].Catch) }},
		"what may fail fails the run":               {lawRecords, func(_ *stateMachine, s states) { s["NotifyCustomer"].Catch = nil }},
		"what may fail takes all back":              {lawRecords, func(_ *stateMachine, s states) { s["NotifyCustomer"].Catch[0].Next = "BeginCancel" }},
		"a compensation is caught":                  {lawFails, func(_ *stateMachine, s states) { s["RefundPayment"].Catch = []catcher{{all, "", "Leave"}} }},
		"HandOver is caught":                        {lawFails, func(_ *stateMachine, s states) { s["HandOver"].Catch = s["ShipOrder"].Catch }},
		"an answer replaces the input":              {lawDropped, func(_ *stateMachine, s states) { s["ReserveStock"].ResultPath = nil }},
		"the answer of BeginCancel is dropped":      {lawDropped, func(_ *stateMachine, s states) { s["BeginCancel"].ResultPath = json.RawMessage("null") }},
		"the choice is passed by":                   {lawChoose, func(_ *stateMachine, s states) { s["BeginCancel"].Next = "CancelShipment" }},
		"what shipped is taken back":                {lawChoose, func(_ *stateMachine, s states) { s["ShipOrderFirst"].Choices = nil }},
		"the choice is on another word":             {lawChoose, func(_ *stateMachine, s states) { s["ShipOrderFirst"].Choices[0].StringEquals = "shipped" }},
		"what shipped is not handed over":           {lawChoose, func(_ *stateMachine, s states) { s["ShipOrderFirst"].Choices[0].Next = "NotifyCustomer" }},
		"a run of nothing succeeds":                 {lawNothing, func(_ *stateMachine, s states) { s["Leave"].Type = "Succeed" }},
		"a run of nothing ends under another name":  {lawNothing, func(_ *stateMachine, s states) { s["Leave"].Error = "Leave" }},
	} {
		t.Run(name, func(t *testing.T) {
			broken[c.law] = true
			m := rendered(t)
			c.spoil(&m, m.States)
			if err := laws[c.law](m); err == nil {
				t.Error("it was not found")
			}
		})
	}
	if len(broken) != len(laws) {
		t.Errorf("%d laws, and %d of them were broken", len(laws), len(broken))
	}
}
