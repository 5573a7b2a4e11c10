package questions_test

import (
	"crypto/rand"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices"
	domain "portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/questions"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// desk is the site with one question to the centre.
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
		d.area = questions.Area(questions.Deps{Questions: domain.NewStore(s.Pool).At(webtest.Now), Notices: notices.NewDesk(s.Pool).At(webtest.Now), Vault: s.Vault})
		return []area.Area{d.area}
	})
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`insert into questions.threads (id, number, message_id, receipt_number, centre_id, service_id, topic, name, email, language, asked_at, due_on, recipient)
		values ($1, 'К-2026-000007', $2, 'R-1111-2222-3333', $3, $4, 'Довідка <b>', 'Олена', 'olena@example.com', 'uk', now(), '2026-11-10', $5)`,
		d.id, uuid.New(), d.Centre, d.Service, code.Recipient())
	d.DB.Exec(`insert into questions.messages (id, thread_id, kind, text) values ($1, $2, 'question', E'Перший рядок\nДругий <i>')`, uuid.New(), d.id)
	file, err := d.Vault.Put(t.Context(), documents.File{
		ID: d.file, Purpose: documents.Received, FileName: "скан.pdf", MediaType: "application/pdf", ObjectKey: "scan",
	}, []byte("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	if err := documents.Insert(t.Context(), d.DB.Pool, file); err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`insert into questions.attachments (thread_id, file_id) values ($1, $2)`, d.id, d.file)
	return d
}

func (d *desk) path() string { return "/questions/" + d.id.String() }

func TestRoutes(t *testing.T) {
	d := newDesk(t)
	path := strings.NewReplacer(":id", d.id.String(), ":file", d.file.String()).Replace
	webtest.Walk(t, d.Site, path, map[string]access.Object{"question": {Own: []access.Place{access.InCentre(d.Centre)}}})
}

func TestListAndTiles(t *testing.T) {
	d := newDesk(t)
	list := d.As(d.Users[access.Administrator]).Get("/questions?q=k-2026").Body.String()
	for _, words := range []string{"К-2026-000007", "Довідка &lt;b&gt;", "прострочено", "Знайдено 1 запитання", "ЦНАП Вишневої громади"} {
		if !strings.Contains(list, words) {
			t.Errorf("the list does not show %q", words)
		}
	}
	if list := d.As(d.OtherUsers[access.Administrator]).Get("/questions").Body.String(); strings.Contains(list, "000007") {
		t.Error("another centre sees it")
	}
	tiles, err := d.area.Tiles(t.Context(), d.Users[access.CentreHead])
	if err != nil || tiles[0].Count != 1 || tiles[1].Count != 1 || tiles[2].Count != 0 {
		t.Errorf("%+v, %v", tiles, err)
	}
}
