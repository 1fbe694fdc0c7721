package infra_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/daybook-es/daybook/internal/cloud"
)

var (
	humps = regexp.MustCompile(`([a-z])([A-Z])`)
	gaps  = regexp.MustCompile(`\$\{(\w+)`)
)

// binary returns the name of a function's folder under .build: saga-task for
// SagaTask.
func binary(name string) string {
	return strings.ToLower(humps.ReplaceAllString(name, "$1-$2"))
}

// mains returns the binaries that `make build` makes.
var mains = sync.OnceValue(func() (all []string) {
	for _, depth := range []string{"*", "*/*"} {
		found, _ := filepath.Glob("../functions/" + depth + "/main.go")
		for _, file := range found {
			dir, _ := filepath.Rel("../functions", filepath.Dir(file))
			all = append(all, strings.ReplaceAll(dir, "/", "-"))
		}
	}
	slices.Sort(all)
	return all
})

// means is what each variable holds, and which permissions a function has that
// has the variable.
var means = map[string]struct {
	value string
	with  []string
}{
	cloud.EventsTable:      {"EventsTable", slices.Concat(reads, follows)},
	cloud.ViewsTable:       {"ViewsTable", slices.Concat(looks, folds)},
	cloud.SandboxTable:     {"SandboxTable", ledgers},
	cloud.ConnectionsTable: {"ConnectionsTable", slices.Concat(tickets, joins)},
	cloud.Bus:              {"Bus", says},
	cloud.Machine:          {"FulfilmentMachine", slices.Concat(starts, takes("SagaWatchQueue"))},
	cloud.Projector:        {"ProjectorFunction", picksUp},
	cloud.Publisher:        {"PublisherFunction", picksUp},
}

// functions are those that are built, each with the same frame.
func functions(s stack, complain func(string, ...any)) {
	var built []string
	for _, name := range s.functions() {
		id := name + "Function"
		built = append(built, binary(name))
		want := object{
			"CodeUri": "../.build/" + binary(name) + "/", "Runtime": "provided.al2023", "Handler": "bootstrap",
			"Architectures": []any{object{"Ref": "Architecture"}}, "Tracing": "Active", "MemorySize": 512,
			"Role": object{"Fn::GetAtt": []any{name + "Role", "Arn"}},
			"LoggingConfig": object{
				"LogFormat": "JSON", "ApplicationLogLevel": object{"Ref": "LogLevel"}, "SystemLogLevel": "INFO", "LogGroup": object{"Ref": name + "Log"},
			},
			"Timeout": s.get(id, "Timeout"), "Description": s.get(id, "Description"), "Environment": s.get(id, "Environment"),
		}
		if got := s.get(id); !reflect.DeepEqual(got, want) {
			complain("%s is\n%v, want\n%v", id, got, want)
		}
		if at(s[id], "Metadata", "SkipBuild") != true {
			complain("sam would build %s anew", id)
		}
		environment(s, name, complain)
		if seconds := s.seconds(name); seconds < 1 || seconds > limit(s, name) {
			complain("%s has %d s, and %d are the most", id, seconds, limit(s, name))
		}
	}
	slices.Sort(built)
	if !slices.Equal(built, mains()) {
		complain("these are in the template:\n%v, and these are built:\n%v", built, mains())
	}
}

// environment: a function has the variables of what it may use.
func environment(s stack, name string, complain func(string, ...any)) {
	want := object{cloud.LogLevel: object{"Ref": "LogLevel"}}
	for _, grant := range slices.Concat(allowed[name]...) {
		for variable, m := range means {
			if slices.Contains(m.with, grant) {
				want[variable] = object{"Ref": m.value}
			}
		}
	}
	if want[cloud.ConnectionsTable] != nil {
		want[cloud.Live] = object{"Fn::Sub": "wss://${LiveApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live"}
	}
	if got := s.get(name+"Function", "Environment", "Variables"); !reflect.DeepEqual(got, want) {
		complain("%sFunction has\n%v, want\n%v", name, got, want)
	}
}

func (s stack) seconds(name string) int {
	n, _ := s.get(name+"Function", "Timeout").(int)
	return n
}

// limit is the most seconds that a function may take, so that whoever waits for
// it hears of its end from it.
func limit(s stack, name string) int {
	switch name {
	case "Commands", "Queries", "Live":
		ms, _ := s.get(name+"Integration", "TimeoutInMillis").(int)
		return min(29, ms/1000-1)
	case "SagaTask":
		return leastOfTasks() - 1
	default:
		return 900
	}
}

// definition is the state machine's, as the saga renders it.
var definition = sync.OnceValue(func() string {
	file, err := os.ReadFile("../functions/saga/fulfilment.asl.json")
	if err != nil {
		return err.Error()
	}
	return string(file)
})

// leastOfTasks is the shortest timeout of a task in the definition, in seconds.
var leastOfTasks = sync.OnceValue(func() int {
	var m struct {
		States map[string]struct {
			Type           string
			TimeoutSeconds int
		}
	}
	if json.Unmarshal([]byte(definition()), &m) != nil {
		return 0
	}
	least := 0
	for _, state := range m.States {
		if state.Type == "Task" && (least == 0 || state.TimeoutSeconds < least) {
			least = state.TimeoutSeconds
		}
	}
	return least
})

// machine: the definition's gaps are filled, and its log holds no person's data.
func machine(s stack, complain func(string, ...any)) {
	want := object{
		"DefinitionUri":           "../functions/saga/fulfilment.asl.json",
		"DefinitionSubstitutions": object{"TaskFunctionArn": object{"Fn::GetAtt": []any{"SagaTaskFunction", "Arn"}}},
		"Type":                    "STANDARD",
		"Role":                    object{"Fn::GetAtt": []any{"FulfilmentRole", "Arn"}},
		"Logging": object{
			"Level": "ALL", "IncludeExecutionData": false,
			"Destinations": []any{object{"CloudWatchLogsLogGroup": object{"LogGroupArn": object{"Fn::GetAtt": []any{"FulfilmentLog", "Arn"}}}}},
		},
		"Tracing": object{"Enabled": true},
	}
	if got := s.get("FulfilmentMachine"); !reflect.DeepEqual(got, want) {
		complain("FulfilmentMachine is\n%v, want\n%v", got, want)
	}
	named := gaps.FindAllStringSubmatch(definition(), -1)
	if len(named) == 0 {
		complain("the definition names no function: %s", strconv.Quote(definition()))
	}
	for _, gap := range named {
		if s.get("FulfilmentMachine", "DefinitionSubstitutions", gap[1]) == nil {
			complain("nothing is put in for %s", gap[1])
		}
	}
}
