package surveys_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Results that wait for the end are shown to nobody, and no file has them.
func TestResultsWaitForTheEnd(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into surveys.surveys (id, title, title_en, first_day, state, published, results_after, questions) values ('00000000-0000-7000-8000-000000000001', 'x', 'x', '2026-01-01', 'published', true, true,
		'[{"key": "q1", "kind": "text", "limit": 9, "text": {"uk": "Що?", "en": "What?"}}]')`)
	s.DB.Exec(`with a as (insert into surveys.answers (id, survey_id, service_id, centre_id, day) select gen_random_uuid(), id, $1, $2, '2026-11-01' from surveys.surveys returning id)
		insert into surveys.values select id, 'q1', 'Канарейка' from a`, s.Service, s.Centre)
	manager, path := s.As(s.Users[access.RegionalManager]), "/surveys/00000000-0000-7000-8000-000000000001/results"
	for _, one := range []string{path, path + "?export=csv", path + "?service=" + s.OtherService.String()} {
		page := manager.Get(one)
		webtest.Shows(t, page, http.StatusOK, "Відповіла 1 людина", "лише після його закриття")
		webtest.Lacks(t, page, "Канарейка")
	}
	s.DB.Exec("update surveys.surveys set state = 'closed', closed_at = now()")
	webtest.Shows(t, manager.Get(path), http.StatusOK, "Канарейка")
}
