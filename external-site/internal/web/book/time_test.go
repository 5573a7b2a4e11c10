package book_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/book"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// offers is one group of one centre, in memory.
type offers struct {
	offer   bookings.Offer
	service uuid.UUID
	down    bool
}

func (o *offers) Places(_ context.Context, service string) ([]bookings.Place, uuid.UUID, error) {
	if service != "" && service != "a/1" {
		return nil, uuid.Nil, fault.New(fault.NotFound, "")
	}
	p := bookings.Place{Centre: o.offer.Centre.Name, Slug: "01", Group: o.offer.Group, Name: o.offer.Name}
	if len(o.offer.Times) > 0 {
		p.Earliest = &o.offer.Times[0]
	}
	return []bookings.Place{p}, o.service, nil
}

func (o *offers) Offer(_ context.Context, centre string, first contract.Matter, further []contract.Matter) (bookings.Offer, error) {
	if centre != "01" || first.GroupID != o.offer.Group {
		return bookings.Offer{}, fault.New(fault.NotFound, "")
	}
	offer := o.offer
	for _, m := range further {
		for _, b := range o.offer.Beside {
			if b.Same(m) {
				offer.Further, offer.Minutes = append(offer.Further, b), offer.Minutes+15
			}
		}
	}
	return offer, nil
}

func (o *offers) Read(context.Context) freshness.Reading {
	if o.down {
		return freshness.Reading{Link: freshness.Down}
	}
	return freshness.Reading{Link: freshness.Up}
}

// alone is this area over one group with two free times on the day after areatest.Monday, and one on the day after that.
func alone(t *testing.T, desk sending.Desk) (*areatest.Site, *offers) {
	t.Helper()
	tuesday := areatest.Monday().AddDate(0, 0, 1)
	o := &offers{service: uuid.New(), offer: bookings.Offer{
		Centre: org.Centre{Body: org.Body{ID: uuid.New(), Code: "01", Name: locale.Text{UK: "ЦНАП <b>"}, Contacts: org.Contacts{Phones: []string{"+380440000001"}}}},
		Group:  uuid.New(), Name: locale.Text{UK: "Земля <i>", EN: "Land"}, Alone: 20, Minutes: 20, Times: []time.Time{tuesday, tuesday.Add(20 * time.Minute), tuesday.AddDate(0, 0, 1)},
	}}
	o.offer.Services = []uuid.UUID{o.service}
	window := sending.NewWindow(desk, areatest.BaseURL, slog.New(slog.DiscardHandler))
	return areatest.New(t, sending.Area(), book.Area(book.Deps{Offers: o, Freshness: o, Window: window})), o
}

// A day is chosen, a time is asked for once however often the button is pressed, and what is wrong is said beside what was typed.
func TestATimeIsAskedFor(t *testing.T) {
	desk := areatest.NewDesk()
	s, o := alone(t, desk)
	here := "/book/01/" + o.offer.Group.String()
	page := s.Page(here + "?service=a~1")
	areatest.Contains(t, page, "ЦНАП &lt;b&gt;", "24 листопада 2026", "10:00", "10:20", "25.11.2026", "Прийом триває до 20 хвилин", "service=a~1")
	areatest.Lacks(t, page, "другий час", "Інший час, якщо")
	if desk.Drafts() != 0 {
		t.Error("looking at times began something")
	}
	at := o.offer.Times[1].UTC().Format(time.RFC3339)
	post := here + "?day=2026-11-24&service=" + url.QueryEscape("a~1")
	wrong := s.Post(post, "at", at, "name", "Ганна <u>", "email", "ганна", "consent", "yes")
	back := wrong.Header().Get("Location")
	if !strings.Contains(back, "back=1") || !strings.Contains(back, "service=a~1") {
		t.Fatalf("%d to %q", wrong.Code, back)
	}
	if again := s.Get(back); again.Code != http.StatusUnprocessableEntity || !strings.Contains(again.Body.String(), "Ганна &lt;u&gt;") {
		t.Errorf("%d: what was typed is gone", again.Code)
	}
	if w := s.Post(post, "at", at, "name", "Ганна", "email", "", "consent", ""); !strings.Contains(w.Header().Get("Location"), "back=1") || len(desk.Handed) != 0 {
		t.Errorf("without consent: %d", w.Code)
	}
	restore := s.Remember()
	for range 2 {
		if w := s.Post(post, "at", at, "name", "Ганна", "email", "anna@example.com", "phone", "", "consent", "yes"); w.Header().Get("Location") != here+"/receipt" {
			t.Fatalf("%d to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
		}
		restore()
	}
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], at) || !strings.Contains(desk.Handed[0], "anna@example.com") {
		t.Errorf("handed over: %v", desk.Handed)
	}
	own := s.Get(here + "/receipt").Header().Get("Location")
	areatest.Contains(t, s.Page(own), "Запис надіслано", "чи цей час ваш", "tel:+380440000001")
}

