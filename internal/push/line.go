package push

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

var (
	errGone = errors.New("the connection is gone")
	errSlow = errors.New("the client is too slow")
)

// patience is how long a client may take to take a message.
const patience = 2 * time.Second

// A Line is how connections of a WebSocket API are written to. The SDK has a
// client for it too, which would be one more module for two requests.
type Line struct {
	URL string // of the stage, by HTTP
	AWS aws.Config
}

// post sends a message to a client. It returns errGone or errSlow, where that is so.
func (l *Line) post(ctx context.Context, connection string, text []byte) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errSlow)
	defer cancel()
	status, err := l.send(ctx, http.MethodPost, connection, text)
	switch {
	case err != nil && errors.Is(context.Cause(ctx), errSlow), status == http.StatusTooManyRequests:
		return errSlow
	case err != nil:
		return err
	case status == http.StatusGone:
		return errGone
	case status != http.StatusOK:
		return fmt.Errorf("post to %s: %d", connection, status)
	}
	return nil
}

// drop ends a connection.
func (l *Line) drop(ctx context.Context, connection string) error {
	status, err := l.send(ctx, http.MethodDelete, connection, nil)
	if err == nil && status != http.StatusGone && status/100 != 2 {
		err = fmt.Errorf("drop %s: %d", connection, status)
	}
	return err
}

func (l *Line) send(ctx context.Context, method, connection string, body []byte) (int, error) {
	r, err := http.NewRequestWithContext(ctx, method, l.URL+"/@connections/"+url.QueryEscape(connection), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	keys, err := l.AWS.Credentials.Retrieve(ctx)
	if err != nil {
		return 0, err
	}
	digest := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, keys, r, hex.EncodeToString(digest[:]), "execute-api", l.AWS.Region, time.Now()); err != nil {
		return 0, err
	}
	answer, err := l.AWS.HTTPClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	return answer.StatusCode, err
}
