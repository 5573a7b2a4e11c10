package surveys_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	domain "portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/surveys"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{surveys.Area(surveys.Deps{Surveys: domain.NewStore(d.Pool).At(webtest.Now)})}
	})
}

func TestRoutes(t *testing.T) {
	s := newSite(t)
	id := uuid.NewString()
	s.DB.Exec(`insert into surveys.surveys (id, title, title_en, first_day, questions) values ($1, 'Опитування <b>', 'Survey', '2026-01-01',
		'[{"key": "q1", "kind": "scale", "text": {"uk": "Оцініть <i>", "en": "Rate"}}]')`, id)
	webtest.Walk(t, s, strings.NewReplacer(":id", id, ":key", "q1").Replace, nil)
}
