package trail_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	domain "portal.example/internal-site/internal/trail"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/trail"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func newSite(t *testing.T) (*webtest.Site, *domain.Store) {
	t.Helper()
	var store *domain.Store
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		store = domain.NewStore(d.Pool)
		return []area.Area{trail.Area(trail.Deps{Trail: store})}
	})
	return s, store
}

func TestRoutes(t *testing.T) {
	s, _ := newSite(t)
	webtest.Walk(t, s, strings.NewReplacer().Replace, map[string]access.Object{"region": {}})
}

// The administrator finds who looked at a case, by surname, number and day, and takes what was found along as a table.
func TestTheAdministratorSearchesTheTrail(t *testing.T) {
	s, store := newSite(t)
	clerk := s.Users[access.Administrator]
	for _, e := range []audit.Entry{
		{Action: "cases.read", ObjectType: "case", ObjectID: "c-7", Detail: map[string]any{"page": "/cases/:id", "asked": []string{"q", "tab"}}},
		{Action: "cases.case.take", ObjectType: "case", ObjectID: "c-7", Reason: "<b>бо так</b>"},
	} {
		if err := store.Read(t.Context(), clerk.Audit(), e); err != nil {
			t.Fatal(err)
		}
	}
	admin := s.As(s.Users[access.PortalAdministrator])
	page := admin.Get("/trail?object=c-7")
	webtest.Shows(t, page, http.StatusOK, "Знайдено 2 записи", clerk.Name, "cases.case.take", "cases.read", "asked: q, tab", "page: /cases/:id", "очікує")
	webtest.Lacks(t, page, "<b>бо")
	webtest.Lacks(t, admin.Get("/trail?object=c-7&kind=readings"), "cases.case.take")
	webtest.Shows(t, admin.Get("/trail?who=nobody"), http.StatusOK, "Записів немає")
	webtest.Shows(t, admin.Get("/trail?from=2026-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Перший день пізніший за останній")
	for _, typed := range []string{"from=2026-13-40", "to=2026-13-40&object=c-7&export=csv"} {
		w := admin.Get("/trail?" + typed)
		webtest.Shows(t, w, http.StatusUnprocessableEntity, "Напишіть день так, як у прикладі: 01.09.2026", `type="text" value="2026-13-40"`)
		webtest.Lacks(t, w, "Записів немає")
	}
	webtest.Shows(t, admin.Get("/trail?from=1.1.2020"), http.StatusOK, `value="2020-01-01"`)
	table := admin.Get("/trail?object=c-7&export=csv")
	webtest.Shows(t, table, http.StatusOK, "cases.case.take;case;c-7")
}
