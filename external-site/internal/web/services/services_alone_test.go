package services_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/services"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// list is a catalogue of one quick service on the second page of three.
type list struct {
	replica.Catalogue

	asked catalogue.Filter // last
}

func (*list) Categories(context.Context) ([]catalogue.Category, error) {
	return []catalogue.Category{{Ref: catalogue.Ref{Code: "land", Name: locale.Text{UK: "Земля"}}, Services: 1}}, nil
}

func (*list) Situations(context.Context) ([]catalogue.Situation, error) { return nil, nil }

func (*list) Facets(context.Context, catalogue.Filter, time.Time) (catalogue.Facets, error) {
	return catalogue.Facets{Quick: 1}, nil
}

func (l *list) List(_ context.Context, f catalogue.Filter, _ time.Time) (catalogue.List, error) {
	l.asked = f
	return catalogue.List{
		Items: []catalogue.Item{{Code: "01", Name: locale.Text{UK: "Довідка & <b>витяг</b>"}, Quick: true}}, Total: 41, Page: f.Page, Pages: 3,
	}, nil
}

// finder finds nothing; what else it does is set by a test.
type finder struct {
	err, others, mark error
	found             search.Found // besides services
	searched          int
	typed             string
	suggested         []string
}

func (f *finder) Services(_ context.Context, typed string, _ time.Time) (search.Found, error) {
	f.searched, f.typed = f.searched+1, typed
	found := f.found
	found.Query, found.Services = search.Parse(typed), []search.Service{}
	return found, f.err
}

func (f *finder) Others(context.Context, search.Found) (search.Others, error) {
	return search.Others{Bodies: []search.Body{{Kind: "centre", Code: "a/1", Name: locale.Text{UK: "ЦНАП <i>один</i>"}}}}, f.others
}

func (f *finder) Mark(_ context.Context, _ search.Found, texts []string) ([]search.Pieces, error) {
	all := make([]search.Pieces, len(texts))
	for i, text := range texts {
		all[i] = search.Pieces{{Text: text, Found: f.mark == nil && i == 0 && f.searched > 0}}
	}
	return all, f.mark
}

func alone(t *testing.T, f *finder, switches area.Switches) (*areatest.Site, *list) {
	t.Helper()
	l, log := &list{}, &strings.Builder{}
	s := areatest.New(t, services.Area(services.Deps{
		Replica: areatest.Replica{View: replica.View{Catalogue: l}}, Search: f, Switches: switches, BaseURL: areatest.BaseURL,
		Log: slog.New(slog.NewTextHandler(log, nil)),
	}))
	s.Log = log
	return s, l
}

// Who types for a cabinet is led there where this site has accounts.
func TestSearchLeadsToTheCabinet(t *testing.T) {
	f := &finder{found: search.Found{Intents: []search.Intent{search.Cabinet}}}
	s := areatest.New(t, services.Area(services.Deps{
		Replica: areatest.Replica{View: replica.View{Catalogue: &list{}}}, Search: f, Switches: areatest.AllOn, Cabinet: true, BaseURL: areatest.BaseURL,
		Log: slog.New(slog.DiscardHandler),
	}))
	webtest.Contains(t, s.Page("/services?q=кабінет"), `href="/cabinet">До кабінету`)
}

// Without a query nothing is searched, and the catalogue is not bound to what a search found.
func TestAListIsNotSearched(t *testing.T) {
	f := &finder{}
	s, l := alone(t, f, areatest.AllOn)
	page := s.Page("/services?q=++&category=land&page=2")
	if f.searched != 0 || l.asked.Found != nil || l.asked.Category != "land" || l.asked.Page != 2 {
		t.Errorf("%d searches, the catalogue was asked for %+v", f.searched, l.asked)
	}
	webtest.Contains(t, page, "Довідка &amp; &lt;b&gt;витяг&lt;/b&gt;", `href="/services?category=land"`, `href="/services?category=land&amp;page=3"`)
	webtest.Lacks(t, page, "<mark")
}

// What a search finds is marked, escaped, and offered beside centres of that name on the first page only.
func TestWhatWasFoundIsMarked(t *testing.T) {
	s, l := alone(t, &finder{}, areatest.AllOn)
	page := s.Page("/services?q=довідка")
	webtest.Contains(t, page, `<mark class="portal-mark">Довідка &amp; &lt;b&gt;витяг&lt;/b&gt;</mark>`, `href="/centres/a~1"`, "ЦНАП &lt;i&gt;один&lt;/i&gt;")
	if l.asked.Found == nil {
		t.Error("a search that found nothing lists the whole catalogue")
	}
	webtest.Lacks(t, s.Page("/services?q=довідка&page=2"), `href="/centres/a~1"`)
}

