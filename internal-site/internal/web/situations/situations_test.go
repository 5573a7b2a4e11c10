package situations_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/situations"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// register is the site with one situation whose first step an import has numbered.
type register struct {
	*webtest.Site
	id, service, other uuid.UUID
}

func newRegister(t *testing.T) *register {
	t.Helper()
	r := &register{id: uuid.New(), service: uuid.New(), other: uuid.New()}
	r.Site = webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{situations.Area(situations.Deps{Situations: catalogue.NewSituations(d.Pool).At(webtest.Now), PublicURL: "https://public.example"})}
	})
	r.DB.Exec(`insert into catalogue.life_situations (id, code, name) values ($1, 'born', 'Народилася <b>')`, r.id)
	r.DB.Exec(`insert into catalogue.services (id, code, name) values ($1, 'one', 'Послуга <i>'), ($2, 'two', 'Друга пошукова')`, r.service, r.other)
	r.DB.Exec(`insert into catalogue.service_situations (service_id, situation_id, step, note, service_published) values ($1, $2, 1, 'Спершу це', false)`, r.service, r.id)
	return r
}

func (r *register) path() string { return "/situations/" + r.id.String() }

// typed is a step that may be saved at the version.
func (r *register) typed(version string) url.Values {
	return url.Values{
		"version": {version}, "heading.uk": {"Зареєструйте <u>"}, "text.uk": {"Візьміть довідку"}, "services": {r.service.String()},
		"term": {"within"}, "count": {"1"}, "unit": {"months"}, "law.uk": {"ст. 13"}, "do": {"save"},
	}
}

func TestRoutes(t *testing.T) {
	r := newRegister(t)
	webtest.Walk(t, r.Site, strings.NewReplacer(":id", r.id.String(), ":step", "1").Replace, nil)
}
