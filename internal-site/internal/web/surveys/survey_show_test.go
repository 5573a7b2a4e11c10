package surveys_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A survey is made in pages, published, answered and closed; its results are counted and sent as a file.
func TestASurveyFromItsDraftToItsResults(t *testing.T) {
	s := newSite(t)
	manager, head := s.As(s.Users[access.RegionalManager]), s.As(s.Users[access.CentreHead])
	w := manager.Post("/surveys/new", settings())
	path := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	version := func() string {
		t.Helper()
		var v string
		if err := s.DB.Pool.QueryRow(t.Context(), "select version::text from surveys.surveys").Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	webtest.Shows(t, manager.Post(path, url.Values{"act": {"publish"}, "version": {version()}}), http.StatusConflict, "Додайте хоча б одне запитання")
	webtest.Shows(t, manager.Post(path+"/questions/new", url.Values{"version": {version()}, "text.uk": {"Оцініть"}}), http.StatusUnprocessableEntity, "Виберіть, як відповідають", "Заповніть обома мовами")
	for _, asked := range []url.Values{
		{"kind": {"scale"}, "text.uk": {"Оцініть <i> роботу"}, "text.en": {"Rate"}, "required": {"yes"}},
		{"kind": {"choice"}, "text.uk": {"Звідки дізналися?"}, "text.en": {"From where?"}, "options.uk": {"сайт\nлюди"}, "options.en": {"site\npeople"}},
		{"kind": {"text"}, "text.uk": {"Що поліпшити?"}, "text.en": {"What to mend?"}, "limit": {"500"}},
	} {
		asked.Set("version", version())
		if w := manager.Post(path+"/questions/new", asked); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	webtest.Shows(t, manager.Get(path+"/questions/q2"), http.StatusOK, "сайт\nлюди")
	stale := manager.Post(path, url.Values{"act": {"raise"}, "question": {"q2"}, "version": {"1"}})
	webtest.Shows(t, stale, http.StatusConflict, "Хтось із колег щойно змінив")
	if w := head.Get(path); w.Code != http.StatusNotFound {
		t.Errorf("a draft is shown: %d", w.Code)
	}
	if w := manager.Post(path, url.Values{"act": {"publish"}, "version": {version()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	id := strings.TrimPrefix(path, "/surveys/")
	for i, centre := range []uuid.UUID{s.Centre, s.Centre, s.OtherCentre} {
		answer := uuid.New()
		s.DB.Exec("insert into surveys.answers (id, survey_id, service_id, centre_id, day) values ($1, $2, $3, $4, '2026-11-10')", answer, id, s.Service, centre)
		s.DB.Exec("insert into surveys.values (answer_id, question, value) values ($1, 'q1', $2), ($1, 'q2', 'o2'), ($1, 'q3', $3)", answer, []string{"4", "5", "1"}[i], "Слова <u>"+centre.String())
	}
	webtest.Shows(t, manager.Get(path+"/results"), http.StatusOK, "Відповіли 3 людини", "Оцініть &lt;i&gt; роботу", "Медіана: 4.", "(33 %)", "Слова &lt;u&gt;"+s.OtherCentre.String())
	own := head.Get(path + "/results").Body.String()
	if strings.Contains(own, s.OtherCentre.String()+"</p>") || !strings.Contains(own, "Відповіли 2 людини") || !strings.Contains(own, "Медіана: 4,5.") {
		t.Errorf("a head sees %s", own)
	}
	webtest.Shows(t, manager.Get(path+"/results?to-day=9&to-month=11&to-year=2026"), http.StatusOK, "Відповіли 0 людей")
	if file := manager.Get(path + "/results?export=csv").Body.String(); !strings.Contains(file, "Звідки дізналися?;люди;3;100") || strings.Contains(file, "Слова") {
		t.Errorf("the file: %s", file)
	}
	if w := manager.Post(path, url.Values{"act": {"close"}, "version": {version()}}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d", w.Code)
	}
	webtest.Shows(t, manager.Get("/surveys"), http.StatusOK, "закрито", "Як ми &lt;b&gt; працювали")
}
