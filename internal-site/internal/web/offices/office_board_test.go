package offices_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/offices"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{offices.Area(offices.Deps{Offices: domain.NewStore(d.Pool).At(webtest.Now)})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	webtest.Walk(t, s, func(path string) string { return path }, nil)
}

func absence(substitute string) url.Values {
	return url.Values{
		"first-day": {"18"}, "first-month": {"11"}, "first-year": {"2026"}, "last-day": {"25"}, "last-month": {"11"}, "last-year": {"2026"},
		"reason": {"Відпустка"}, "substitute": {substitute},
	}
}

// Everybody enters their own absence, a head that of their people; the substitute is a colleague.
func TestAbsences(t *testing.T) {
	s := newSite(t)
	officer, head, stranger := s.Users[access.Officer], s.Users[access.AuthorityHead], s.OtherUsers[access.Officer]
	webtest.Shows(t, s.As(officer).Post("/offices/absence", url.Values{}), http.StatusUnprocessableEntity, "Зазначте перший день відсутності", "Зазначте останній день відсутності", "Зазначте причину")
	webtest.Shows(t, s.As(officer).Post("/offices/absence", absence(stranger.UserID.String())), http.StatusUnprocessableEntity, "Ця людина не працює у вашій установі")
	webtest.Shows(t, s.As(officer).Post("/offices/absence", absence(officer.UserID.String())), http.StatusUnprocessableEntity, "Ніхто не заміщує сам себе")
	if w := s.As(officer).Post("/offices/absence", absence(head.UserID.String())); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, s.As(officer).Post("/offices/absence", absence("")), http.StatusUnprocessableEntity, "У ці дні відсутність уже записано")
	webtest.Shows(t, s.As(head).Get("/offices"), http.StatusOK, officer.Name, "25.11.2026")
	other := absence("")
	other.Set("absent", officer.UserID.String())
	if w := s.As(s.OtherUsers[access.AuthorityHead]).Post("/offices/absence", other); w.Code != http.StatusForbidden {
		t.Errorf("another authority's head: %d", w.Code)
	}
	var id string
	if err := s.DB.Pool.QueryRow(t.Context(), `select id::text from offices.absences`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if w := s.As(stranger).Post("/offices/end", url.Values{"absence": {id}}); w.Code != http.StatusForbidden {
		t.Errorf("a stranger ends it: %d", w.Code)
	}
	if w := s.As(head).Post("/offices/end", url.Values{"absence": {id}}); w.Code != http.StatusSeeOther || s.Count(`select count(*) from offices.absences where ended_at is null`) != 0 {
		t.Errorf("the head ends it: %d", w.Code)
	}
}

// A head gives the offices that technological cards name to people of their own place, and takes them.
func TestOffices(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into catalogue.tech_cards (id, service_id, number, state, published, effective_from, content)
		select gen_random_uuid(), service_id, 2, state, published, '2026-02-01', jsonb_set(content, '{stages,2,official}', '{"uk": "Начальник"}') from catalogue.tech_cards`)
	head, officer := s.As(s.Users[access.AuthorityHead]), s.Users[access.Officer]
	webtest.Shows(t, head.Get("/offices"), http.StatusOK, "Начальник", "ніхто, діє керівник")
	office := "authority/" + s.Authority.String() + "/Начальник"
	give := func(who access.Actor) url.Values {
		return url.Values{"office": {office}, "person": {who.UserID.String()}}
	}
	webtest.Shows(t, head.Post("/offices/give", url.Values{}), http.StatusUnprocessableEntity, "Виберіть працівника")
	webtest.Shows(t, head.Post("/offices/give", give(s.OtherUsers[access.Officer])), http.StatusUnprocessableEntity, "не працює у вашій установі")
	if w := s.As(s.OtherUsers[access.AuthorityHead]).Post("/offices/give", give(officer)); w.Code != http.StatusForbidden {
		t.Errorf("another authority's head: %d", w.Code)
	}
	if w := head.Post("/offices/give", give(officer)); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	webtest.Shows(t, head.Post("/offices/give", give(officer)), http.StatusUnprocessableEntity, "вже обіймає")
	webtest.Shows(t, head.Get("/offices"), http.StatusOK, officer.Name, "Звільнити посаду")
	take := url.Values{"office": {strings.Replace(office, "Начальник", "начальник", 1)}, "holder": {officer.UserID.String()}}
	if w := head.Post("/offices/take", take); w.Code != http.StatusSeeOther || s.Count(`select count(*) from offices.holders`) != 0 {
		t.Errorf("taken: %d", w.Code)
	}
	if n := s.Count(`select count(*) from audit.events where action in ('offices.give', 'offices.take')`); n != 2 {
		t.Errorf("%d in the trail", n)
	}
}
