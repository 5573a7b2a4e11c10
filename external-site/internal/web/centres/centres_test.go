package centres_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/centres"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestCentresAndAuthorities(t *testing.T) {
	s := webtest.New(t)
	for name, path := range map[string]string{
		"centres": "/centres", "centre": "/centres/01", "authorities": "/authorities", "authority": "/authorities/social",
		"bare_authority": "/authorities/registry~01",
	} {
		webtest.Golden(t, name+".uk", s.Page(path))
	}
	webtest.Golden(t, "centre.en", s.PageIn("/centres/01", "en"))
	howToGetThere(t, s.Page("/centres/01"))
	if w := s.Get("/centres/99"); w.Code != http.StatusNotFound {
		t.Errorf("no such centre: %d", w.Code)
	}
}

func howToGetThere(t *testing.T, page string) {
	t.Helper()
	webtest.Contains(t, page, "Зараз відчинено, до\u00a017:00", `href="tel:0550111111"`, `href="https://www.openstreetmap.org/?mlat=49.500000&amp;mlon=32.250000#map=17/49.500000/32.250000"`,
		"санітарний день", "Під час повітряної тривоги", "У центрі надають 2 послуги")
	webtest.Lacks(t, page, "минув") // an exception of yesterday
}

// bare is a region in which little is known of the only centre, and that has no authority.
type bare struct{ replica.Org }

func (bare) Centres(context.Context) ([]org.Centre, error) {
	return []org.Centre{{Body: org.Body{Code: "7", Name: locale.Text{UK: "ЦНАП без адреси"}}}}, nil
}

func (b bare) Centre(ctx context.Context, code string) (org.Centre, error) {
	all, err := b.Centres(ctx)
	if code != all[0].Code {
		return org.Centre{}, fault.New(fault.NotFound, "")
	}
	return all[0], err
}

func (bare) Authorities(context.Context) ([]org.Authority, error) { return nil, nil }

type noServices struct{ replica.Catalogue }

func (noServices) List(context.Context, catalogue.Filter, time.Time) (catalogue.List, error) {
	return catalogue.List{}, nil
}

func alone(t *testing.T, switches area.Switches) *areatest.Site {
	t.Helper()
	held := areatest.Replica{View: replica.View{Org: bare{}, Catalogue: noServices{}}}
	return areatest.New(t, centres.Area(centres.Deps{Replica: held, Switches: switches, BaseURL: areatest.BaseURL}))
}

// What nobody has entered leaves no empty heading, no link to nowhere and no promise.
func TestACentreOfWhichLittleIsKnown(t *testing.T) {
	s := alone(t, areatest.AllOn)
	webtest.Contains(t, s.Page("/centres"), "ЦНАП без адреси", `href="/centres/7"`)
	page := s.Page("/centres/7")
	webtest.Contains(t, page, "ЦНАП без адреси", `href="/ask/centres/7"`)
	webtest.Lacks(t, page, "openstreetmap", "Зараз відчинено", "mailto:", "tel:", "<dl></dl>")
	webtest.Lacks(t, s.Page("/authorities"), "portal-result")
	if w := s.Get("/centres/8"); w.Code != http.StatusNotFound {
		t.Errorf("no such centre: %d", w.Code)
	}
}

func TestACentreThatTakesNoQuestions(t *testing.T) {
	webtest.Lacks(t, alone(t, areatest.Off(contract.ModuleQuestions)).Page("/centres/7"), "/ask/")
}
