package webtest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// more adds services to the region: with cards and forms, in its categories, situations and centres, by its authorities.
const more = `
	insert into catalogue.services (id, code, name, name_en, summary, summary_en, keywords, category_id, authority_id, applicant_types, quick, published, updated_at)
	select md5('s' || n)::uuid, 's' || n, 'Видача витягу ' || n, 'Extract ' || n, 'Про те саме', '', '', c.id, a.id, '{person,entity}', n %% 3 = 0, true, timestamptz '2026-01-01' + n * interval '1 minute'
	from generate_series(1, %[1]d) n join (select id, row_number() over (order by code) - 1 as k from catalogue.categories) c on c.k = n %% 3
	join (select id, row_number() over (order by code) - 1 as k from org.authorities) a on a.k = n %% 2;
	insert into catalogue.service_centres select md5('s' || n)::uuid, c.id from generate_series(1, %[1]d) n, org.centres c;
	insert into catalogue.service_situations (service_id, situation_id) select md5('s' || n)::uuid, l.id from generate_series(1, %[1]d, 20) n join catalogue.life_situations l on l.code = 'birth' where n < 2000;
	insert into catalogue.cards select md5('k' || n)::uuid, md5('s' || n)::uuid, 1, '2026-01-01', jsonb_build_object('term', jsonb_build_object('days', 3), 'description', jsonb_build_object('uk', 'Картка ' || n)), now(), true
	from generate_series(1, %[1]d) n;
	insert into catalogue.forms select md5('f' || n)::uuid, md5('s' || n)::uuid, 1, '2026-01-01', '{}', true from generate_series(1, %[1]d) n;
	insert into documents.files select md5('d' || n)::uuid, 'template', 'Бланк ' || n, '', 'f.pdf', 'application/pdf', 13, repeat('0', 64), 'templates/n' || n, md5('s' || n)::uuid, null, now(), true from generate_series(1, %[1]d) n;
	insert into sync.objects select object_key, sha256, size, 'ready' from documents.files;
	update sync.progress set heard_at = now() + interval '1 hour'`

// public are pages of every kind that is made of services.
var public = []string{
	"/", "/services", "/services?page=7", "/services?category=social&centre=01&applicant=person", "/services?online=1&authority=social", "/services?q=субсидія",
	"/services/00034", "/services/s77", "/categories/registration", "/categories/social", "/life-situations/move", "/centres", "/centres/01", "/authorities", "/authorities/social",
	"/visit?s=s77&s=00034", "/suggest?q=субс", "/status", "/feed.atom", "/api/v1/services", "/api/v1/services?centre=01&page=3", "/api/v1/services/s77", "/api/v1/centres", "/api/v1/authorities",
}

// counted are the buffers that each page reads once it has been asked for before, over a region with so many services more.
func counted(t *testing.T, services int) map[string]int {
	t.Helper()
	s := webtest.New(t)
	s.DB.Exec(fmt.Sprintf(more, services))
	s.DB.Exec("vacuum analyze")
	conn, err := pgx.Connect(t.Context(), s.DB.As("external_site"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context()) //nolint:errcheck // a test's
	var asked []webtest.Query
	s.Asked = func(q webtest.Query) {
		if text := strings.ToLower(strings.TrimSpace(q.SQL)); strings.HasPrefix(text, "select") || strings.HasPrefix(text, "with") {
			asked = append(asked, q)
		}
	}
	s.Listen()
	buffers := map[string]int{}
	for _, path := range public {
		own(t, s, path)
		asked = nil
		own(t, s, path)
		for _, q := range asked {
			buffers[path] += q.Buffers(t, conn)
		}
	}
	return buffers
}

// own asks for a page that is made for this reader alone.
func own(t *testing.T, s *webtest.Site, path string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	r.Header.Set("Accept-Language", "uk")
	r.AddCookie(&http.Cookie{Name: "own", Value: "1"})
	if w := s.Do(r); w.Code != http.StatusOK {
		t.Errorf("%s: %d", path, w.Code)
	}
}

// With ten times as many services no page reads more than 1.3 times as much.
func TestPagesDoNotGrowWithTheCatalogue(t *testing.T) {
	small, large := counted(t, 1500), counted(t, 15_000)
	for _, path := range public {
		t.Logf("%-60s %6d %6d", path, small[path], large[path])
		if allowed := small[path]*13/10 + 10; large[path] > allowed {
			t.Errorf("%s reads %d buffers among 1500 services and %d among 15000", path, small[path], large[path])
		}
	}
}
