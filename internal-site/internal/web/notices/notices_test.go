package notices_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	work "portal.example/internal-site/internal/cases"
	domain "portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/notices"
	"portal.example/internal-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// desk is the site with one case whose applicant could not be told.
type desk struct {
	*webtest.Site
	area  area.Area
	kase  work.Case
	event uuid.UUID
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	d.Site = webtest.New(t, func(s webtest.Stores) []area.Area {
		told := domain.NewDesk(s.Pool).At(webtest.Now)
		d.area = notices.Area(notices.Deps{Desk: told})
		return []area.Area{d.area, cases.Area(cases.Deps{Cases: s.Cases, Orgs: s.Orgs, Vault: s.Vault, Notices: told})}
	})
	d.kase = d.Register(work.Filing{})
	if err := d.DB.Pool.QueryRow(t.Context(), `update notices.outbox set state = 'failed', channel = 'sms', reason = $2, detail = 'UNDELIV 00B <b>'
		where case_id = $1 returning event_id`, d.kase.ID, domain.ReasonUnreachable).Scan(&d.event); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) path() string { return "/notices/" + d.event.String() }

func TestRoutes(t *testing.T) {
	d := newDesk(t)
	path := strings.NewReplacer("/cases/:id", "/cases/"+d.kase.ID.String(), ":id", d.event.String(), ":file", uuid.NewString()).Replace
	ours := *d.Site
	ours.Areas = []area.Area{d.area}
	webtest.Walk(t, &ours, path, map[string]access.Object{"notice": domain.Object(d.Centre)})
}
