package infra_test

import (
	"fmt"
	"slices"
	"strings"
)

// forbidden is what changes what was written, or removes it.
var forbidden = []string{
	"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
	"dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
	"dynamodb:UpdateTimeToLive", "dynamodb:DeleteTable",
}

// appendOnly: every role, and the table itself, deny what is forbidden.
func appendOnly(s stack, complain func(string, ...any)) {
	for id := range s.of("AWS::IAM::Role") {
		var denied []string
		for _, statement := range s.statements(id) {
			if text(statement, "Effect") == "Deny" {
				denied = append(denied, grants(statement)...)
			}
		}
		for _, action := range forbidden {
			if !slices.Contains(denied, action+" EventsTable.Arn") {
				complain("%s does not deny %s on events", id, action)
			}
		}
	}
	own := said(s.get("EventsTable", "ResourcePolicy", "PolicyDocument"))
	if len(own) != 1 || text(own[0], "Effect") != "Deny" || text(own[0], "Principal") != "*" {
		complain("the table of events has no denial for everybody")
		return
	}
	for _, action := range forbidden {
		if !slices.Contains(grants(own[0]), action+" *") {
			complain("the table of events itself does not deny %s", action)
		}
	}
}

// statements returns all that a role's policies say, its own and attached ones.
func (s stack) statements(role string) (all []any) {
	for _, p := range list(s.get(role, "Policies")) {
		all = append(all, said(at(p, "PolicyDocument"))...)
	}
	for _, p := range list(s.get(role, "ManagedPolicyArns")) {
		all = append(all, said(s.get(ref(p), "PolicyDocument"))...)
	}
	return all
}

// said returns the statements of a policy in today's language; in an older one
// they say nothing that is meant here.
func said(document any) []any {
	if text(document, "Version") != "2012-10-17" {
		return nil
	}
	return list(document, "Statement")
}

// grants returns what a statement is about: "dynamodb:Query EventsTable.Arn".
func grants(statement any) (all []string) {
	for _, action := range list(statement, "Action") {
		for _, resource := range list(statement, "Resource") {
			named := ref(resource)
			if named == "" {
				named = fmt.Sprint(resource)
			}
			all = append(all, fmt.Sprintf("%s %s", action, named))
		}
	}
	return all
}

var (
	reads    = []string{"dynamodb:Query EventsTable.Arn"}
	appends  = []string{"dynamodb:Query EventsTable.Arn", "dynamodb:PutItem EventsTable.Arn"}
	folds    = []string{"dynamodb:GetItem ViewsTable.Arn", "dynamodb:PutItem ViewsTable.Arn", "dynamodb:UpdateItem ViewsTable.Arn", "dynamodb:DeleteItem ViewsTable.Arn"}
	looks    = []string{"dynamodb:GetItem ViewsTable.Arn", "dynamodb:Query ViewsTable.Arn"}
	ranks    = []string{"dynamodb:Query ${ViewsTable.Arn}/index/*"}
	ledgers  = []string{"dynamodb:GetItem SandboxTable.Arn", "dynamodb:PutItem SandboxTable.Arn"}
	tickets  = []string{"dynamodb:PutItem ConnectionsTable.Arn"}
	joins    = on("ConnectionsTable.Arn", "dynamodb:Query", "dynamodb:UpdateItem", "dynamodb:DeleteItem")
	tells    = []string{"execute-api:ManageConnections arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${LiveApi}/live/*"}
	starts   = []string{"states:StartExecution FulfilmentMachine"}
	says     = []string{"events:PutEvents Bus.Arn"}
	givesUp  = []string{"s3:PutObject ${FailedBatches.Arn}/*", "s3:ListBucket FailedBatches.Arn"}
	picksUp  = []string{"s3:GetObject ${FailedBatches.Arn}/*"}
	traces   = []string{"xray:PutTraceSegments *", "xray:PutTelemetryRecords *"}
	delivers = []string{
		"logs:CreateLogDelivery *", "logs:GetLogDelivery *", "logs:UpdateLogDelivery *", "logs:DeleteLogDelivery *", "logs:ListLogDeliveries *",
		"logs:PutResourcePolicy *", "logs:DescribeResourcePolicies *", "logs:DescribeLogGroups *",
	}
	follows = on("EventsTable.StreamArn", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream", "dynamodb:ListStreams")
)

func takes(queue string) []string {
	return on(queue+".Arn", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
}

func on(resource string, actions ...string) (all []string) {
	for _, action := range actions {
		all = append(all, action+" "+resource)
	}
	return all
}

// allowed is all that the functions may do beyond logs and traces.
var allowed = map[string][][]string{
	"Commands":  {appends},
	"Queries":   {reads, looks, ranks, tickets},
	"Projector": {follows, reads, folds, givesUp},
	"Publisher": {follows, says, givesUp},
	"Park":      {takes("ParkQueue"), picksUp, reads, folds, says},
	"Search":    {takes("SearchQueue"), reads, folds[:2]},
	"Live":      {reads, looks, tickets, joins, tells},
	"Push":      {takes("PushQueue"), reads, looks, joins, tells},
	"SagaStart": {takes("SagaStartQueue"), reads, starts},
	"SagaTask":  {appends, ledgers},
	"SagaWatch": {takes("SagaWatchQueue"), appends},
	"SagaSweep": {reads, looks[1:], starts},

	"ReturnsRefund":  {takes("ReturnsRefundQueue"), appends, ledgers},
	"ReturnsRestock": {takes("ReturnsRestockQueue"), appends},
}

// permissions: each role is one function's, and may what that needs and no more.
func permissions(s stack, complain func(string, ...any)) {
	want := map[string][]string{"FulfilmentRole": slices.Concat([]string{"lambda:InvokeFunction SagaTaskFunction.Arn"}, delivers, traces)}
	for _, name := range s.functions() {
		log := on(name+"Log.Arn", "logs:CreateLogStream", "logs:PutLogEvents")
		want[name+"Role"] = slices.Concat(slices.Concat(allowed[name]...), log, traces)
		if got := ref(s.get(name+"Function", "Role")); got != name+"Role.Arn" {
			complain("%sFunction runs in %q", name, got)
		}
	}
	for id := range s.of("AWS::IAM::Role") {
		service := "lambda.amazonaws.com"
		if id == "FulfilmentRole" {
			service = "states.amazonaws.com"
		}
		trust := said(s.get(id, "AssumeRolePolicyDocument"))
		if len(trust) != 1 || text(trust[0], "Principal", "Service") != service || text(trust[0], "Action") != "sts:AssumeRole" || text(trust[0], "Effect") != "Allow" {
			complain("%s trusts %v", id, trust)
		}
		var got []string
		for _, statement := range s.statements(id) {
			if text(statement, "Effect") == "Allow" {
				got = append(got, grants(statement)...)
			}
		}
		slices.Sort(got)
		slices.Sort(want[id])
		if !slices.Equal(got, want[id]) {
			complain("%s may\n%s, want\n%s", id, strings.Join(got, "\n"), strings.Join(want[id], "\n"))
		}
		delete(want, id)
	}
	for id := range want {
		complain("there is no %s", id)
	}
}
