package main

import (
	"fmt"
	"regexp"
)

// says is a sample that gets an HTTP answer with this text in its body.
func says(status int, text string, wrong ...string) sample {
	return sample{answer: fmt.Sprintf(`^{"statusCode":%d,.*"body":".*%s.*","cookies":null}$`, status, regexp.QuoteMeta(text)), wrong: wrong}
}

// answers is a sample of a WebSocket, which is answered with a status alone.
func answers(status int) sample {
	return sample{answer: fmt.Sprintf(`^{"statusCode":%d,"headers":null,"multiValueHeaders":null,"body":""}$`, status)}
}

// done is a sample of which nothing comes again.
func done(wrong ...string) sample {
	return sample{answer: `^{"batchItemFailures":\[\]}$`, wrong: wrong}
}

// comesAgain is a sample that comes again from this item on.
func comesAgain(item string, wrong ...string) sample {
	return sample{answer: `^{"batchItemFailures":\[{"itemIdentifier":"` + item + `"}\]}$`, wrong: wrong}
}

// goesOn is a sample of an attempt that succeeds.
var goesOn = sample{answer: `^{"verdict":""}$`}

// ends is a sample of an attempt that ends in an error of a name.
func ends(name, code string, wrong ...string) sample {
	return sample{answer: `^{"errorMessage":"{.*\\"code\\":\\"` + code + `\\".*}","errorType":"` + name + `"}$`, failed: true, wrong: wrong}
}

const (
	firstRecord  = "100000000000000000001"
	secondRecord = "100000000000000000002"
	firstMessage = "00000000-0000-4000-8000-000000000001"
)

var samples = map[string]sample{
	"commands-bad-body":      says(400, `\"code\":\"field.invalid\",\"field\":\"/items/0/quantity\"`),
	"commands-base64":        says(201, `\"status\":\"pending\"`),
	"commands-base64-broken": says(400, `\"code\":\"body.malformed\"`),
	"commands-cancel-order":  says(422, `\"code\":\"order.shipped\"`),
	"commands-no-order":      says(404, `\"code\":\"order.not_placed\"`),
	"commands-payload-1.0":   says(500, `\"code\":\"internal\"`, "request failed"),
	"commands-place-order":   says(201, `\"status\":\"pending\",\"total\":{\"amount\":5998,\"currency\":\"USD\"},\"version\":1`),

	"queries-bad-query":    says(400, `\"code\":\"query.invalid\"`),
	"queries-fulfilment":   says(200, `{\"status\":\"running\",\"steps\":[]}`),
	"queries-odd-path":     says(404, `\"code\":\"path.unknown\"`),
	"queries-order":        says(200, `{\"id\":\"order-shipped\",\"customerId\":\"customer-1\",\"status\":\"shipped\"`),
	"queries-orders":       says(200, `\"customerId\":\"customer-1\"`),
	"queries-search":       says(200, `\"matched\":[\"recipient\"]`),
	"queries-unknown-path": says(405, `\"code\":\"method.not_allowed\"`),

	"projector-batch":       done(),
	"projector-duplicate":   done(),
	"projector-empty":       done(),
	"projector-other-table": comesAgain(firstRecord, "record of another table"),
	"projector-poison":      comesAgain(secondRecord, "event cannot be folded"),
	"projector-tampering":   done("events table was changed"),
	"projector-unreadable":  comesAgain(firstRecord, "record cannot be read"),

	"live-bad-ticket":       answers(403),
	"live-disconnected":     answers(200),
	"live-gone":             answers(200),
	"push-other-tenant":     comesAgain(firstMessage, "message makes no sense"),
	"push-placed":           done(),
	"publisher-batch":       done(),
	"publisher-duplicate":   done(),
	"publisher-empty":       done(),
	"publisher-other-table": comesAgain(firstRecord, "record of another table"),
	"publisher-poison":      done("event not published"),
	"publisher-tampering":   done("events table was changed"),
	"publisher-unreadable":  comesAgain(firstRecord, "record cannot be read"),

	"park-no-object": comesAgain(firstMessage, "batch waits for a fault to pass"),
	"park-projector": done("stream parked", "stream parked", "stream parked", "stream parked"),
	"park-publisher": done("event not published"),
	"park-senseless": comesAgain(firstMessage, "object makes no sense"),

	"returns-refund-duplicate":     done(),
	"returns-refund-other-tenant":  comesAgain(firstMessage, "message makes no sense"),
	"returns-refund-returned":      done(),
	"returns-restock-duplicate":    done(),
	"returns-restock-no-goods":     comesAgain(firstMessage, "message makes no sense"),
	"returns-restock-other-tenant": comesAgain(firstMessage, "message makes no sense"),
	"returns-restock-returned":     done(),
	"search-duplicate":             done(),
	"search-other-tenant":          comesAgain(firstMessage, "message makes no sense"),
	"search-placed":                done(),
	"search-poison":                comesAgain(firstMessage, "message not done"),
	"search-shipped":               done(),

	"saga-start-begun":         done(),
	"saga-start-duplicate":     done(),
	"saga-start-no-order":      comesAgain(firstMessage, "message makes no sense"),
	"saga-start-other-version": comesAgain(firstMessage, "message makes no sense"),
	"saga-start-submitted":     done(),

	"saga-task-ArrangeShipment": goesOn,
	"saga-task-BeginCancel":     goesOn,
	"saga-task-CancelOrder":     goesOn,
	"saga-task-CancelShipment":  goesOn,
	"saga-task-ConfirmOrder":    goesOn,
	"saga-task-HandOver":        goesOn,
	"saga-task-NotifyCustomer":  goesOn,
	"saga-task-RefundPayment":   goesOn,
	"saga-task-ReleaseStock":    goesOn,
	"saga-task-ReserveStock":    goesOn,
	"saga-task-ShipOrder":       goesOn,
	"saga-task-TakePayment":     goesOn,
	"saga-task-ValidateOrder":   goesOn,
	"saga-task-late":            ends("Refused", "fulfilment.deadline"),
	"saga-task-no-order":        ends("Leave", "saga.verdict"),
	"saga-task-no-run":          ends("Leave", "saga.senseless", "attempt makes no sense"),
	"saga-task-no-step":         ends("Fault", "saga.fault", "attempt failed"),

	"saga-watch-aborted":       done("run stuck"),
	"saga-watch-failed":        done("run stuck"),
	"saga-watch-nothing":       done(),
	"saga-watch-other-machine": comesAgain(firstMessage, "message makes no sense"),

	"saga-sweep-scheduled": {answer: `^null$`},
}