// A time that was taken while somebody typed has to be chosen anew; a day without times says so; nothing free leads elsewhere.
func TestTimesThatGo(t *testing.T) {
	desk := areatest.NewDesk()
	s, o := alone(t, desk)
	here := "/book/01/" + o.offer.Group.String()
	s.Page(here)
	taken := o.offer.Times[0].UTC().Format(time.RFC3339)
	o.offer.Times = o.offer.Times[1:]
	if w := s.Post(here+"?day=2026-11-24", "at", taken, "name", "Ганна", "consent", "yes"); !strings.Contains(w.Header().Get("Location"), "back=1") || len(desk.Handed) != 0 {
		t.Errorf("a time that is taken: %d, %v", w.Code, desk.Handed)
	}
	fresh, o := alone(t, desk)
	here = "/book/01/" + o.offer.Group.String()
	areatest.Contains(t, fresh.Page(here+"?day=2026-12-24"), "На цей день вільного часу вже немає", "24.11.2026")
	o.offer.Times = nil
	areatest.Contains(t, fresh.Page(here), "Тут зараз немає вільного часу", `href="/book"`)
	for _, path := range []string{"/book/01/" + uuid.NewString(), "/book/02/" + o.offer.Group.String(), "/book/01/x"} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// While the inside cannot be asked the page says so and takes a second wish.
func TestLinkDown(t *testing.T) {
	desk := areatest.NewDesk()
	s, o := alone(t, desk)
	o.down = true
	here := "/book/01/" + o.offer.Group.String()
	areatest.Contains(t, s.Page(here), "Запис приймемо як побажання", "Інший час, якщо цей займуть", "25.11.2026, 10:00")
	first, second := o.offer.Times[0].UTC().Format(time.RFC3339), o.offer.Times[2].UTC().Format(time.RFC3339)
	s.Post(here+"?day=2026-11-24", "at", first, "second", second, "name", "Ганна", "consent", "yes")
	if len(desk.Handed) != 1 || !strings.Contains(desk.Handed[0], second) {
		t.Errorf("handed over: %v", desk.Handed)
	}
}

// pressing is a desk at which another press comes just before a draft begins.
type pressing struct {
	*areatest.Desk
	another func()
}

func (p *pressing) Begin(ctx context.Context, s submission.Submission, fn func() error) (submission.Token, error) {
	if another := p.another; another != nil {
		p.another = nil
		another()
	}
	return p.Desk.Begin(ctx, s, fn)
}

// Two presses of a page on which nothing was typed before ask for one appointment, one after the other or at the same moment. A press of an
// old page, and one of a browser that keeps no cookies, asks for none and loses nothing.
func TestAFirstPageIsPressedTwice(t *testing.T) {
	for _, meanwhile := range []bool{false, true} {
		desk := &pressing{Desk: areatest.NewDesk()}
		s, o := alone(t, desk)
		here := "/book/01/" + o.offer.Group.String()
		at := o.offer.Times[1].UTC().Format(time.RFC3339)
		press := func() *httptest.ResponseRecorder {
			return s.Post(here+"?day=2026-11-24", "at", at, "name", "Ганна", "email", "anna@example.com", "phone", "", "consent", "yes")
		}
		if w := press(); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "anna@example.com") || len(desk.Handed) != 0 {
			t.Errorf("without cookies: %d, handed over %d", w.Code, len(desk.Handed))
		}
		s.Page(here)
		restore := s.Remember()
		first := func() {
			if w := press(); w.Header().Get("Location") != here+"/receipt" {
				t.Errorf("the first press: %d: %s", w.Code, w.Body)
			}
			restore()
		}
		if desk.another = first; !meanwhile {
			desk.another = nil
			first()
		}
		if w := press(); w.Header().Get("Location") != here+"/receipt" {
			t.Errorf("the second press, meanwhile %t: %d: %s", meanwhile, w.Code, w.Body)
		}
		if len(desk.Handed) != 1 || desk.Drafts() != 0 {
			t.Errorf("meanwhile %t: handed over %d, %d more begun", meanwhile, len(desk.Handed), desk.Drafts())
		}
		own := s.Get(here + "/receipt").Header().Get("Location")
		areatest.Contains(t, s.Page(own), "Запис надіслано")
		if w := press(); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), here+"/receipt") || len(desk.Handed) != 1 {
			t.Errorf("the old page once more: %d, handed over %d", w.Code, len(desk.Handed))
		}
	}
}

