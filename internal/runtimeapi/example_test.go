package runtimeapi_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/daybook-es/daybook/internal/runtimeapi"
)

// It has no output to compare: there is a bootstrap only once it is built.
func Example() {
	ctx := context.Background()
	f, err := runtimeapi.Start(ctx, ".build/queries", []string{"DAYBOOK_EVENTS_TABLE=events"}, os.Stderr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Stop()
	answer, err := f.Invoke(ctx, []byte(`{"version": "2.0"}`), time.Minute)
	fmt.Println(f.Init, string(answer.Payload), answer.Failed, err)
}
