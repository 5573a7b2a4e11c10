package checks_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/checks"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// desk is the site with one package of two papers for the centre.
type desk struct {
	*webtest.Site
	area area.Area
	id   uuid.UUID
	file uuid.UUID
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{id: uuid.New(), file: uuid.New()}
	d.Site = webtest.New(t, func(s webtest.Stores) []area.Area {
		d.area = checks.Area(checks.Deps{Checks: domain.NewStore(s.Pool).At(webtest.Now), Notices: notices.NewDesk(s.Pool).At(webtest.Now), Vault: s.Vault})
		return []area.Area{d.area}
	})
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`insert into checks.packages (id, number, message_id, receipt_number, centre_id, service_id, note, name, email, language, sent_at, due_on, recipient)
		values ($1, 'П-2026-000007', $2, 'R-1111-2222-3333', $3, $4, E'Чи досить\nкопії <i>', 'Олена <b>', 'olena@example.com', 'uk', now(), '2026-11-10', $5)`,
		d.id, uuid.New(), d.Centre, d.Service, code.Recipient())
	file, err := d.Vault.Put(t.Context(), documents.File{
		ID: d.file, Purpose: documents.Received, FileName: "скан.pdf", MediaType: "application/pdf", ObjectKey: "scan",
	}, []byte("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	if err := documents.Insert(t.Context(), d.DB.Pool, file); err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`insert into checks.papers (id, package_id, position, document, title, title_en, file_name, file_id)
		values (gen_random_uuid(), $1, 1, 'gone', 'Довідка <u>', 'Certificate', 'скан.pdf', $2)`, d.id, d.file)
	return d
}

func (d *desk) path() string { return "/checks/" + d.id.String() }

func TestRoutes(t *testing.T) {
	d := newDesk(t)
	path := strings.NewReplacer(":id", d.id.String(), ":file", d.file.String()).Replace
	webtest.Walk(t, d.Site, path, map[string]access.Object{"check": {Own: []access.Place{access.InCentre(d.Centre)}}})
}
