package domain_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/daybook-es/daybook/pkg/domain"
)

type lamp struct{ On bool }

type (
	switched struct {
		On   bool   `json:"on"`
		Note string `json:"note,omitempty"`
	}
	broken   struct{}
	switchV1 struct {
		State string `json:"state"`
	}
)

func (switched) EventType() string           { return "lamp.switched.v2" }
func (e switched) Evolve(lamp) lamp          { return lamp{On: e.On} }
func (broken) EventType() string             { return "lamp.broken.v1" }
func (broken) Evolve(lamp) lamp              { return lamp{} }
func (switchV1) EventType() string           { return "lamp.switched.v1" }
func (e switchV1) Evolve(s lamp) lamp        { return s }
func upcast(old switchV1) event              { return switched{On: old.State == "on"} }
func encode(e event) (string, []byte, error) { return lamps.Encode(e) }

type event = domain.Event[lamp]

var lamps = domain.NewRegistry[event](switched{}, broken{}).With(domain.Upcast("lamp.switched.v1", upcast))

func TestWhateverWasStoredStaysReadable(t *testing.T) {
	for name, data := range map[string]string{"lamp.switched.v2": `{"on":true}`, "lamp.switched.v1": `{"state":"on"}`} {
		if e, err := lamps.Decode(name, []byte(data)); err != nil || e != event(switched{On: true}) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
	if got, want := fmt.Sprint(lamps.Types()), "[lamp.broken.v1 lamp.switched.v1 lamp.switched.v2]"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestAnUnknownEventIsAnErrorAndNeverSkipped(t *testing.T) {
	_, err := lamps.Decode("lamp.stolen.v1", []byte(`{}`))
	if unknown, ok := errors.AsType[*domain.UnknownEventError](err); !ok || unknown.Type != "lamp.stolen.v1" {
		t.Errorf("got %v", err)
	}
}

func TestDamagedDataIsAnErrorThatNamesTheEvent(t *testing.T) {
	for _, name := range []string{"lamp.switched.v2", "lamp.switched.v1"} {
		for _, data := range []string{"", "{", "[]", `{"on":1,"state":1}`} {
			if e, err := lamps.Decode(name, []byte(data)); err == nil {
				t.Errorf("%s of %q: %+v", name, data, e)
			}
		}
	}
}

func TestNothingIsStoredThatCouldNotBeReadBack(t *testing.T) {
	for _, e := range []event{switchV1{}, switched{Note: "\xff"}, switched{Note: `\` + "\xff"}} {
		if name, data, err := encode(e); err == nil {
			t.Errorf("%#v is stored as %s %s", e, name, data)
		}
	}
	for _, note := range []string{"\uFFFD", `\ufffd`, `\\ufffd`, "plain", "é\u2028<>&"} {
		name, data, err := encode(switched{Note: note})
		if err != nil {
			t.Errorf("%q: %v", note, err)
			continue
		}
		if e, err := lamps.Decode(name, data); err != nil || e != event(switched{Note: note}) {
			t.Errorf("%q comes back as %#v, %v", note, e, err)
		}
	}
}

func TestANameIsGivenOnce(t *testing.T) {
	for name, build := range map[string]func(){
		"two events":            func() { domain.NewRegistry[event](broken{}, broken{}) },
		"an event and a past":   func() { domain.NewRegistry[event](switchV1{}).With(domain.Upcast("lamp.switched.v1", upcast)) },
		"a past without a name": func() { domain.NewRegistry[event]().With(domain.Upcast("", upcast)) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the registry was built")
				}
			}()
			build()
		})
	}
}

func TestARefusalIsItsCode(t *testing.T) {
	errFull, errNone := domain.Refuse("house.full", "the house is full"), domain.RefuseMissing("house.none", "there is no such house")
	err := fmt.Errorf("enter: %w", errFull.With("%d guests", 2))
	refusal, ok := domain.Refused(err)
	if !ok || refusal.Detail != "the house is full: 2 guests" || refusal.Missing || !errors.Is(err, errFull) || errors.Is(err, errNone) {
		t.Errorf("got %+v", refusal)
	}
	if errFull.Detail != "the house is full" || !errNone.With("x").Missing {
		t.Error("With changed the refusal that it was made of")
	}
	if _, ok := domain.Refused(errors.New("a fault")); ok {
		t.Error("a fault is a refusal")
	}
}

func TestSumsAreExactOrRefused(t *testing.T) {
	usd := func(n int64) domain.Money { return domain.Money{Amount: n, Currency: "USD"} }
	for _, sum := range []struct{ a, b, want int64 }{
		{1, 2, 3},
		{-1, 1, 0},
		{0, 0, 0},
		{math.MaxInt64, 0, math.MaxInt64},
		{math.MaxInt64, -1, math.MaxInt64 - 1},
		{math.MinInt64, 0, math.MinInt64},
		{math.MaxInt64, math.MinInt64, -1},
	} {
		if got, err := usd(sum.a).Plus(usd(sum.b)); err != nil || got != usd(sum.want) {
			t.Errorf("%d + %d = %v, %v", sum.a, sum.b, got, err)
		}
	}
	for _, sum := range [][2]int64{{math.MaxInt64, 1}, {math.MinInt64, -1}, {math.MaxInt64, math.MaxInt64}} {
		if got, err := usd(sum[0]).Plus(usd(sum[1])); !errors.Is(err, domain.ErrOverflow) {
			t.Errorf("%d + %d = %v, %v", sum[0], sum[1], got, err)
		}
	}
	if _, err := usd(1).Plus(domain.Money{Amount: 1, Currency: "EUR"}); !errors.Is(err, domain.ErrMixedCurrencies) {
		t.Errorf("got %v", err)
	}
	for _, product := range []struct{ a, n, want int64 }{{3, 4, 12}, {0, math.MaxInt64, 0}, {math.MaxInt64, 1, math.MaxInt64}, {1 << 31, 1 << 31, 1 << 62}} {
		if got, err := usd(product.a).Times(product.n); err != nil || got != usd(product.want) {
			t.Errorf("%d × %d = %v, %v", product.a, product.n, got, err)
		}
	}
	for _, product := range [][2]int64{{1 << 32, 1 << 31}, {math.MaxInt64, 2}, {math.MaxInt64, math.MaxInt64}, {-1, 1}, {1, -1}} {
		if got, err := usd(product[0]).Times(product[1]); !errors.Is(err, domain.ErrOverflow) {
			t.Errorf("%d × %d = %v, %v", product[0], product[1], got, err)
		}
	}
}

func TestACurrencyIsOneThatPeopleArePaidIn(t *testing.T) {
	for _, c := range []domain.Currency{"USD", "EUR", "JPY", "AED", "ZWG"} {
		if !c.Valid() {
			t.Errorf("%s is none", c)
		}
	}
	for _, c := range []domain.Currency{"", "usd", "US", "USDX", "XXX", "ZZZ", " US", "D E", "€", "BGN", "HRK", "XAU"} {
		if c.Valid() {
			t.Errorf("%q is one", c)
		}
	}
}

func Example() {
	state := domain.Fold(lamp{}, []event{switched{On: true}, broken{}, switched{On: true}}...)
	name, data, err := lamps.Encode(switched{On: true})
	fmt.Println(state.On, name, string(data), err)
	// Output: true lamp.switched.v2 {"on":true} <nil>
}
