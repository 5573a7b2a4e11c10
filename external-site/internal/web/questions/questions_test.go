package questions_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	domain "portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/questions"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/blobtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// question is what somebody asks.
var question = []string{"topic", "Канарейка", "text", "Які документи потрібні?\nДякую.", "name", "Олена", "email", "olena@example.com"}

var receiptNumber = regexp.MustCompile(`R-\d{4}-\d{4}-\d{4}`)

// place is one centre that takes questions, and those who can be asked about one service.
type place struct {
	centre domain.Addressee
	all    []domain.Addressee
	err    error

	published []domain.Published
}

func (p *place) Addressee(_ context.Context, at domain.Place, code string) (domain.Addressee, error) {
	if p.err == nil && (at != p.centre.Place || code != p.centre.Code) {
		return domain.Addressee{}, fault.New(fault.NotFound, "")
	}
	return p.centre, p.err
}

func (p *place) Service(_ context.Context, code string) (domain.Service, error) {
	if p.err == nil && code != "01" {
		return domain.Service{}, fault.New(fault.NotFound, "")
	}
	return domain.Service{ID: uuid.NameSpaceURL, Code: "01", Name: locale.Text{UK: "Довідка <b>про</b> все"}}, p.err
}

func (p *place) Published(_ context.Context, f domain.PublishedFilter) ([]domain.Published, int, error) {
	if f.By != p.centre.ID || !f.Either {
		return nil, 0, p.err
	}
	return p.published, len(p.published), p.err
}

func (p *place) Addressees(ctx context.Context, code string) (domain.Service, []domain.Addressee, error) {
	about, err := p.Service(ctx, code)
	return about, p.all, err
}

func alone(t *testing.T, desk sending.Desk) (*areatest.Site, *place) {
	t.Helper()
	return aloneWith(t, desk, nil)
}

func aloneWith(t *testing.T, desk sending.Desk, switches area.Switches) (*areatest.Site, *place) {
	t.Helper()
	p := &place{centre: domain.Addressee{Place: domain.Centre, ID: uuid.New(), Code: "a/1", Name: locale.Text{UK: "ЦНАП <i>один</i>"}}}
	p.centre.CentreAt = &org.Centre{Body: org.Body{Code: "a/1", Name: p.centre.Name, Contacts: org.Contacts{Phones: []string{"+380440000001"}}}}
	log := &strings.Builder{}
	window := sending.NewWindow(desk, areatest.BaseURL, slog.New(slog.NewTextHandler(log, nil)))
	s := areatest.New(t, sending.Area(), questions.Area(questions.Deps{Questions: p, Window: window, Switches: switches}))
	s.Log = log
	return s, p
}

func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Fatalf("%d to %q, expected to be led to %q", w.Code, w.Header().Get("Location"), to)
	}
}

const here = "/ask/centres/a~1"

// While nothing can be kept the page comes back with what was typed, and says so.
func TestNothingTypedIsLostWhileNothingIsKept(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	desk.Err = fault.Wrap(fault.Unavailable, errors.New("the pool is full"), "")
	w := s.Post(here, question...)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d", w.Code)
	}
	areatest.Contains(t, w.Body.String(), `value="Канарейка"`, "залишилося на цій сторінці")
	areatest.Contains(t, s.Log.String(), "the pool is full")
	areatest.Lacks(t, s.Log.String(), "Канарейка")

	desk.Err = nil
	leads(t, s.Post(here, question...), here+"/check")
	desk.Err = fault.New(fault.Unavailable, "")
	if w := s.Post(here+"/check", "consent", "true"); w.Code != http.StatusServiceUnavailable || len(desk.Handed) != 0 {
		t.Errorf("sending: %d", w.Code)
	}
}

// With one addressee there is nothing to choose; with none the page says so.
func TestWhomAQuestionIsFor(t *testing.T) {
	s, p := alone(t, areatest.NewDesk())
	areatest.Contains(t, s.Page("/ask/about/01"), "нікому")
	p.all = []domain.Addressee{p.centre}
	leads(t, s.Get("/ask/about/01"), here+"?service=01")
	p.all = append(p.all, domain.Addressee{Place: domain.Authority, Code: "eco", Name: locale.Text{UK: "Орган"}})
	areatest.Contains(t, s.Page("/ask/about/01"), here+"?service=01", "/ask/authorities/eco?service=01")
	for _, path := range []string{"/ask/about/none", "/ask/centres/none", "/ask/authorities/a~1"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestWithoutAKeyNothingIsAsked(t *testing.T) {
	s, _ := alone(t, nil)
	for _, path := range []string{here, here + "/check", here + "/receipt", "/ask/about/01"} {
		if w := s.Get(path); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// A replica that does not answer is 503 on every page that needs it. What the address names is found by the real store, which fails the same way.
func TestWhileTheReplicaIsAway(t *testing.T) {
	s, p := alone(t, areatest.NewDesk())
	p.err = fault.New(fault.Unavailable, "")
	for _, path := range []string{here, here + "/check", "/ask/about/01"} {
		if w := s.Get(path); w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// Codes are printed «01-01/01», and that is what people type; an address with a slash at its end is the same address.
func TestAnAddressWithASlashLeadsToItsPage(t *testing.T) {
	s, _ := alone(t, areatest.NewDesk())
	for typed, want := range map[string]string{
		"/ask/about/01-07/01":            "/ask/about/01-07~01",
		"/ask/centres/a/1":               here,
		"/ask/centres/a/1?service=01-07": here + "?service=01-07",
		"/ask/authorities/10/2":          "/ask/authorities/10~2",
		here + "/":                       here,
		"/ask/about/01-07~01/":           "/ask/about/01-07~01",
	} {
		if w := s.Get(typed); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", typed, w.Code, w.Header().Get("Location"), want)
		}
	}
}
