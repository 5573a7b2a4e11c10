package surveys_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A question that is there is shown as it was typed, and changed in its place.
func TestAQuestionIsChanged(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`insert into surveys.surveys (id, title, title_en, first_day, keys, questions) values ('00000000-0000-7000-8000-000000000001', 'x', 'x', '2026-01-01', 1,
		'[{"key": "q1", "kind": "choice", "text": {"uk": "Звідки?", "en": "Where?"}, "options": [{"key": "o1", "text": {"uk": "сайт", "en": "site"}}, {"key": "o2", "text": {"uk": "люди", "en": "people"}}]}]')`)
	manager, path := s.As(s.Users[access.RegionalManager]), "/surveys/00000000-0000-7000-8000-000000000001/questions/"
	webtest.Shows(t, manager.Get(path+"q1"), http.StatusOK, "сайт\nлюди", "site\npeople", `value="Where?"`)
	asked := url.Values{"version": {"1"}, "kind": {"choice"}, "text.uk": {"Звідки ви?"}, "text.en": {"From where?"}, "options.uk": {"сайт\nлюди"}, "options.en": {"site"}}
	webtest.Shows(t, manager.Post(path+"q1", asked), http.StatusUnprocessableEntity, "Впишіть англійською стільки ж варіантів", "Звідки ви?")
	asked.Set("options.en", "site\npeople")
	if w := manager.Post(path+"q1", asked); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	if n := s.Count(`select count(*) from surveys.surveys where jsonb_array_length(questions) = 1 and questions->0->'text'->>'uk' = 'Звідки ви?' and questions->0->>'key' = 'q1'`); n != 1 {
		t.Error("it was not changed")
	}
	if w := manager.Get(path + "q7"); w.Code != http.StatusNotFound {
		t.Errorf("a question that is not there: %d", w.Code)
	}
}