// Something is added to the appointment and taken away again without a script; what is sent names all of it, and the addresses of days
// keep it.
func TestSeveralMattersAreAskedFor(t *testing.T) {
	desk := areatest.NewDesk()
	s, o := alone(t, desk)
	land, service := uuid.New(), uuid.New()
	o.offer.Beside = []bookings.Beside{
		{Matter: contract.Matter{GroupID: land, ServiceID: &service}, Group: locale.Text{UK: "Паспорти"}, Service: locale.Text{UK: "Паспорт <b>"}, Minutes: 15},
		{Matter: contract.Matter{GroupID: uuid.New()}, Group: locale.Text{UK: "Видача"}},
	}
	here := "/book/01/" + o.offer.Group.String()
	with := "with=" + url.QueryEscape(land.String()+"/"+service.String())
	page := s.Page(here + "?service=a~1")
	areatest.Contains(t, page, "Додати ще одну справу", `value="`+land.String()+"/"+service.String()+`"`, "Паспорт &lt;b&gt;", "Видача")
	areatest.Lacks(t, page, "Що записуємо на один прийом")
	page = s.Page(here + "?" + with + "&service=a~1&with=nothing")
	areatest.Contains(t, page, "Що записуємо на один прийом", "Прийом триває до 35 хвилин", `name="without" value="`+land.String()+"/"+service.String()+`"`, strings.ReplaceAll(with, "&", "&amp;"))
	at := o.offer.Times[1].UTC().Format(time.RFC3339)
	w := s.Post(here+"?day=2026-11-24&"+with, "at", at, "name", "Ганна", "email", "", "phone", "", "consent", "yes")
	if w.Header().Get("Location") != here+"/receipt" || len(desk.Handed) != 1 {
		t.Fatalf("%d to %q: %d were sent", w.Code, w.Header().Get("Location"), len(desk.Handed))
	}
	own := s.Get(here + "/receipt").Header().Get("Location")
	areatest.Contains(t, s.Page(own), "Земля &lt;i&gt; – до 20 хв<br>Паспорт &lt;b&gt; – до 15 хв", "24 листопада 2026", "10:20, разом до 35 хв")
	areatest.Lacks(t, s.Page(here+"?"+with), "вже не можна зробити разом")
	less, o2 := alone(t, desk) // while somebody types, the last window with room for both is taken
	there := "/book/01/" + o2.offer.Group.String()
	less.Page(there)
	w = less.Post(there+"?day=2026-11-24&"+with, "at", at, "name", "Ганна <u>", "email", "", "phone", "", "consent", "yes")
	if w.Code != http.StatusConflict || len(desk.Handed) != 1 {
		t.Errorf("%d: what is left of two matters is booked: %d were sent", w.Code, len(desk.Handed))
	}
	areatest.Contains(t, w.Body.String(), "вже не можна зробити разом", "Ганна &lt;u&gt;")
	areatest.Contains(t, less.Get(there+"?"+with).Body.String(), "вже не можна зробити разом")
	o.offer.Times = nil
	areatest.Contains(t, s.Page(here+"?"+with), "Часу, щоб зробити все це поспіль, зараз немає")
}

// What was typed stays when a matter is added or taken away, without a script: both are buttons of the form. Enter in a field presses neither.
func TestWhatWasTypedStaysWhenMattersChange(t *testing.T) {
	desk := areatest.NewDesk()
	s, o := alone(t, desk)
	more := contract.Matter{GroupID: uuid.New()}
	o.offer.Beside = []bookings.Beside{{Matter: more, Group: locale.Text{UK: "Видача"}, Minutes: 15}}
	here := "/book/01/" + o.offer.Group.String()
	page := s.Page(here + "?service=a~1")
	first := strings.Index(page, `form="booking"`)
	if !strings.Contains(page[first-40:first+40], "hidden") {
		t.Errorf("Enter in a field presses %s", page[first-40:first+40])
	}
	at := o.offer.Times[1].UTC().Format(time.RFC3339)
	typed := []string{"at", at, "name", "Ганна <u>", "email", "anna@", "phone", "", "add", more.GroupID.String()}
	w := s.Post(here+"?day=2026-11-24&service=a~1", append(typed, "act", "add")...)
	with := w.Header().Get("Location")
	if with != here+"?day=2026-11-24&service=a~1&with="+more.GroupID.String() {
		t.Fatalf("added: %d to %q", w.Code, with)
	}
	page = s.Page(with)
	areatest.Contains(t, page, "Прийом триває до 35 хвилин", "Ганна &lt;u&gt;", "anna@", `value="`+at+`" checked`)
	areatest.Lacks(t, page, "govuk-error-summary")
	w = s.Post(with, append(typed, "without", more.GroupID.String())...)
	if w.Header().Get("Location") != here+"?day=2026-11-24&service=a~1" {
		t.Fatalf("taken away: %d to %q", w.Code, w.Header().Get("Location"))
	}
	areatest.Contains(t, s.Page(here), "Прийом триває до 20 хвилин", "Ганна &lt;u&gt;", "anna@")
	if len(desk.Handed) != 0 {
		t.Errorf("%d were sent", len(desk.Handed))
	}
}
