package surveys_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Drafts are shown to those who make surveys, with the others' answers beside them.
func TestList(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into surveys.surveys (id, title, title_en, first_day, state, published) values
		(gen_random_uuid(), 'Чернетка <b>', 'Draft', '2026-01-01', 'draft', false), (gen_random_uuid(), 'Триває <i>', 'Runs', '2026-01-01', 'published', true)`)
	s.DB.Exec(`insert into surveys.answers (id, survey_id, service_id, centre_id, day) select gen_random_uuid(), id, $1, $2, '2026-11-01' from surveys.surveys where published`, s.Service, s.Centre)
	webtest.Shows(t, s.As(s.Users[access.RegionalManager]).Get("/surveys"), http.StatusOK, "Чернетка &lt;b&gt;", "Триває &lt;i&gt;", "Створити опитування", "/results")
	page := s.As(s.Users[access.CentreHead]).Get("/surveys")
	webtest.Shows(t, page, http.StatusOK, "Триває &lt;i&gt;", ">1<")
	webtest.Lacks(t, page, "Чернетка", "Створити опитування")
}
