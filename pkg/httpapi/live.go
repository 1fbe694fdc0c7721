package httpapi

import "net/http"

// getLive says where the live flow is. Where that is this path, whoever serves the
// API takes the requests that want to be a WebSocket before they come here.
func (a *api) getLive(*call) (answer, error) {
	if a.Live == "" {
		return answer{}, problem(http.StatusNotFound, "live.none", "nothing is told live here; ask GET /journal from time to time")
	}
	return say(http.StatusOK, "", struct {
		URL string `json:"url"`
	}{a.Live})
}
