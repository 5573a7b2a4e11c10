package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	queue "portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// found is what every list says of its length.
var found = regexp.MustCompile(`role="status">[^<0-9]*(\d+)`)

// wholeSite is the site with something in every list.
func wholeSite(t *testing.T) *webtest.Site {
	t.Helper()
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		areas := web.Areas(web.Config{Pool: d.Pool, Now: webtest.Now})
		return slices.DeleteFunc(areas, func(a area.Area) bool { return a.Name == "conflict" }) // webtest adds it
	})
	reasons := []string{queue.ReasonService, queue.ReasonMalware, queue.ReasonAnswers, queue.ReasonForm} // many alike are one line
	for i, reason := range reasons {
		s.Register(domain.Filing{})
		s.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, service_id, centre_id, submitted_at)
			values ($1, 'refused', $2, $3, 'application', $4, $5, $6, now())`, uuid.New(), uuid.New(), fmt.Sprintf("R-1111-2222-333%d", i), reason, s.Service, s.Centre)
		s.DB.Exec(`insert into questions.threads (id, number, message_id, receipt_number, centre_id, topic, name, email, language, asked_at, due_on, recipient)
			values ($1, $2, $3, $4, $5, 'Довідка', 'Олена', 'olena@example.com', 'uk', now(), '2026-11-10', 'age1x')`,
			uuid.New(), fmt.Sprintf("К-2026-00000%d", i), uuid.New(), fmt.Sprintf("R-9999-2222-333%d", i), s.Centre)
		s.DB.Exec(`insert into checks.packages (id, number, message_id, receipt_number, centre_id, service_id, name, email, language, sent_at, due_on, recipient)
			values ($1, $2, $3, $4, $5, $6, 'Олена', 'olena@example.com', 'uk', now(), '2026-11-10', 'age1x')`,
			uuid.New(), fmt.Sprintf("П-2026-00000%d", i), uuid.New(), fmt.Sprintf("R-8888-2222-333%d", i), s.Centre, s.Service)
	}
	s.DB.Exec(`update notices.outbox set state = 'failed', reason = 'notices.reason.late'`)
	s.AddCard(s.Service, 2, "approved", "2027-01-01", fixture.Card())
	s.DB.Exec(`update cases.cases set due_on = '2026-11-01' where number like '%1'`)
	s.DB.Exec(`insert into cases.assignments (case_id, place, person, since) select id, centre_id, $1, now() from cases.cases where number like '%1'`, s.Users[access.CentreHead].UserID)
	if _, err := s.Cases.Reckon(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// A bookmark of a page that is no more, a filter that shrank: no list says that nothing was found when something was.
func TestNoListFindsNothingBeyondItsEnd(t *testing.T) {
	s := wholeSite(t)
	entries, err := area.Map(nil, s.Areas)
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string]bool{}
	for _, who := range []access.GroupCode{access.CentreHead, access.RegionalManager, access.PortalAdministrator} {
		client := s.As(s.Users[who])
		for _, e := range entries {
			if e.Method != http.MethodGet || strings.Contains(e.Path, ":") {
				continue
			}
			first := found.FindStringSubmatch(client.Get(e.Path).Body.String())
			if first == nil {
				continue
			}
			lists[e.Path] = lists[e.Path] || first[1] != "0"
			for _, page := range []string{"2", "99999", "x"} {
				if beyond := found.FindStringSubmatch(client.Get(e.Path + "?page=" + page).Body.String()); beyond == nil || beyond[1] != first[1] {
					t.Errorf("%s as %s: %q on its first page, %q on page %s", e.Path, who, first[1], beyond, page)
				}
			}
		}
	}
	for _, path := range []string{"/cases", "/services", "/intake", "/questions", "/checks", "/notices/undelivered"} {
		if !lists[path] {
			t.Errorf("%s was not tried with anything in it", path)
		}
	}
}

// An address that somebody typed, or that an older version of the portal wrote: what narrows no list is not called a filter,
// and leaves none of its lines out.
func TestNonsenseNarrowsNoList(t *testing.T) {
	s := wholeSite(t)
	nonsense := "executor=zzz&due=bogus&state=bogus&centre=zzz&authority=zzz&service=zzz&category=zzz&assigned=zzz&channel=zzz&place=zzz" +
		"&reason=zzz&card=bogus&mine=bogus&quick=bogus&published=bogus&late=bogus&view=bogus"
	for _, path := range []string{"/cases", "/services", "/intake", "/questions", "/users", "/organisations"} {
		client := s.As(s.Users[access.RegionalManager])
		if path == "/users" {
			client = s.As(s.Users[access.PortalAdministrator])
		}
		all, same := client.Get(path).Body.String(), client.Get(path+"?"+nonsense).Body.String()
		if a, b := found.FindString(all), found.FindString(same); a != b {
			t.Errorf("%s finds %q, with nonsense in the address %q", path, a, b)
		}
		const clear = "Скинути відбір"
		if strings.Contains(same, clear) {
			t.Errorf("%s offers to clear a filter that narrows nothing", path)
		}
		if !strings.Contains(client.Get(path+"?q=zzz").Body.String(), clear) {
			t.Errorf("%s: a filter that narrows cannot be cleared", path)
		}
	}
}

// Every number on the first page is the length of the list that it leads to.
func TestTilesCountTheirLists(t *testing.T) {
	s := wholeSite(t)
	tried := map[string]int{}
	for _, who := range []access.GroupCode{access.Administrator, access.CentreHead, access.AuthorityHead, access.Officer, access.RegionalManager} {
		for _, a := range s.Areas {
			if a.Tiles == nil {
				continue
			}
			tiles, err := a.Tiles(t.Context(), s.Users[who])
			if err != nil {
				t.Fatal(err)
			}
			for _, tile := range tiles {
				list := found.FindStringSubmatch(s.As(s.Users[who]).Get(tile.Href).Body.String())
				if list == nil && tile.Count == 0 {
					continue // not shown: the list may be closed to them
				}
				if list == nil || list[1] != fmt.Sprint(tile.Count) {
					t.Errorf("%s as %s: the tile says %d, the list %q", tile.Href, who, tile.Count, list)
				}
				tried[a.Name] += tile.Count
			}
		}
	}
	for _, name := range []string{"cases", "intake", "questions", "notices"} {
		if tried[name] == 0 {
			t.Errorf("no tile of %s counted anything", name)
		}
	}
}
