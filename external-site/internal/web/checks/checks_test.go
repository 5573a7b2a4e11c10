package checks_test

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

	domain "portal.example/external-site/internal/checks"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/checks"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// typed is what somebody writes beside the papers.
var typed = []string{"name", "Олена", "email", "olena@example.com", "note", "Канарейка"}

var receiptNumber = regexp.MustCompile(`R-\d{4}-\d{4}-\d{4}`)

// offers is one service with one centre.
type offers struct {
	offer domain.Offer
	err   error
}

func (o *offers) Offer(_ context.Context, code string) (domain.Offer, error) {
	if o.err == nil && code != o.offer.Code {
		return domain.Offer{}, fault.New(fault.NotFound, "")
	}
	return o.offer, o.err
}

func alone(t *testing.T, desk sending.Desk) (*areatest.Site, *offers) {
	t.Helper()
	o := &offers{offer: domain.Offer{ID: uuid.New(), Code: "a/1", Name: locale.Text{UK: "Довідка <b>про</b> все"}, Documents: []contract.Document{
		{ID: "passport", Name: locale.Text{UK: "Паспорт <i>"}, Required: true}, {ID: "proof", Name: locale.Text{UK: "Довідка"}, Note: locale.Text{UK: "якщо потрібна"}},
	}}}
	centre := org.Centre{Body: org.Body{ID: uuid.New(), Code: "01", Name: locale.Text{UK: "ЦНАП №01"}, Contacts: org.Contacts{Phones: []string{"+380440000001"}}}}
	o.offer.Centres = []org.Centre{centre}
	log := &strings.Builder{}
	window := sending.NewWindow(desk, areatest.BaseURL, slog.New(slog.NewTextHandler(log, nil)))
	s := areatest.New(t, sending.Area(), checks.Area(checks.Deps{Offers: o, Window: window}))
	s.Log = log
	return s, o
}

func leads(t *testing.T, w *httptest.ResponseRecorder, to string) {
	t.Helper()
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		t.Fatalf("%d to %q, expected to be led to %q", w.Code, w.Header().Get("Location"), to)
	}
}

const here = "/check/a~1"

var scan = []string{"скан.pdf", "%PDF-1.7"}

// Papers go from their form to their receipt, are sent once, and nothing that was typed is logged.
func TestPapersOnTheirWay(t *testing.T) {
	desk := areatest.NewDesk()
	s, o := alone(t, desk)
	page := s.Page(here)
	areatest.Contains(t, page, "Довідка &lt;b&gt;про&lt;/b&gt; все", "Паспорт &lt;i&gt;", "якщо потрібна", "Це ще не заява", "ще 14 днів після неї")
	if desk.Drafts() != 0 {
		t.Error("looking at the form began a package")
	}
	leads(t, s.Upload(here, "document_1", scan, typed...), here+"/sending")
	areatest.Contains(t, s.Page(here+"/sending"), "скан.pdf", "Канарейка", "ЦНАП №01", "ще 14 днів після неї")
	leads(t, s.Post(here+"/sending"), here+"/sending?unconfirmed=1")
	if w := s.Get(here + "/sending?unconfirmed=1"); w.Code != http.StatusUnprocessableEntity || len(desk.Handed) != 0 {
		t.Errorf("without consent: %d", w.Code)
	}
	leads(t, s.Post(here+"/sending", "consent", "true"), here+"/receipt")
	leads(t, s.Post(here+"/sending", "consent", "true"), here+"/receipt") // pressed twice
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], `"document":"passport"`) || !strings.Contains(desk.Handed[0], "Канарейка") {
		t.Errorf("handed over: %q", desk.Handed)
	}
	own := s.Get(here + "/receipt").Header().Get("Location")
	receipt := s.Page(own)
	areatest.Contains(t, receipt, "Документи прийнято на перевірку", "tel:+380440000001", receiptNumber.FindString(own))
	areatest.Contains(t, s.Page(own+"/copy"), "Канарейка", "скан.pdf")
	o.err = fault.New(fault.Conflict, "checks.no_centre") // the receipt outlives what it is of
	areatest.Contains(t, s.Page(own), receiptNumber.FindString(own))
	if strings.Contains(s.Log.String(), "Канарейка") || strings.Contains(s.Log.String(), "olena@") {
		t.Errorf("what was typed is in the log:\n%s", s.Log)
	}
}

