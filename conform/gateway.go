package main

import (
	"net/http"
	"strings"
)

// gatewayID is a header of every answer that comes through API Gateway.
const gatewayID = "Apigw-Requestid"

// foreign reports whether a gateway, and not Daybook, answered a request or said
// what it was: no sentence of the contract is about that.
//
//   - What its server cannot read it refuses before the gateway sees it, and a
//     target without a slash is no path of the API.
//   - OPTIONS is the browser's question, and answered from its CORS settings.
//   - It hands on paths decoded, so an escaped slash divides. Slashes before the
//     first part count as one, and to the emulated one those after the only part
//     as none.
func (c *client) foreign(a answer) bool {
	if !c.behind {
		return false
	}
	path, _, _ := strings.Cut(a.request.target, "?")
	return a.header.Get(gatewayID) == "" && a.status == http.StatusBadRequest ||
		a.request.method == http.MethodOptions ||
		!strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(strings.ToLower(path), "%2f") ||
		strings.Count(path, "/") == 2 && strings.HasSuffix(path, "/")
}

// oddMethods are methods that no route has. A gateway hands them on in upper
// case, so to it none is sent that would be another one then.
func (c *client) oddMethods() []string {
	if c.behind {
		return []string{"BREW"}
	}
	return []string{"BREW", "get", "Post"}
}
