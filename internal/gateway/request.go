package gateway

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// joined are the headers of the API of which one may hold a comma and be right.
// API Gateway joins what is there more than once by commas, so one of these with
// a comma is taken for several, and those are refused.
var joined = map[string]bool{"Idempotency-Key": true, "Correlation-Id": true}

// request makes of an event what net/http would have made of the request. The
// path comes decoded, so nothing in it is an escape: whatever it says is a path.
func request(ctx context.Context, event []byte) (*http.Request, error) {
	e, err := decode(event)
	if err != nil {
		return nil, err
	}
	if a := e.RequestContext.Authorizer; a != nil && a.JWT != nil {
		ctx = context.WithValue(ctx, subjectKey{}, a.JWT.Claims["sub"])
	}
	r := &http.Request{
		Method: e.RequestContext.HTTP.Method,
		URL:    &url.URL{Path: e.RawPath, RawQuery: e.RawQueryString},
		Proto:  "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        make(http.Header, len(e.Headers)),
		Body:          io.NopCloser(strings.NewReader(e.Body)),
		ContentLength: int64(len(e.Body)),
		RemoteAddr:    e.RequestContext.HTTP.SourceIP,
	}
	if e.IsBase64Encoded {
		r.Body, r.ContentLength = io.NopCloser(base64.NewDecoder(base64.StdEncoding, strings.NewReader(e.Body))), -1
	}
	for name, value := range e.Headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case name == "Host":
			r.Host = value
		case joined[name]:
			for one := range strings.SplitSeq(value, ",") {
				r.Header.Add(name, textproto.TrimString(one))
			}
		default:
			r.Header.Set(name, value)
		}
	}
	if len(e.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(e.Cookies, "; "))
	}
	return r.WithContext(ctx), nil
}
