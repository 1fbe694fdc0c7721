package httpapi

import "net/http"

// getLive says where the live flow is. Where that is this path, whoever serves the
// API takes the requests that want to be a WebSocket before they come here.
func (a *api) getLive(c *call) (answer, error) {
	if a.Live == nil {
		return answer{}, problem(http.StatusNotFound, "live.none", "nothing is told live here; ask GET /journal from time to time")
	}
	address, err := a.Live(c.r.Context())
	if err != nil {
		return answer{}, err
	}
	return say(http.StatusOK, "", struct {
		URL string `json:"url"`
	}{address})
}
