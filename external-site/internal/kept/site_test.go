package kept_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/awaittest"
	"portal.example/shared/locale"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// everybody are pages of every kind that is kept.
var everybody = []string{
	"/", "/services/00034", "/services/00102", "/services", "/services?page=1&q=субсидія", "/categories/social", "/life-situations/move",
	"/centres", "/centres/01", "/authorities", "/authorities/social", "/complaints", "/accessibility", "/privacy",
	"/acts/00000000-0000-7000-8000-0000000000f1", "/acts/00000000-0000-7000-8000-0000000000f1/parts/2", "/acts/00000000-0000-7000-8000-0000000000f1/editions/1995-10-21",
}

// listening is a site that keeps pages, over a replica whose age does not change while a test runs.
func listening(t *testing.T) *webtest.Site {
	t.Helper()
	s := webtest.New(t)
	s.DB.Exec(`update sync.progress set heard_at = now() + interval '1 hour'`)
	s.Listen()
	return s
}

// made counts how often the site makes pages while ask is called.
func made(s *webtest.Site, ask func()) int64 {
	before := s.Kept().Made
	ask()
	return s.Kept().Made - before
}

// replicate does what the syncer's session does: ordinary triggers are silent for it.
func replicate(t *testing.T, s *webtest.Site, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.DB.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context())) //nolint:errcheck // a test's
	if _, err := conn.Exec(t.Context(), "set session_replication_role = replica; "+sql); err != nil {
		t.Fatal(err)
	}
}

func TestPagesAreKept(t *testing.T) {
	s := listening(t)
	first := map[string]string{}
	if n := made(s, func() {
		for _, path := range everybody {
			first[path] = s.Page(path)
		}
	}); n != int64(len(everybody)) {
		t.Errorf("%d pages made for %d", n, len(everybody))
	}
	if n := made(s, func() {
		for _, path := range everybody {
			if again := s.Page(path); again != first[path] {
				t.Errorf("%s is another page when it is kept", path)
			}
		}
	}); n != 0 {
		t.Errorf("%d pages made again though nothing has changed", n)
	}
}

// A change inside is on the page as soon as the database says so, and a page that was made of other tables stays.
func TestChangeDropsWhatItIsAbout(t *testing.T) {
	s := listening(t)
	for _, path := range everybody {
		s.Page(path)
	}
	for _, c := range []struct{ name, sql, page, shows, other string }{
		{"a service", `update catalogue.services set name = 'Субсидія по-новому' where code = '00034'`, "/services/00034", "Субсидія по-новому", "/complaints"},
		{"a card", `update catalogue.cards set content = jsonb_set(content, '{result,uk}', '"Нове повідомлення"') where number = 2`, "/services/00034", "Нове повідомлення", "/authorities"},
		{"a centre", `update org.centres set name = 'ЦНАП Нової Зорі' where code = '01'`, "/centres", "ЦНАП Нової Зорі", "/complaints"},
		{"an act", `update law.acts set title = 'Про субсидії інакше'`, "/services/00034", "Про субсидії інакше", "/centres/01"},
		{"a text of an act", `update law.parts set body = 'Інший текст' where number = 2`, "/acts/00000000-0000-7000-8000-0000000000f1/parts/2", "Інший текст", "/services/00034"},
		{"an edition", `delete from law.editions where in_force_on = '2024-01-01'`, "/acts/00000000-0000-7000-8000-0000000000f1", "Давній текст", "/services/00034"},
		{"the region", `insert into region.profile values (1, 'Приозерна область', '', '', '', '', '', '', null, '', '', now())`, "/privacy", "Приозерна область", ""},
		{"a switch", `insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'applications', null, false)`, "/services/00034", "", ""},
		{"all centres", `truncate org.centres`, "/centres", "Відомості про центри ще не надійшли", "/privacy"},
	} {
		s.Page(c.page)
		if c.other != "" {
			s.Page(c.other)
		}
		before := s.Page(c.page)
		replicate(t, s, c.sql)
		awaittest.Until(t, c.name+" is seen", func() bool { return s.Page(c.page) != before })
		if page := s.Page(c.page); !strings.Contains(page, c.shows) {
			t.Errorf("%s: the new page lacks %q", c.name, c.shows)
		}
		if c.other != "" && made(s, func() { s.Page(c.other) }) != 0 {
			t.Errorf("%s: %s is made again though it is about nothing of it", c.name, c.other)
		}
	}
}

