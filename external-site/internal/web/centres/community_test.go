package centres_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/centres"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/locale"
)

// communities are two of them, with the centres of the region in them.
const communities = `
	insert into org.units values
	  ('UA01010000000000003', 'UA01000000000000001', 2, 'P', 'Озерний'),
	  ('UA01010010000000004', 'UA01010000000000003', 3, 'H', 'Зорянська'), ('UA01010010010000005', 'UA01010010000000004', 4, 'M', 'Зоря'),
	  ('UA01010020000000006', 'UA01010000000000003', 3, 'H', 'Ґрунівська'), ('UA01010020010000007', 'UA01010020000000006', 4, 'X', 'Ґрунь');
	update org.centres set unit_code = 'UA01010010010000005' where code = '01';
	update org.centres set unit_code = 'UA01010020010000007', latitude = 49.6, longitude = 32.5 where code = '02';`

const grun = "UA01010020000000006"

func TestCentresOfTheChosenCommunityComeFirst(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(communities)
	s.Listen()
	webtest.Contains(t, s.Page("/centres"), `href="/community?back=%2Fcentres"`, "data-portal-places", `data-latitude="49.500000"`)
	inOrder(t, s.Page("/centres"), "/centres/01", "/centres/02")
	webtest.Contains(t, s.Page("/services/00034"), `href="/community?back=%2Fservices%2F00034"`, `<dd><a class="govuk-link" href="/centres/01">`)

	page := s.Page("/community?q=ґрунь&back=/services/00034")
	webtest.Contains(t, page, "<title>ґрунь – Ваша громада – ", "с-ще Ґрунь", "Ґрунівська громада, Озерний район", `value="`+grun+`"`, `name="back" value="/services/00034"`,
		`data-portal-suggest="/community/suggest?back=%2Fservices%2F00034"`)
	w := s.Post("/community", "community", grun, "back", "/services/00034")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/services/00034" {
		t.Fatalf("%d to %s", w.Code, w.Header().Get("Location"))
	}
	for range 2 { // made, and as it was kept
		page = s.Page("/services/00034")
		webtest.Contains(t, page, "Ваша громада:", "Ґрунівська громада", `<dd><a class="govuk-link" href="/centres/02">`)
		inOrder(t, page[strings.Index(page, "data-portal-places"):], "/centres/02", "/centres/01")
		inOrder(t, s.Page("/centres"), "/centres/02", "/centres/01")
	}
	webtest.Contains(t, s.PageIn("/en/centres", "en"), "Grunivska community", `href="/en/community?back=%2Fcentres"`)
	webtest.Contains(t, s.Page("/community"), "Не показувати за громадою")

	s.Post("/community", "back", "/centres")
	inOrder(t, s.Page("/centres"), "/centres/01", "/centres/02")
}

func inOrder(t *testing.T, page string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		_, rest, found := strings.Cut(page, part)
		if !found {
			t.Errorf("%s is not there, or not in the order %v", part, parts)
			return
		}
		page = rest
	}
}

// What every community sees is kept for it alone, and whoever chose none gets none of it.
func TestKeptPagesAreOfOneCommunity(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(communities + `update sync.progress set heard_at = now() + interval '1 hour'`)
	s.Listen()
	for range 2 {
		inOrder(t, s.Page("/centres"), "/centres/01", "/centres/02")
		s.Post("/community", "community", grun)
		inOrder(t, s.Page("/centres"), "/centres/02", "/centres/01")
		s.Page("/authorities") // which does not depend on it
		s.Post("/community")
		s.Page("/authorities")
	}
	if n := s.Kept().Made; n != 3 {
		t.Errorf("%d pages were made, want the centres twice and the authorities once", n)
	}
	w := s.Get("/centres")
	if got := w.Header().Get("Permissions-Policy"); !strings.Contains(got, "geolocation=(self)") {
		t.Errorf("a page that orders by distance, as it was kept: %s", got)
	}
	if got := s.Get("/authorities").Header().Get("Permissions-Policy"); !strings.Contains(got, "geolocation=()") {
		t.Errorf("a page that need not know: %s", got)
	}
}