// What is wrong is said with what was typed; without a paper there is nothing to check.
func TestPapersAreRefused(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	leads(t, s.Post(here, typed...), here+"?back=1")
	w := s.Get(here + "?back=1")
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a file: %d", w.Code)
	}
	areatest.Contains(t, w.Body.String(), "Додайте хоча б один документ", `href="#document_1"`, "Канарейка")
	leads(t, s.Get(here+"/sending"), here)
	leads(t, s.Upload(here, "document_2", []string{"virus.exe", "MZ"}, "note", `"><script>Канарейка`, "name", "Олена"), here+"?back=1")
	w = s.Get(here)
	areatest.Contains(t, w.Body.String(), "virus.exe", "&gt;&lt;script&gt;Канарейка", "Вкажіть хоча б одне")
	leads(t, s.Post(here+"/discard"), "/services/a~1")
	if desk.Drafts() != 0 {
		t.Error("it was not discarded")
	}
}

// «Add the files» and taking one away keep what was typed; what stands on the page is kept before it is sent; an empty page begins nothing.
func TestWhatIsTypedIsKept(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	if w := s.Post(here, "action", "keep"); w.Code != http.StatusNoContent || desk.Drafts() != 0 {
		t.Errorf("nothing typed: %d, %d drafts", w.Code, desk.Drafts())
	}
	if w := s.Post(here); w.Code != http.StatusUnprocessableEntity || desk.Drafts() != 0 {
		t.Errorf("an empty page that was sent: %d, %d drafts", w.Code, desk.Drafts())
	}
	if w := s.Post(here, "action", "keep", "note", "Канарейка"); w.Code != http.StatusNoContent || desk.Drafts() != 1 {
		t.Errorf("something typed: %d, %d drafts", w.Code, desk.Drafts())
	}
	leads(t, s.Upload(here, "document_1", scan, "note", "Половина", "action", "stay"), here)
	page := s.Page(here)
	areatest.Contains(t, page, "Половина</textarea>", "скан.pdf")
	file := regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(page)
	leads(t, s.Upload(here, "document_1", nil, "note", "Більше", "remove", file[1]), here)
	page = s.Page(here)
	areatest.Contains(t, page, "Більше</textarea>")
	areatest.Lacks(t, page, "скан.pdf")
	desk.Lose()
	areatest.Contains(t, s.Get(here+"?back=1").Body.String(), "Розпочатого тут уже немає")
}

func TestNothingIsLostWhileNothingIsKept(t *testing.T) {
	desk := areatest.NewDesk()
	s, _ := alone(t, desk)
	desk.Err = fault.Wrap(fault.Unavailable, errors.New("the pool is full"), "")
	w := s.Post(here, typed...)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d", w.Code)
	}
	areatest.Contains(t, w.Body.String(), "Канарейка", "залишилося на цій сторінці")
	desk.Err = nil
	leads(t, s.Upload(here, "other", scan, typed...), here+"/sending")
	desk.Err = fault.New(fault.Unavailable, "")
	if w := s.Post(here+"/sending", "consent", "true"); w.Code != http.StatusServiceUnavailable || len(desk.Handed) != 0 {
		t.Errorf("sending: %d", w.Code)
	}
}

func TestWhereNothingIsChecked(t *testing.T) {
	s, o := alone(t, areatest.NewDesk())
	if w := s.Get("/check/none"); w.Code != http.StatusNotFound {
		t.Errorf("an unknown service: %d", w.Code)
	}
	if w := s.Get("/check/a/1"); w.Code != http.StatusMovedPermanently || w.Header().Get("Location") != here {
		t.Errorf("a code as the card prints it: %d to %q", w.Code, w.Header().Get("Location"))
	}
	o.err = fault.New(fault.Conflict, "checks.no_centre")
	if w := s.Get(here); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Запитайте в центрі телефоном") {
		t.Errorf("no centre checks: %d", w.Code)
	}
	without, _ := alone(t, nil)
	if w := without.Get(here); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without a key: %d", w.Code)
	}
}
