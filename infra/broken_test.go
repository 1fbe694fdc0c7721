package infra_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

// told is for people alone, or what cfn-lint misses.
var told = []string{"Description", "PolicyName", "Sid", "Type"}

// TestWhateverIsTakenAwayIsMissed takes each resource away, each property of
// each, and each part of these, one at a time: a dead-letter queue, a denied
// action, a route, a timeout, a mapping's setting. Some law complains each time.
func TestWhateverIsTakenAwayIsMissed(t *testing.T) {
	s, _ := read(t).deploy(production)
	taken, by := 0, "" // neighbours are mostly missed by the same law
	missed := func(what string) {
		taken++
		if by = found(s, by); by == "" {
			t.Errorf("nobody misses %s", what)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s)) {
		r := s[id]
		delete(s, id)
		missed(id)
		s[id] = r
		without(r, id, missed)
	}
	t.Logf("%d parts", taken)
}

// without calls missed once for each part of a value, while that is taken away.
func without(v any, path string, missed func(string)) {
	switch v := v.(type) {
	case object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if slices.Contains(told, key) {
				continue
			}
			part := v[key]
			delete(v, key)
			missed(path + " " + key)
			v[key] = part
			without(part, path+" "+key, missed)
		}
	case []any:
		for i, part := range v {
			v[i] = nil
			missed(fmt.Sprintf("%s %d", path, i))
			v[i] = part
			without(part, fmt.Sprintf("%s %d", path, i), missed)
		}
	}
}

// TestWhatIsWidenedIsFound adds to the template what it must not have.
func TestWhatIsWidenedIsFound(t *testing.T) {
	resource := func(id, kind string, properties object) func(stack) {
		return func(s stack) { s[id] = object{"Type": kind, "Properties": properties} }
	}
	set := func(id, key string, v any) func(stack) {
		return func(s stack) { s.get(id).(object)[key] = v }
	}
	allow := func(role, action string, on any) func(stack) {
		return func(s stack) {
			own := list(s.get(role, "Policies"))[0]
			document := at(own, "PolicyDocument").(object)
			document["Statement"] = append(list(document, "Statement"), object{"Effect": "Allow", "Action": action, "Resource": on})
		}
	}
	for what, widen := range map[string]func(stack){
		"a filter before the projector":            set("ProjectorMapping", "FilterCriteria", object{"Filters": []any{}}),
		"ten batches of a shard at a time":         set("PublisherMapping", "ParallelizationFactor", 10),
		"a third reader of the stream":             resource("ThirdMapping", "AWS::Lambda::EventSourceMapping", object{"EventSourceArn": object{"Fn::GetAtt": []any{"EventsTable", "StreamArn"}}}),
		"a queue without dead letters":             resource("Queue", "AWS::SQS::Queue", object{}),
		"a rule that nobody knows":                 resource("Rule", "AWS::Events::Rule", object{}),
		"a table that is not in the schema":        resource("Table", "AWS::DynamoDB::Table", object{}),
		"an index on events":                       set("EventsTable", "GlobalSecondaryIndexes", []any{}),
		"a role without the denial":                resource("Role", "AWS::IAM::Role", object{}),
		"a route that the router does not know":    resource("Route", "AWS::ApiGatewayV2::Route", object{"RouteKey": "GET /secrets"}),
		"a function that may update events":        allow("CommandsRole", "dynamodb:UpdateItem", arn("EventsTable")),
		"a function that may do anything":          allow("QueriesRole", "dynamodb:*", arn("ViewsTable")),
		"a function that may write all tables":     allow("ProjectorRole", "dynamodb:PutItem", "*"),
		"a gateway that gives up first":            set("CommandsFunction", "Timeout", 29),
		"a state that gives up first":              set("SagaTaskFunction", "Timeout", 900),
		"a message that comes back during its run": set("ParkQueue", "VisibilityTimeout", 300),
		"logs that stay for ever":                  resource("Log", "AWS::Logs::LogGroup", object{}),
		"executions' data in the log":              set("FulfilmentMachine", "Logging", object{"IncludeExecutionData": true}),
		"callers' addresses in the access log": func(s stack) {
			s.get("Stage", "AccessLogSettings").(object)["Format"] = `{"requestId":"$context.requestId","status":"$context.status","ip":"$context.identity.sourceIp"}`
		},
	} {
		t.Run(what, func(t *testing.T) {
			s, _ := read(t).deploy(production)
			if widen(s); found(s, "") == "" {
				t.Error("nobody finds it")
			}
		})
	}
}