func TestCommunitiesThatCannotBeChosen(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(communities)
	for _, code := range []string{"UA01010020010000007", "UA99010020000000006", "x", strings.Repeat("9", 5000)} {
		if w := s.Post("/community", "community", code); w.Code != http.StatusUnprocessableEntity || len(s.Held("/")) > 0 {
			t.Errorf("%.20q: %d", code, w.Code)
		}
	}
	for _, back := range []string{"//evil.example", "/\\evil.example", "https://evil.example", "/cabinet/sign-out", "/services/..%2f", "/services/a/../b", "/services/x\r\ny"} {
		w := s.Post("/community", "community", grun, "back", back)
		if to := w.Header().Get("Location"); to != "/centres" && !strings.HasPrefix(to, "/services/..") {
			t.Errorf("%q leads to %q", back, to)
		}
	}
	if w := s.Post("/en/community", "community", grun, "back", "/services/00034"); w.Header().Get("Location") != "/en/services/00034" {
		t.Errorf("in English it leads to %q", w.Header().Get("Location"))
	}
	page := s.Page("/community?q=" + strings.Repeat("ї", 3000))
	webtest.Contains(t, page, "не знайдено")
	r := s.Get("/centres")
	if r.Code != http.StatusOK {
		t.Errorf("%d", r.Code)
	}
}

func TestCommunitiesAreSuggested(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(communities)
	webtest.Contains(t, s.Get("/community/suggest?q=зор&back=/centres").Body.String(), `"text":"м. Зоря"`, `"kind":"Зорянська громада, Озерний район"`,
		`"href":"/community?back=%2Fcentres\u0026q=%D0%97%D0%BE%D1%80%D1%8F"`)
	webtest.Contains(t, s.Get("/en/community/suggest?q=grun").Body.String(), `"text":"Grunivska community"`, `"href":"/en/community?`)
	webtest.Contains(t, s.Page("/en/community"), `data-portal-suggest="/en/community/suggest?`)
}

// placed is a region with one centre on the map.
type placed struct{ replica.Org }

func (placed) Centres(context.Context) ([]org.Centre, error) {
	return []org.Centre{{Body: org.Body{Code: "7", Name: locale.Text{UK: "ЦНАП"}}, Latitude: "49.1", Longitude: "30.2"}}, nil
}

func TestAMapIsShownOnlyFromTheInstallationsOwnSource(t *testing.T) {
	over := func(m centres.Map) *areatest.Site {
		held := areatest.Replica{View: replica.View{Org: placed{}, Catalogue: noServices{}}}
		return areatest.New(t, centres.Area(centres.Deps{Replica: held, Switches: areatest.AllOn, Map: m}))
	}
	for tiles, images := range map[string]string{
		"": "img-src 'self' data:;", "/tiles/{z}/{x}/{y}.png": "img-src 'self' data:;",
		"https://maps.example.org:8443/{z}/{x}/{y}.png": "img-src 'self' https://maps.example.org:8443 data:;",
	} {
		w := over(centres.Map{Tiles: tiles, Attribution: "© <b>OpenStreetMap</b>"}).Get("/centres")
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, images) {
			t.Errorf("%q: %s", tiles, got)
		}
		parts := []string{"map.js", "map.css", "data-portal-map", `data-attribution="© &lt;b&gt;OpenStreetMap&lt;/b&gt;"`}
		if tiles == "" {
			webtest.Lacks(t, w.Body.String(), parts...)
		} else {
			webtest.Contains(t, w.Body.String(), append(parts, `data-tiles="`+tiles+`"`)...)
		}
	}
}

func TestMapConfiguration(t *testing.T) {
	for tiles, fine := range map[string]bool{
		"": true, "/tiles/{z}/{x}/{y}.png": true, "https://maps.example.org/{z}/{x}/{y}.png": true,
		"https://maps.example.org/": false, "maps/{z}/{x}/{y}": false, "//maps.example.org/{z}/{x}/{y}": false, "javascript:{z}{x}{y}": false,
		"https://u:p@maps.example.org/{z}/{x}/{y}": false, "https://{s}.example.org/{z}/{x}/{y}": false, "https://a;b/{z}/{x}/{y}": false,
	} {
		if err := (centres.Map{Tiles: tiles}).Check(); (err == nil) != fine {
			t.Errorf("%q: %v", tiles, err)
		}
	}
}
