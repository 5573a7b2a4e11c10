package reception_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	domain "portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/reception"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// hall is the site with a hall of two groups, two windows and one reason to go first.
type hall struct {
	*webtest.Site
	group, other, window, second, reason uuid.UUID
}

func newHall(t *testing.T) *hall {
	t.Helper()
	s := &hall{group: uuid.New(), other: uuid.New(), window: uuid.New(), second: uuid.New(), reason: uuid.New()}
	s.Site = webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{reception.Area(reception.Deps{Halls: domain.NewStore(d.Pool).At(webtest.Now), Notices: notices.NewDesk(d.Pool).At(webtest.Now)})}
	})
	s.DB.Exec(`insert into reception.halls (centre_id) values ($1)`, s.Centre)
	s.DB.Exec(`insert into reception.groups (id, centre_id, letter, name, name_en, minutes, services) values
		($1, $3, 'А', 'Довідки <i>', 'Certificates', 10, array[$4::uuid]), ($2, $3, 'Б', 'Земля', '', 20, '{}')`, s.group, s.other, s.Centre, s.Service)
	s.DB.Exec(`insert into reception.windows (id, centre_id, number, groups) values ($1, $3, 1, array[$4::uuid]), ($2, $3, 2, array[$4::uuid, $5::uuid])`,
		s.window, s.second, s.Centre, s.group, s.other)
	s.DB.Exec(`insert into reception.priorities (id, centre_id, name) values ($1, $2, 'Ветерани війни')`, s.reason, s.Centre)
	s.DB.Exec(`update org.centres set published = true, schedule = (select jsonb_build_object('week', jsonb_agg(jsonb_build_object('weekday', d, 'opens', '09:00', 'closes', '21:00')))
		from generate_series(1, 7) d) where id = $1`, s.Centre)
	s.DB.Exec(`update reception.halls set ahead_days = 5, walk_in_share = 0 where centre_id = $1`, s.Centre)
	s.DB.Exec(`update reception.windows set appoints = $2 where id = $1`, s.window, s.group)
	return s
}

func (s *hall) path(rest string) string { return "/reception/" + s.Centre.String() + rest }

// take presses the kiosk's button of a group, and returns the address of the ticket's page.
func (s *hall) take(t *testing.T, group uuid.UUID, more url.Values) string {
	t.Helper()
	form := url.Values{"press": {uuid.NewString()}, "group": {group.String()}}
	for name, values := range more {
		form[name] = values
	}
	w := s.As(s.Users[access.CentreHead]).Post(s.path("/kiosk"), form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("the kiosk gives no ticket: %d %s", w.Code, w.Body)
	}
	return w.Header().Get("Location")
}

func TestRoutes(t *testing.T) {
	s := newHall(t)
	ticket := s.take(t, s.group, nil)
	ticket = regexp.MustCompile(`/kiosk/([0-9a-f-]+)`).FindStringSubmatch(ticket)[1]
	path := strings.NewReplacer("groups/:part", "groups/"+s.group.String(), "windows/:part", "windows/"+s.window.String(),
		"priorities/:part", "priorities/"+s.reason.String(), ":ticket", ticket, ":id", s.Centre.String()).Replace
	webtest.Walk(t, s.Site, path, map[string]access.Object{"hall": {Own: []access.Place{access.InCentre(s.Centre)}}})
}

// field is the value of a hidden field of a page.
func field(t *testing.T, w *httptest.ResponseRecorder, name string) string {
	t.Helper()
	found := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(w.Body.String())
	if found == nil {
		t.Fatalf("the page has no field %s: %s", name, w.Body)
	}
	return found[1]
}

// A centre in which the module is off has no hall, whatever the others have.
func TestSwitchedOffAtACentre(t *testing.T) {
	s := newHall(t)
	head := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, head.Get("/reception"), http.StatusOK, "ЦНАП Вишневої громади")
	s.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'reception', $1, false)`, s.Centre)
	webtest.Lacks(t, head.Get("/reception"), s.Centre.String())
	for _, rest := range []string{"", "/window", "/kiosk", "/board", "/offer", "/offer/plan", "/bookings", "/kiosk/booked", "/live"} {
		if w := head.Get(s.path(rest)); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", rest, w.Code)
		}
	}
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/reception"), http.StatusOK, s.OtherCentre.String())
}
