package opendata_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/opendata"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/opendata"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	published "portal.example/shared/opendata"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func TestRoutes(t *testing.T) {
	s := webtest.New(t, func(d webtest.Stores) []area.Area {
		return []area.Area{opendata.Area(opendata.Deps{Sets: domain.NewStore(d.Pool, nil), Now: time.Now})}
	})
	webtest.Walk(t, s, func(path string) string { return path }, nil)
}

// sets are the set in memory.
type sets struct {
	state   domain.State
	decided []domain.Decision
	renewed int
	refuse  error
}

func (s *sets) State(context.Context, access.Actor) (domain.State, error) { return s.state, nil }

func (s *sets) Decide(_ context.Context, _ access.Actor, d domain.Decision) (bool, error) {
	if s.refuse != nil {
		return false, s.refuse
	}
	s.decided = append(s.decided, d)
	return s.state.Public != d.Public, nil
}

func (s *sets) Renew(context.Context, access.Actor) error {
	if s.refuse != nil {
		return s.refuse
	}
	s.renewed++
	return nil
}

func newSite(t *testing.T, s *sets, group access.GroupCode) webtest.Client {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC) }
	return webtest.Alone(t, webtest.Member(group, access.InRegion()), opendata.Area(opendata.Deps{Sets: s, PublicURL: "https://portal.example", Now: now}))
}

// The page says whether the set is public, what it holds, and what was left out and why.
func TestPage(t *testing.T) {
	s := &sets{state: domain.State{Version: 4}}
	admin := newSite(t, s, access.PortalAdministrator)
	off := admin.Get("/open-data")
	webtest.Shows(t, off, http.StatusOK, "Набір не оприлюднено", `name="to" value="on"`, `name="seen" value="4"`, "CC BY 4.0")
	webtest.Lacks(t, off, "Припинити")
	s.state.Public = true
	webtest.Shows(t, admin.Get("/open-data"), http.StatusOK, "Файли ще готують", `name="to" value="off"`)
	at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	s.state.MadeAt, s.state.Edition = &at, &published.Edition{MadeAt: at, Rows: 7, Years: []published.Year{{Year: 2026, Rows: 7}}}
	s.state.Left = domain.Left{Few: 3, Hidden: 1, NoCode: 2}
	webtest.Shows(t, admin.Get("/open-data"), http.StatusOK, "У наборі 7 рядків", "3 справ людей", "1 справи за послугами", "2 справ суб’єктів", "23 листопада 2026", "Підготувати файли зараз", `href="https://portal.example/open-data"`)
	s.state.OutAt = &at // an hour ago
	webtest.Shows(t, admin.Get("/open-data"), http.StatusOK, "Підготувати файли зараз")
	young := at.Add(time.Minute)
	s.state.OutAt = &young
	page := admin.Get("/open-data")
	webtest.Shows(t, page, http.StatusOK, "Підготувати наступні можна буде 23 листопада 2026", "04:01")
	webtest.Lacks(t, page, "Підготувати файли зараз")
	s.refuse = fault.New(fault.Conflict, "opendata.too_young")
	webtest.Shows(t, admin.Post("/open-data/renew", nil), http.StatusConflict, "Нові файли щойно з’явилися", "04:01")
	s.state.OutAt, s.state.Asked = &at, true
	webtest.Lacks(t, admin.Get("/open-data"), "Підготувати файли зараз")
	s.state.FailedAt = &young
	webtest.Shows(t, admin.Get("/open-data"), http.StatusOK, "Підготувати файли не вдалося", "03:01", "03:16")
}

// A decision carries its reason and the version that was seen; one that is refused keeps what was typed.
func TestDeciding(t *testing.T) {
	s := &sets{state: domain.State{Version: 4, Public: true}}
	admin := newSite(t, s, access.PortalAdministrator)
	form := url.Values{"to": {"off"}, "seen": {"4"}, "reason": {"помилка в даних"}}
	if w := admin.Post("/open-data", form); w.Code != http.StatusSeeOther || len(s.decided) != 1 || s.decided[0] != (domain.Decision{Reason: "помилка в даних", Seen: 4}) {
		t.Errorf("%d, %+v", w.Code, s.decided)
	}
	if w := admin.Post("/open-data/renew", nil); w.Code != http.StatusSeeOther || s.renewed != 1 {
		t.Errorf("renewed: %d, %d", w.Code, s.renewed)
	}
	s.refuse = fault.New(fault.Conflict, "opendata.changed_since")
	webtest.Shows(t, admin.Post("/open-data", form), http.StatusConflict, "щойно змінив хтось інший", "помилка в даних")
	s.refuse = fault.InvalidFields(fault.FieldError{Field: "reason", Key: "opendata.reason_required"})
	webtest.Shows(t, admin.Post("/open-data", url.Values{"to": {"off"}}), http.StatusUnprocessableEntity, `href="#reason"`)
	if w := admin.Post("/open-data", url.Values{"to": {"sideways"}}); w.Code != http.StatusNotFound {
		t.Errorf("sideways: %d", w.Code)
	}
	if w := newSite(t, s, access.CentreHead).Get("/open-data"); w.Code != http.StatusForbidden && w.Code != http.StatusNotFound {
		t.Errorf("a head of a centre: %d", w.Code)
	}
}
