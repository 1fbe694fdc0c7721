// Package cloud is the wiring of the functions: it alone reads what the template
// and Lambda put into their environment, and hands out what is made of it.
//
// Nothing of it asks anybody: a function touches the network with its first
// event.
package cloud

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/daybook-es/daybook/pkg/dynamostore"
	"github.com/daybook-es/daybook/pkg/fulfilment"
	"github.com/daybook-es/daybook/pkg/fulfilment/sandbox"
)

// The variables that infra/template.yaml sets. A function has those that it
// asks for; the last two have defaults.
const (
	EventsTable  = "DAYBOOK_EVENTS_TABLE"
	ViewsTable   = "DAYBOOK_VIEWS_TABLE"
	SandboxTable = "DAYBOOK_SANDBOX_TABLE"

	ConnectionsTable = "DAYBOOK_CONNECTIONS_TABLE"
	Live             = "DAYBOOK_LIVE" // address of the WebSocket

	Bus       = "DAYBOOK_BUS"       // name
	Machine   = "DAYBOOK_MACHINE"   // ARN
	Projector = "DAYBOOK_PROJECTOR" // name of the function, for park
	Publisher = "DAYBOOK_PUBLISHER" // the same
	Tenant    = "DAYBOOK_TENANT"
	LogLevel  = "DAYBOOK_LOG_LEVEL" // debug, info, warn or error
)

// An Environment is that of one function. It notes what is asked for and is not
// there, so that one line can name all of it.
type Environment struct {
	AWS    aws.Config
	Tenant string
	Log    *slog.Logger

	missing []string
	wrong   error
	dynamo  *dynamodb.Client
}

// Env reads the environment.
func Env() *Environment {
	e := &Environment{Tenant: os.Getenv(Tenant)}
	if e.Tenant == "" {
		e.Tenant = "main"
	}
	e.Log, e.wrong = logger(os.Stdout, os.Getenv(LogLevel))
	e.AWS = e.config()
	return e
}

// Get returns a variable that the function cannot do without.
func (e *Environment) Get(name string) string {
	value := os.Getenv(name)
	if value == "" && !slices.Contains(e.missing, name) {
		e.missing = append(e.missing, name)
	}
	return value
}

// Events returns the store of events.
func (e *Environment) Events() *dynamostore.Store {
	return dynamostore.New(e.dynamoDB(), e.Get(EventsTable))
}

// Views returns the rows of the views.
func (e *Environment) Views() *dynamostore.Views {
	return dynamostore.NewViews(e.dynamoDB(), e.Get(ViewsTable))
}

// Index returns the rows in which orders are found by words.
func (e *Environment) Index() *dynamostore.Index {
	return dynamostore.NewIndex(e.dynamoDB(), e.Get(ViewsTable))
}

// Journal returns everything that happened.
func (e *Environment) Journal() *dynamostore.Journal {
	return dynamostore.NewJournal(e.dynamoDB(), e.Get(ViewsTable), e.Events())
}

// Connections returns who is told what happens.
func (e *Environment) Connections() *dynamostore.Connections {
	return dynamostore.NewConnections(e.dynamoDB(), e.Get(ConnectionsTable), e.Tenant)
}

// Flow returns the address of the WebSocket. An emulator has all APIs under an
// address of its own.
func (e *Environment) Flow() string {
	address := e.Get(Live)
	if e.AWS.BaseEndpoint == nil {
		return address
	}
	host, stage, _ := strings.Cut(strings.TrimPrefix(address, "wss://"), "/")
	api, _, _ := strings.Cut(host, ".")
	return "ws" + strings.TrimPrefix(*e.AWS.BaseEndpoint, "http") + "/_aws/execute-api/" + api + "/" + stage
}

// Stage returns where connections of the WebSocket are written to.
func (e *Environment) Stage() string { return "http" + strings.TrimPrefix(e.Flow(), "ws") }

// World returns what fulfilment acts on: the events, and sandboxes for the world
// outside.
func (e *Environment) World() *fulfilment.World {
	ledgers := dynamostore.NewLedgers(e.dynamoDB(), e.Get(SandboxTable))
	return fulfilment.NewWorld(e.Events(), e.Tenant,
		sandbox.Gateway(ledgers.Ledger("gateway")), sandbox.Carrier(ledgers.Ledger("carrier")), sandbox.Notifier(ledgers.Ledger("notifier")))
}

// Err names all that was asked for and is not there.
func (e *Environment) Err() error {
	if len(e.missing) == 0 {
		return e.wrong
	}
	return errors.Join(e.wrong, fmt.Errorf("the environment lacks %s; infra/template.yaml sets what begins with DAYBOOK, Lambda the rest", strings.Join(e.missing, ", ")))
}
