package eventbridgebus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"github.com/daybook-es/daybook/pkg/eventbridgebus"
	"github.com/daybook-es/daybook/pkg/publish"
)

// The network here is one that takes every second event.
func Example() {
	taken := answer(200, `{"Entries":[{"EventId":"17793124"},{"ErrorCode":"ThrottlingException"}]}`)
	config := aws.Config{Region: "eu-central-1", Credentials: aws.AnonymousCredentials{}, HTTPClient: &http.Client{Transport: taken}}
	bus := eventbridgebus.New(eventbridge.NewFromConfig(config), "daybook", slog.New(slog.DiscardHandler))
	failed, err := bus.Publish(context.Background(), []publish.Event{
		{Type: publish.SubmittedName, Tenant: "main", Stream: "order/ord_1", Version: 2, Data: json.RawMessage(`{"orderId":"ord_1"}`)},
		{Type: publish.SubmittedName, Tenant: "main", Stream: "order/ord_2", Version: 2, Data: json.RawMessage(`{"orderId":"ord_2"}`)},
	})
	fmt.Println(failed, err)
	// Output: [1] <nil>
}
