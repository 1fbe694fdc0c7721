package ministack_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/daybook-es/daybook/internal/ministack"
)

func TestTheSharedEmulatorAnswersAClient(t *testing.T) {
	client := sqs.NewFromConfig(ministack.Config(ministack.Endpoint(t)))
	if _, err := client.ListQueues(t.Context(), new(sqs.ListQueuesInput)); err != nil {
		t.Fatal(err)
	}
}

func TestASecondEngineAnswersAClient(t *testing.T) {
	client := sfn.NewFromConfig(ministack.Config(ministack.Moto(t)))
	if _, err := client.ListStateMachines(t.Context(), new(sfn.ListStateMachinesInput)); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsMissingIsSaidInOneLine(t *testing.T) {
	t.Chdir(t.TempDir())
	_, _, _, err := ministack.Start(t.Context())
	missing, ok := errors.AsType[*ministack.MissingError](err)
	if !ok || missing.What != "its Python packages" {
		t.Fatalf("got %v", err)
	}
}
