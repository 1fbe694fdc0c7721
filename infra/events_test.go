package infra_test

import (
	"reflect"
	"strings"

	"github.com/daybook-es/daybook/pkg/publish"
)

func arn(id string) object { return object{"Fn::GetAtt": []any{id, "Arn"}} }

func names(id string) object { return object{"Ref": id} }

// streams: both readers of the table's stream, with every setting there is.
func streams(s stack, complain func(string, ...any)) {
	for _, name := range []string{"Projector", "Publisher"} {
		want := object{
			"FunctionName":                   names(name + "Function"),
			"EventSourceArn":                 object{"Fn::GetAtt": []any{"EventsTable", "StreamArn"}},
			"StartingPosition":               "TRIM_HORIZON",
			"BatchSize":                      100,
			"MaximumBatchingWindowInSeconds": 0,
			"ParallelizationFactor":          1,
			"FunctionResponseTypes":          []any{"ReportBatchItemFailures"},
			"BisectBatchOnFunctionError":     true,
			"MaximumRetryAttempts":           10,
			"MaximumRecordAgeInSeconds":      21600,
			"DestinationConfig":              object{"OnFailure": object{"Destination": arn("FailedBatches")}},
		}
		if got := s.get(name + "Mapping"); !reflect.DeepEqual(got, want) {
			complain("%sMapping is\n%v, want\n%v", name, got, want)
		}
	}
	for id := range s.of("AWS::Lambda::EventSourceMapping") {
		source := ref(s.get(id, "EventSourceArn"))
		if of := strings.TrimSuffix(id, "Mapping"); source != of+"Queue.Arn" && (of != "Projector" && of != "Publisher" || source != "EventsTable.StreamArn") {
			complain("%s reads %q", id, source)
		}
	}
}

// A consumer is fed by a rule through a queue.
type consumer struct {
	rule, bus string
	pattern   object
	batch     int
}

var fed = map[string]consumer{
	"SagaStart": {rule: "SubmittedRule", bus: "Bus", batch: 10, pattern: object{
		"source": []any{"daybook"}, "detail-type": []any{publish.SubmittedName},
	}},
	"ReturnsRefund": {rule: "RefundRule", bus: "Bus", batch: 10, pattern: object{
		"source": []any{"daybook"}, "detail-type": []any{publish.ReturnedName},
	}},
	"ReturnsRestock": {rule: "RestockRule", bus: "Bus", batch: 10, pattern: object{
		"source": []any{"daybook"}, "detail-type": []any{publish.ReturnedName},
	}},
	"Search": {rule: "SearchRule", bus: "Bus", batch: 10, pattern: object{
		"source": []any{"daybook"}, "detail-type": anyOf(publish.Orders().Types()),
	}},
	"Push": {rule: "PushRule", bus: "Bus", batch: 5, pattern: object{
		"source": []any{"daybook"}, "detail-type": append(anyOf(publish.Orders().Types()), anyOf(publish.Payments().Types())...),
	}},
	"SagaWatch": {rule: "StoppedRule", batch: 10, pattern: object{
		"source": []any{"aws.states"}, "detail-type": []any{"Step Functions Execution Status Change"},
		"detail": object{"stateMachineArn": []any{names("FulfilmentMachine")}, "status": []any{"FAILED", "TIMED_OUT", "ABORTED"}},
	}},
	"Park": {rule: "FailedBatchRule", batch: 1, pattern: object{
		"source": []any{"aws.s3"}, "detail-type": []any{"Object Created"},
		"detail": object{"bucket": object{"name": []any{names("FailedBatches")}}},
	}},
}

func anyOf(texts []string) (all []any) {
	for _, text := range texts {
		all = append(all, text)
	}
	return all
}

// consumers: behind each rule a queue, behind each queue its dead letters, and
// nobody but the rule fills either. What the bus carried is kept, and what it
// lost is looked for.
func consumers(s stack, complain func(string, ...any)) {
	want := map[string]object{
		"Bus":        {"Name": names("AWS::StackName")},
		"BusArchive": {"SourceArn": arn("Bus"), "RetentionDays": 90},
		"SweepRule":  {"ScheduleExpression": names("SweepEvery"), "Targets": []any{object{"Id": "function", "Arn": arn("SagaSweepFunction")}}},
		"SweepPermission": {
			"FunctionName": names("SagaSweepFunction"), "Action": "lambda:InvokeFunction", "Principal": "events.amazonaws.com", "SourceArn": arn("SweepRule"),
		},
	}
	for name, c := range fed {
		queue, dead := name+"Queue", name+"DeadLetters"
		rule := object{
			"EventPattern": c.pattern,
			"Targets":      []any{object{"Id": "queue", "Arn": arn(queue), "DeadLetterConfig": object{"Arn": arn(dead)}}},
		}
		if c.bus != "" {
			rule["EventBusName"] = names(c.bus)
		}
		want[c.rule] = rule
		want[queue] = object{
			"VisibilityTimeout": 6 * s.seconds(name), "SqsManagedSseEnabled": true,
			"RedrivePolicy": object{"deadLetterTargetArn": arn(dead), "maxReceiveCount": 5},
		}
		want[dead] = object{"MessageRetentionPeriod": 14 * 24 * 60 * 60, "SqsManagedSseEnabled": true}
		want[queue+"Policy"] = object{
			"Queues": []any{names(queue), names(dead)},
			"PolicyDocument": object{"Version": "2012-10-17", "Statement": []any{object{
				"Effect": "Allow", "Principal": object{"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": "*",
				"Condition": object{"ArnEquals": object{"aws:SourceArn": arn(c.rule)}},
			}}},
		}
		want[name+"Mapping"] = object{
			"FunctionName": names(name + "Function"), "EventSourceArn": arn(queue), "BatchSize": c.batch,
			"MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []any{"ReportBatchItemFailures"},
		}
	}
	for id, properties := range want {
		if got := s.get(id); !reflect.DeepEqual(got, any(properties)) {
			complain("%s is\n%v, want\n%v", id, got, properties)
		}
	}
	for _, kind := range []string{"AWS::SQS::Queue", "AWS::Events::Rule"} {
		for id := range s.of(kind) {
			if want[id] == nil {
				complain("nobody is known to be fed by %s", id)
			}
		}
	}
}
