package ministack_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/daybook-es/daybook/internal/ministack"
)

func TestTheSharedEmulatorAnswersAClient(t *testing.T) {
	config := ministack.Config(ministack.Endpoint(t))
	if err := ministack.Call(t.Context(), config, "AmazonSQS.ListQueues", struct{}{}, nil); err != nil {
		t.Fatal(err)
	}
	if err := ministack.Call(t.Context(), config, "AmazonSQS.Dance", struct{}{}, nil); err == nil {
		t.Error("got no error from an operation that does not exist")
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