// Marks and the names of centres are worth no failed page; the search itself is.
func TestWhatASearchMayFailIn(t *testing.T) {
	broken := errors.New("the pool is full")
	f := &finder{others: broken, mark: broken}
	s, _ := alone(t, f, areatest.AllOn)
	page := s.Page("/services?q=довідка")
	webtest.Contains(t, page, "Довідка &amp; &lt;b&gt;витяг&lt;/b&gt;")
	webtest.Lacks(t, page, "<mark")
	if n := strings.Count(s.Log.String(), "the pool is full"); n != 2 {
		t.Errorf("%d failures are logged:\n%s", n, s.Log)
	}
	f.err = fault.Wrap(fault.Unavailable, broken, "")
	if w := s.Get("/services?q=довідка"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a search that failed: %d", w.Code)
	}
	if w := s.Get("/services"); w.Code != http.StatusOK {
		t.Errorf("the list while the search is away: %d", w.Code)
	}
}

// Nobody is led to services that can be applied for online while no applications are taken.
func TestListsWhileApplicationsAreOff(t *testing.T) {
	for off, quick := range map[string]bool{contract.ModuleApplications: false, contract.ModuleQuestions: true} {
		s, l := alone(t, &finder{}, areatest.Off(off))
		page := s.Page("/services?online=1")
		if l.asked.Quick != quick || strings.Contains(page, `name="online"`) != quick {
			t.Errorf("without %s: the catalogue is asked for quick services: %v", off, l.asked.Quick)
		}
	}
}

// One address may search often, but not without end; the lists stay open to it.
func TestSearchingIsLimitedByAddress(t *testing.T) {
	f := &finder{}
	s, _ := alone(t, f, areatest.AllOn)
	status, n := http.StatusOK, 0
	for ; status == http.StatusOK && n < 200; n++ {
		status = s.Get(fmt.Sprintf("/services?q=x%d", n)).Code
	}
	if status != http.StatusTooManyRequests || f.searched != n-1 || f.searched < 50 {
		t.Errorf("after %d searches the answer is %d", f.searched, status)
	}
	if w := s.Get("/services"); w.Code != http.StatusOK {
		t.Errorf("the list: %d", w.Code)
	}
}

// What is no service leads to its page, and what others give to those; both only on the first page of the list.
func TestSearchAnswersWhatIsNoService(t *testing.T) {
	when := time.Date(1992, 11, 21, 0, 0, 0, 0, time.UTC)
	f := &finder{found: search.Found{
		Intents: []search.Intent{search.Hours, search.Booking, search.Complaint, search.Blank, search.Price, search.Track, search.Ask, search.Cabinet, search.Centres},
		Elsewhere: []search.Elsewhere{
			{
				Name: locale.Text{UK: "Паспорт <b>"}, Provider: locale.Text{UK: "Міграційна служба"}, URL: "https://dmsu.gov.ua", Phone: "+380 44 000 00 02",
				Address: locale.Text{UK: "Вокзальна, 8"}, How: locale.Text{UK: "Спершу <i>\nпотім"}, CheckedOn: &when,
			},
			{Name: locale.Text{UK: "Дрова"}, Provider: locale.Text{UK: "Лісгосп"}, URL: "javascript:alert(1)"},
		},
		Acts: []search.Act{{Kind: "law", Number: "2811-XII", Title: locale.Text{UK: "Про допомогу"}, AdoptedOn: &when}},
	}}
	s, _ := alone(t, f, areatest.AllOn)
	page := s.Page("/services?q=щось")
	webtest.Contains(t, page, `href="/centres">Адреси й години`, `href="/complaints#appointment"`, `href="/complaints">Куди`, `href="/track">Перевірити стан`,
		"Паспорт &lt;b&gt;", `<strong>Міграційна служба</strong>`, `href="https://dmsu.gov.ua" rel="noreferrer"`,
		`href="tel:&#43;380440000002"`, "Адреса: Вокзальна, 8", "Спершу &lt;i&gt;\nпотім", "Перевірено: 21 листопада 1992 року")
	webtest.Lacks(t, page, `href="/cabinet"`, `href="javascript:`, "Серед послуг порталу за цими словами нічого немає")
	webtest.Lacks(t, s.Page("/services?q=щось&page=2"), "Міграційна служба", "Куди з цим")
	webtest.Contains(t, s.PageIn("/services?q=x", "en"), "It is provided by:", "How to make an appointment")
	for off, want := range map[string]bool{contract.ModuleQuestions: true, contract.ModuleApplications: false} {
		s, _ := alone(t, f, areatest.Off(off))
		if got := strings.Contains(s.Page("/services?q=щось"), "Запитання через портал поки не приймають"); got != want {
			t.Errorf("without %s the page says that no questions are taken: %t", off, got)
		}
	}
}