// The bytes of a form come after its row; then the page links it.
func TestObjectThatArrivesIsSeen(t *testing.T) {
	s := listening(t)
	if page := s.Page("/services/00034"); strings.Contains(page, "/documents/00000000-0000-7000-8000-000000000401") {
		t.Fatal("the form is there already")
	}
	s.DB.Exec(`insert into sync.objects select object_key, sha256, size, 'ready' from documents.files`)
	awaittest.Until(t, "the form is linked", func() bool {
		return strings.Contains(s.Page("/services/00034"), "/documents/00000000-0000-7000-8000-000000000401")
	})
}

// While nobody listens every page is made anew; what was kept before is not believed afterwards.
func TestNothingIsKeptWhileNobodyListens(t *testing.T) {
	s := webtest.New(t)
	stop := s.Listen()
	s.Page("/services/00034")
	stop()
	if n := made(s, func() { s.Page("/services/00034"); s.Page("/services/00034") }); n != 2 {
		t.Errorf("%d of 2 pages made", n)
	}
	replicate(t, s, `update catalogue.services set name = 'Тим часом' where code = '00034'`)
	s.Listen()
	webtest.Contains(t, s.Page("/services/00034"), "Тим часом")
}

// The database ends the connection: the site notices without being asked, and listens again by itself.
func TestListenerConnectsAgain(t *testing.T) {
	s := listening(t)
	s.Page("/centres")
	s.DB.Exec(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' or query like '%sync.objects%' and usename = 'external_site'`)
	awaittest.Until(t, "a new connection", func() bool {
		var n int
		if err := s.DB.Pool.QueryRow(t.Context(), `select count(*) from pg_stat_activity where usename = 'external_site' and application_name = 'changes'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n == 1 && made(s, func() { s.Page("/centres"); s.Page("/centres") }) <= 1
	})
}

// A page that depends on the clock is made again at its moment, and not before: at any time it says what one says that is
// made just then.
func TestKeptPagesKeepTime(t *testing.T) {
	s := listening(t)
	fresh := s.Beside()
	made, asked := s.Kept().Made, 0
	from := time.Date(2026, 11, 20, 12, 0, 0, 0, locale.Kyiv()) // a Friday
	for at := from; at.Before(from.AddDate(0, 0, 4)); at = at.Add(time.Hour) {
		for _, now := range []time.Time{at.Add(-time.Second), at, at.Add(48 * time.Minute)} { // when a break ends
			s.SetNow(now)
			fresh.SetNow(now)
			for _, path := range []string{"/", "/services/00034", "/centres/01", "/authorities"} {
				asked++
				was, is := s.Page(path), fresh.Page(path)
				if was, is = clocks.ReplaceAllString(was, ""), clocks.ReplaceAllString(is, ""); was != is {
					t.Fatalf("%s at %s is kept too long: %s", path, now, difference(was, is))
				}
			}
		}
	}
	if n := s.Kept().Made - made; n > int64(asked)/5 {
		t.Errorf("%d pages of %d were made: they are kept too shortly", n, asked)
	}
}

// The hours of a centre end: the page says so at that moment.
func TestPageExpiresAtItsMoment(t *testing.T) {
	s := listening(t)
	closes := time.Date(2026, 11, 23, 17, 0, 0, 0, locale.Kyiv())
	webtest.Contains(t, s.Page("/centres/01"), "Зараз відчинено, до\u00a017:00")
	s.SetNow(closes.Add(-time.Second))
	if made(s, func() { webtest.Contains(t, s.Page("/centres/01"), "Зараз відчинено, до\u00a017:00") }) != 0 {
		t.Error("it was made again though it was still true")
	}
	s.SetNow(closes)
	if made(s, func() { webtest.Lacks(t, s.Page("/centres/01"), "Зараз відчинено") }) != 1 {
		t.Error("it was not made again")
	}
}

// Whoever sends a cookie of the site's gets a page of their own, which nobody else is shown.
func TestPagesOfOnePersonAreNotKept(t *testing.T) {
	s := listening(t)
	s.Page("/")
	for _, cookie := range []string{"flash=eyJrIjoic2l0ZS5uYW1lIn0", "session=x", "__Host-session=x", "anything=x"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		if made(s, func() { s.Handler.ServeHTTP(w, r) }) != 0 {
			t.Errorf("%s: a page is kept", cookie)
		}
		if got := w.Header().Get("Cache-Control"); got != "no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%s: %q, version %q", cookie, got, w.Header().Get("ETag"))
		}
	}
	if n := made(s, func() { webtest.Lacks(t, s.Page("/"), "govuk-notification-banner") }); n != 0 {
		t.Errorf("the page of everybody is made again")
	}
}

// Kept pages are as pages made anew: their version, 304, HEAD, compression, language.
func TestKeptPagesAnswerAsOthers(t *testing.T) {
	s := listening(t)
	fresh := s.Beside()
	for range 2 {
		for _, lang := range []string{"uk", "en"} {
			for _, path := range []string{"/", "/services/00034"} {
				kept, made := ask(s, http.MethodGet, path, lang, ""), ask(fresh, http.MethodGet, path, lang, "")
				for name := range made.Header() {
					if name == "X-Request-Id" || name == "Etag" || name == "Content-Length" {
						continue
					}
					if !slices.Equal(kept.Header()[name], made.Header()[name]) {
						t.Errorf("%s %s: %s is %q, of a page that is not kept %q", path, lang, name, kept.Header()[name], made.Header()[name])
					}
				}
				if was, is := clocks.ReplaceAllString(plain(t, kept), ""), clocks.ReplaceAllString(plain(t, made), ""); was != is {
					t.Errorf("%s %s is another page: %s", path, lang, difference(was, is))
				}
				tag := kept.Header().Get("ETag")
				if w := ask(s, http.MethodGet, path, lang, tag); w.Code != http.StatusNotModified || w.Body.Len() != 0 {
					t.Errorf("%s %s: %d with its own version, %d bytes", path, lang, w.Code, w.Body.Len())
				}
				head := ask(s, http.MethodHead, path, lang, "")
				if head.Body.Len() != 0 || head.Header().Get("Content-Length") != kept.Header().Get("Content-Length") {
					t.Errorf("%s %s: HEAD says %s bytes, GET %s", path, lang, head.Header().Get("Content-Length"), kept.Header().Get("Content-Length"))
				}
			}
		}
	}
}

// The warning that the link is down is put into pages that are kept, and is another version of them.
func TestKeptPageSaysHowFreshItIs(t *testing.T) {
	s := listening(t)
	before := ask(s, http.MethodGet, "/services/00034", "uk", "")
	s.DB.Exec(`update sync.progress set heard_at = now() - interval '10 minutes'`)
	s.SetNow(s.Now().Add(time.Second)) // readings are kept for a second
	var after *httptest.ResponseRecorder
	if made(s, func() { after = ask(s, http.MethodGet, "/services/00034", "uk", "") }) != 0 {
		t.Error("the page was made again")
	}
	page := plain(t, after)
	webtest.Contains(t, page, "portal-freshness--stale", "10 хвилин тому")
	if before.Header().Get("ETag") == after.Header().Get("ETag") {
		t.Error("the warning is no new version")
	}
}

// clocks are the parts of a page that differ from one sending to the next.
var clocks = regexp.MustCompile(`<p class="portal-freshness__text">.*</p>|<p class="portal-printed[^>]*>[^<]*</p>`)

func ask(s *webtest.Site, method, path, lang, tag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", lang)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	w := httptest.NewRecorder()
	s.Handler.ServeHTTP(w, r)
	return w
}

func plain(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// difference is the first line of a that b has otherwise.
func difference(a, b string) string {
	other := strings.Split(b, "\n")
	for i, line := range strings.Split(a, "\n") {
		if i >= len(other) || other[i] != line {
			return line + " / " + other[min(i, len(other)-1)]
		}
	}
	return ""
}
