// Package pkg_test holds the laws of the layout.
package pkg_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/daybook-es/daybook/"

// A floor may import the standard library, itself, and what stands in may.
type floor struct {
	packages []string // prefixes of package paths
	may      []string // prefixes of import paths; without a dot: of this module
	why      string
}

// floors stand from the ground up; the first that holds a package rules it.
var floors = []floor{
	{
		packages: []string{"pkg/domain"},
		why:      "the ground imports the standard library alone, so that the rules of the business depend on nothing",
	},
	{
		packages: []string{"pkg/eventstore"},
		may:      []string{"pkg/domain", "github.com/anishathalye/porcupine"},
		why:      "a port is implemented by adapters and never knows one; porcupine is for its contract",
	},
	{
		packages: []string{"pkg/command", "pkg/projection", "pkg/readmodel", "pkg/publish", "pkg/saga", "pkg/fulfilment", "pkg/returns"},
		may:      []string{"pkg/domain", "pkg/eventstore"},
		why:      "the application knows ports, never what stands behind them",
	},
	{
		packages: []string{"pkg/live"},
		may:      []string{"pkg/domain", "pkg/eventstore", "pkg/readmodel", "pkg/fulfilment", "github.com/go-json-experiment/json"},
		why:      "the protocol knows what is read, never what carries it",
	},
	{
		packages: []string{"pkg/dynamostore", "pkg/eventbridgebus"},
		may:      []string{"pkg/domain", "pkg/eventstore", "pkg/projection", "pkg/readmodel", "pkg/publish", "github.com/aws/"},
		why:      "these two alone import the AWS SDK",
	},
	{
		packages: []string{"pkg/boltstore"},
		may:      []string{"pkg/domain", "pkg/eventstore", "pkg/readmodel", "github.com/go-json-experiment/json", "go.etcd.io/bbolt", "github.com/tidwall/btree", "golang.org/x/sys"},
		why:      "the embedded run needs no network and no AWS",
	},
	{
		packages: []string{"pkg/bleveindex"},
		may:      []string{"pkg/domain", "pkg/eventstore", "pkg/projection", "pkg/readmodel", "github.com/blevesearch/"},
		why:      "the embedded run finds words by itself; nobody else needs to know by what",
	},
	{
		packages: []string{"pkg/httpapi"},
		may:      []string{"pkg/domain", "pkg/eventstore", "pkg/command", "pkg/projection", "pkg/readmodel", "github.com/go-json-experiment/json"},
		why:      "the edge calls the application; which store answers is the wiring's choice",
	},
	{
		packages: []string{"console"},
		may:      []string{"pkg/saga", "pkg/httpapi"},
		why:      "the console reads over HTTP, as everybody does; of the program it knows how the saga is declared and how an error is answered",
	},
	{packages: []string{"conform"}, why: "a black box knows nothing of what is inside"},
	{packages: []string{"internal", "cmd", "functions", "bench", "docs", "localstack"}, may: []string{"pkg", "internal", "console", "."}, why: "wiring and mains know everything"},
}

func TestImportsPointDownOnly(t *testing.T) {
	sources(t, func(dir, file string, f *ast.File) {
		floor, ok := floorOf(dir)
		if !ok {
			t.Errorf("%s: stands on no floor; name it in floors", dir)
			return
		}
		for _, spec := range f.Imports {
			imported, _ := strconv.Unquote(spec.Path.Value)
			if !floor.allows(imported) {
				t.Errorf("%s imports %s: %s", file, imported, floor.why)
			}
		}
	})
}

func TestTheDomainReadsNoClockAndDrawsNoNumber(t *testing.T) {
	sources(t, func(dir, file string, f *ast.File) {
		if !strings.HasPrefix(dir, "pkg/domain") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && (x.Name == "time" && (s.Sel.Name == "Now" || s.Sel.Name == "Since") || x.Name == "rand") {
					t.Errorf("%s uses %s.%s: time, ids and prices are fields of the command", file, x.Name, s.Sel.Name)
				}
			}
			return true
		})
	})
}

func TestNoPackageButTheTestersImportsTesting(t *testing.T) {
	sources(t, func(dir, file string, f *ast.File) {
		for _, spec := range f.Imports {
			if spec.Path.Value == `"testing"` && strings.HasPrefix(dir, "pkg/") && !strings.HasSuffix(dir, "test") {
				t.Errorf("%s imports testing: what tests need stands in a …test package", file)
			}
		}
	})
}

func TestPackagesNeverReadTheEnvironment(t *testing.T) {
	sources(t, func(dir, file string, f *ast.File) {
		if !strings.HasPrefix(dir, "pkg/") {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" && strings.Contains(s.Sel.Name, "env") {
					t.Errorf("%s uses os.%s: the wiring reads the environment", file, s.Sel.Name)
				}
			}
			return true
		})
	})
}

func (f floor) allows(imported string) bool {
	own, ours := strings.CutPrefix(imported, module)
	if first, _, _ := strings.Cut(imported, "/"); !ours && !strings.Contains(first, ".") {
		return true // the standard library
	}
	for _, prefix := range append(f.may, f.packages...) {
		if prefix == "." && !ours || ours && within(own, prefix) || !ours && strings.HasPrefix(imported, prefix) {
			return true
		}
	}
	return false
}

func floorOf(dir string) (floor, bool) {
	for _, f := range floors {
		for _, p := range f.packages {
			if within(dir, p) {
				return f, true
			}
		}
	}
	return floor{}, false
}

func within(dir, prefix string) bool { return dir == prefix || strings.HasPrefix(dir, prefix+"/") }

// sources shows every source file of the module that is no test.
func sources(t *testing.T, show func(dir, file string, f *ast.File)) {
	t.Helper()
	seen := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if d != nil && file != "." && strings.HasPrefix(d.Name(), ".") {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path.Join("..", file), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		seen++
		show(path.Dir(file), file, f)
		return nil
	})
	if err != nil || seen == 0 {
		t.Fatalf("%d files seen: %v", seen, err)
	}
}
