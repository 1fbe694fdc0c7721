package infra_test

import (
	"maps"
	"os"
	"strings"
	"testing"
)

// configured returns what samconfig.toml says for sam deploy, by environment.
func configured(t *testing.T) map[string]map[string]string {
	t.Helper()
	file, err := os.ReadFile("../samconfig.toml")
	if err != nil {
		t.Fatal(err)
	}
	all := make(map[string]map[string]string)
	var section map[string]string
	for line := range strings.Lines(string(file)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutSuffix(strings.TrimPrefix(line, "["), ".deploy.parameters]"); ok {
			section = make(map[string]string)
			all[name] = section
		} else if key, value, ok := strings.Cut(line, " = "); ok && section != nil {
			section[key] = strings.Trim(value, `"`)
		}
	}
	return all
}

func overrides(said string) map[string]string {
	parameters := make(map[string]string)
	for p := range strings.FieldsSeq(said) {
		name, value, _ := strings.Cut(p, "=")
		parameters[name] = value
	}
	return parameters
}

func TestProductionIsNotDeployedWithoutTokens(t *testing.T) {
	environments, template := configured(t), read(t)
	for name, anonymous := range map[string]bool{"local": true, "dev": true, "prod": false} {
		c := environments[name]
		if c["stack_name"] != "daybook-"+name || c["template_file"] != "infra/template.yaml" {
			t.Errorf("%s is %v", name, c)
		}
		parameters := overrides(c["parameter_overrides"])
		if s, refused := template.deploy(parameters); (refused == nil) != anonymous || (s["Authorizer"] == nil) != true {
			t.Errorf("%s without tokens: %v", name, refused)
		}
		for _, half := range []string{"JwtIssuer", "JwtAudience"} {
			with := maps.Clone(parameters)
			with[half] = "https://issuer.example"
			if _, refused := template.deploy(with); refused == nil {
				t.Errorf("%s is deployed with %s alone", name, half)
			}
		}
		maps.Copy(parameters, production)
		if s, refused := template.deploy(parameters); refused != nil || s["Authorizer"] == nil {
			t.Errorf("%s with tokens: %v", name, refused)
		}
	}
}

// The emulator refuses a template with an archive in it.
func TestTheEmulatedStackHasNoArchive(t *testing.T) {
	s, _ := read(t).deploy(overrides(configured(t)["local"]["parameter_overrides"]))
	if s["BusArchive"] != nil {
		t.Error("there is an archive")
	}
}

func TestOutputsNameWhatIsThere(t *testing.T) {
	want := map[string]string{
		"Url": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}", "ApiId": "Api", "EventsTableName": "EventsTable", "LiveApiId": "LiveApi", "ViewsTableName": "ViewsTable",
		"SandboxTableName": "SandboxTable", "BusName": "Bus", "MachineArn": "FulfilmentMachine",
	}
	got := make(map[string]string)
	for name, output := range read(t)["Outputs"].(object) {
		got[name] = ref(output, "Value")
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
