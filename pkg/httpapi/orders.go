package httpapi

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"net/http"
	"strings"
	"time"

	"github.com/daybook-es/daybook/pkg/domain"
	"github.com/daybook-es/daybook/pkg/domain/order"
	"github.com/daybook-es/daybook/pkg/eventstore"
)

// written is what every write on an order answers.
type written struct {
	ID      string             `json:"id"`
	Status  order.Status       `json:"status"`
	Total   domain.Money       `json:"total"`
	Version eventstore.Version `json:"version"`
}

// now is the time at which a command is given.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

func (a *api) place(c *call) (answer, error) {
	cmd := order.Place{At: now()}
	request, err := c.read(placeRule(&cmd))
	if err != nil {
		return answer{}, err
	}
	request.Creates = request.Key != ""
	id := newID(a.Tenant, request.Key)
	got, err := a.Orders.Do(c.r.Context(), id, request, cmd)
	if err != nil {
		return answer{}, err
	}
	said, err := sayWritten(http.StatusCreated, id, got.State, got.Version)
	said.location = "/orders/" + id
	return said, err
}

// newID derives the id of an order from the key of the request that places it,
// so that a repeat finds the order. Without a key it is random.
func newID(tenant, key string) string {
	if key == "" {
		return "ord_" + strings.ToLower(rand.Text())
	}
	sum := sha256.Sum256([]byte(tenant + "\x00" + key))
	return "ord_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
}

func (a *api) addItem(c *call) (answer, error) {
	cmd := order.AddItem{At: now()}
	return give(a, c, http.StatusOK, &cmd, itemRule(&cmd.Item))
}

func (a *api) replaceItems(c *call) (answer, error) {
	cmd := order.ReplaceItems{At: now()}
	return give(a, c, http.StatusOK, &cmd, object(required("items", itemsRule(&cmd.Items))))
}

func (a *api) removeItem(c *call) (answer, error) {
	cmd := order.RemoveItem{ProductID: order.ProductID(c.ids["productId"]), At: now()}
	return give(a, c, http.StatusOK, &cmd, nil)
}

func (a *api) submit(c *call) (answer, error) {
	return give(a, c, http.StatusAccepted, &order.Submit{At: now()}, nil)
}

// cancel gives the order up: at once, or, when it was submitted, once all is
// taken back.
func (a *api) cancel(c *call) (answer, error) {
	cmd := order.Cancel{At: now()}
	return give(a, c, http.StatusOK, &cmd, object(required("reason", text(&cmd.Reason, reasonForm))))
}

func (a *api) deliver(c *call) (answer, error) {
	return give(a, c, http.StatusOK, &order.Deliver{At: now()}, nil)
}

// giveBack returns the order. What follows from it is done by who hears of it.
func (a *api) giveBack(c *call) (answer, error) {
	cmd := order.Return{At: now()}
	return give(a, c, http.StatusOK, &cmd, object(required("reason", text(&cmd.Reason, reasonForm))))
}

// give reads the body into the command by its rule, and gives it to the order in
// the path.
func give[C order.Command](a *api, c *call, status int, cmd *C, r rule) (answer, error) {
	request, err := c.read(r)
	if err != nil {
		return answer{}, err
	}
	id := c.ids["id"]
	got, err := a.Orders.Do(c.r.Context(), id, request, *cmd)
	if err != nil {
		return answer{}, err
	}
	return sayWritten(status, id, got.State, got.Version)
}

func sayWritten(status int, id string, s order.State, v eventstore.Version) (answer, error) {
	if s.Status == order.StatusCancelling {
		status = http.StatusAccepted
	}
	return say(status, tag(v), written{ID: id, Status: s.Status, Total: s.Total, Version: v})
}

// tag is the entity tag of a write.
func tag(v eventstore.Version) string { return `"` + plain(v) + `"` }
