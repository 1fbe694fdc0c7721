package infra_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	saga "github.com/daybook-es/daybook/internal/machine"
	"github.com/daybook-es/daybook/internal/stream"
)

// A watch is what an alarm looks at: more than most of a metric, in so many
// minutes after each other.
type watch struct {
	namespace, metric, dimension string
	statistic                    string
	most, minutes                int
}

const own = "Daybook/${AWS::StackName}"

// watched returns all that must be.
func watched(s stack) (all []watch) {
	for _, name := range s.functions() {
		errors := watch{"AWS/Lambda", "Errors", "FunctionName " + name + "Function", "Sum", 0, 1}
		if name == "SagaTask" { // each refusal is an error to Lambda
			errors.most, errors.minutes = 20, 5
		}
		all = append(all, errors, watch{"AWS/Lambda", "Throttles", errors.dimension, "Sum", 0, 1})
	}
	for _, reader := range []string{"Projector", "Publisher"} {
		all = append(all, watch{"AWS/Lambda", "IteratorAge", "FunctionName " + reader + "Function", "Maximum", 60_000, 5})
	}
	for name := range fed {
		all = append(all, watch{"AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName " + name + "DeadLetters.QueueName", "Maximum", 0, 1})
	}
	for _, end := range []string{"Failed", "TimedOut", "Aborted"} {
		all = append(all, watch{"AWS/States", "Executions" + end, "StateMachineArn FulfilmentMachine", "Sum", 0, 1})
	}
	for _, metric := range []string{"Tampered", "Stuck", "Parked"} {
		all = append(all, watch{own, metric, "", "Sum", 0, 1})
	}
	return append(all, watch{"AWS/ApiGateway", "5xx", "ApiId Api", "Sum", 0, 1})
}

// heard is where alarms come from, beyond metrics of AWS, and where they go:
// names of lines in logs are counted, and somebody gets a mail.
var heard = map[string]object{
	"AlarmTopic":         {"Subscription": []any{object{"Protocol": "email", "Endpoint": names("AlarmEmail")}}},
	"TamperedFilter":     counts("ProjectorLog", stream.Changed, "Tampered"),
	"TamperedParkFilter": counts("ParkLog", stream.Changed, "Tampered"),
	"ParkedFilter":       counts("ParkLog", stream.Parked, "Parked"),
	"StuckFilter":        counts("SagaWatchLog", saga.RunStuck, "Stuck"),
}

func counts(log, message, metric string) object {
	return object{
		"LogGroupName": names(log), "FilterPattern": fmt.Sprintf("{ $.message = %q }", message),
		"MetricTransformations": []any{object{"MetricNamespace": object{"Fn::Sub": own}, "MetricName": metric, "MetricValue": "1", "DefaultValue": 0}},
	}
}

// alarms: there is one for each watch, and each tells somebody.
func alarms(s stack, complain func(string, ...any)) {
	missing := watched(s)
	for id := range s.of("AWS::CloudWatch::Alarm") {
		w, rest := s.watch(id)
		i := slices.Index(missing, w)
		if i < 0 {
			complain("%s looks at %+v, for nobody", id, w)
			continue
		}
		missing = slices.Delete(missing, i, i+1)
		want := object{
			"AlarmDescription": rest["AlarmDescription"], "ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching", "Period": 60,
			"AlarmActions": []any{names("AlarmTopic")},
		}
		if !reflect.DeepEqual(rest, want) || rest["AlarmDescription"] == nil {
			complain("%s is\n%v, want\n%v", id, rest, want)
		}
	}
	for _, w := range missing {
		complain("no alarm for %+v", w)
	}
	for id, want := range heard {
		if got := s.get(id); !reflect.DeepEqual(got, any(want)) {
			complain("%s is\n%v, want\n%v", id, got, want)
		}
	}
}

// watch returns what an alarm looks at, and what else it says.
func (s stack) watch(id string) (w watch, rest object) {
	w = watch{namespace: text(s.get(id, "Namespace")), metric: text(s.get(id, "MetricName")), statistic: text(s.get(id, "Statistic")), most: -1}
	if sub := ref(s.get(id, "Namespace")); sub != "" {
		w.namespace = sub
	}
	var dimensions []string
	for _, d := range list(s.get(id, "Dimensions")) {
		dimensions = append(dimensions, text(d, "Name")+" "+ref(d, "Value"))
	}
	w.dimension = strings.Join(dimensions, ", ")
	if n, ok := s.get(id, "Threshold").(int); ok {
		w.most = n
	}
	w.minutes, _ = s.get(id, "EvaluationPeriods").(int)
	rest = make(object)
	all, _ := s.get(id).(object)
	for key, v := range all {
		if !slices.Contains([]string{"Namespace", "MetricName", "Statistic", "Dimensions", "Threshold", "EvaluationPeriods"}, key) {
			rest[key] = v
		}
	}
	return w, rest
}

// outside is what people see of the stack. The dashboard shows each function,
// and names no resource that is not there.
func outside(s stack, complain func(string, ...any)) {
	if got := ref(s.get("Dashboard", "DashboardName")); got != "AWS::StackName" {
		complain("the dashboard's name is %q", got)
	}
	body := ref(s.get("Dashboard", "DashboardBody"))
	var shown struct{ Widgets []any }
	if err := json.Unmarshal([]byte(body), &shown); err != nil || len(shown.Widgets) != 8 {
		complain("%d widgets on the dashboard: %v", len(shown.Widgets), err)
	}
	for _, name := range s.functions() {
		if !strings.Contains(body, "${"+name+"Function}") {
			complain("the dashboard does not show %s", name)
		}
	}
	for _, named := range gaps.FindAllStringSubmatch(body, -1) {
		if named[1] != "AWS" && s[named[1]] == nil {
			complain("the dashboard shows %s, which is not there", named[1])
		}
	}
}
