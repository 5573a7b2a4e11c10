package elsewhere_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/elsewhere"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// register is the site with one thing that others give, as an import leaves it.
type register struct {
	*webtest.Site
	area area.Area
	id   uuid.UUID
}

func newRegister(t *testing.T) *register {
	t.Helper()
	r := &register{id: uuid.New()}
	r.Site = webtest.New(t, func(d webtest.Stores) []area.Area {
		r.area = elsewhere.Area(elsewhere.Deps{Elsewhere: catalogue.NewElsewhere(d.Pool).At(webtest.Now), PublicURL: "https://public.example"})
		return []area.Area{r.area}
	})
	r.DB.Exec(`insert into catalogue.elsewhere (id, code, name, words, provider, url) values ($1, 'passport', 'Паспорт <b>', 'айді картка, id card', 'Міграційна служба', 'https://dmsu.example')`, r.id)
	return r
}

func (r *register) path() string { return "/elsewhere/" + r.id.String() }

// typed is a form that may be saved at the version.
func typed(version string) url.Values {
	today := webtest.Now()
	return url.Values{
		"version": {version}, "name.uk": {"Паспорт"}, "words": {"айді картка"}, "provider.uk": {"Міграційна служба"}, "url": {"https://dmsu.example"},
		"phone": {"1590"}, "how.uk": {"Запишіться <i>\r\nзаздалегідь"}, "published": {"true"},
		"checked": {today.Format("2006-01-02")}, "review": {today.AddDate(0, 6, 0).Format("2.1.2006")}, "do": {"save"},
	}
}

func TestRoutes(t *testing.T) {
	r := newRegister(t)
	webtest.Walk(t, r.Site, strings.NewReplacer(":id", r.id.String()).Replace, nil)
}

func TestTile(t *testing.T) {
	r := newRegister(t)
	for who, want := range map[access.GroupCode]int{access.RegionalManager: 1, access.CentreHead: 0} {
		if tiles, err := r.area.Tiles(t.Context(), r.Users[who]); err != nil || tiles[0].Count != want {
			t.Errorf("%s: %+v, %v", who, tiles, err)
		}
	}
}
