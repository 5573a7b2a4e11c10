package site_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/fault"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// decide writes what the syncer brings when the inside switches a module, and lets the answer of before grow old.
func decide(s *webtest.Site, centre string, on bool) {
	s.DB.Exec(`delete from modules.switches where centre_id is not distinct from (select id from org.centres where code = nullif($1, ''))`, centre)
	s.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled)
		values (gen_random_uuid(), 'applications', (select id from org.centres where code = nullif($1, '')), $2)`, centre, on)
	s.SetNow(s.Now().Add(time.Second))
}

// What belongs to a module that is off is on no address, in no link and in no site map; on again, all is back.
func TestModuleSwitchedOff(t *testing.T) {
	s := webtest.New(t)
	before := map[string]string{}
	for _, path := range []string{"/", "/services", "/services/00034", "/categories/social", "/sitemap.xml", "/track"} {
		before[path] = s.Get(path).Body.String()
	}
	webtest.Contains(t, before["/services/00034"], "/apply/00034")
	webtest.Contains(t, before["/services"], `name="online"`, "можна подати онлайн")
	decide(s, "", false)
	for _, path := range []string{"/apply/00034", "/apply/00034/check", "/apply/00034/receipt"} {
		w := s.Get(path)
		if w.Code != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, w.Code)
		}
		webtest.Contains(t, w.Body.String(), "Онлайн-заяви на цьому порталі зараз не приймають")
	}
	webtest.Lacks(t, s.Page("/services/00034"), `href="/apply/`)
	webtest.Lacks(t, s.Page("/services"), `name="online"`, "можна подати онлайн")
	webtest.Lacks(t, s.Page("/services?online=1"), "можна подати онлайн")
	webtest.Lacks(t, s.Page("/categories/social"), "можна подати онлайн")
	webtest.Contains(t, s.Page("/services?online=1"), "00034") // the filter does not hide what it cannot say
	decide(s, "", true)
	for path, want := range before {
		if got := s.Get(path).Body.String(); !same(got, want) {
			t.Errorf("%s is not what it was", path)
		}
	}
}

// same compares pages without the moment at which they were made.
func same(a, b string) bool {
	cut := func(page string) string {
		from, to := strings.Index(page, "<main"), strings.Index(page, "</main>")
		if from < 0 || to < 0 {
			return page
		}
		return page[from:to]
	}
	return cut(a) == cut(b)
}

// Off for a centre means that nobody can apply there; a service of that centre alone cannot be applied for.
func TestModuleSwitchedOffForACentre(t *testing.T) {
	s := webtest.New(t)
	codes := s.CentresOf("00034")
	for _, code := range codes {
		decide(s, code, false)
	}
	offers := applications.NewOffers(s.DB.PoolAs("external_site"), s.Now)
	if _, err := offers.Service(t.Context(), "00034"); !fault.Is(err, fault.Conflict) || fault.MessageKey(err) != "modules.no_centre.applications" {
		t.Errorf("an application where no centre takes them: %v", err)
	}
	webtest.Lacks(t, s.Page("/services/00034"), `href="/apply/`)
	decide(s, codes[0], true)
	webtest.Contains(t, s.Page("/services/00034"), `href="/apply/`)
	service, _ := offers.Service(t.Context(), "00034") // the form of this region is none; the centres are known by then
	if len(service.Centres) != 1 || service.Centres[0].Code != codes[0] {
		t.Errorf("centres to choose from: %+v", service.Centres)
	}
	decide(s, "", false)
	if _, err := offers.Service(t.Context(), "00034"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an application where nothing is taken: %v", err)
	}
}
