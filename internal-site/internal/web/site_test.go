package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web"
	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
	sharedweb "portal.example/shared/web"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func nowFixed() time.Time { return fixture.Now }

// testSite is the whole site over a small region.
type testSite struct {
	*fixture.Region
	t     *testing.T
	site  *sharedweb.Site
	vault *documents.Vault
}

func newTestSite(t *testing.T) *testSite {
	t.Helper()
	r := fixture.Load(t, pgtest.Internal(t))
	files, quarantine := blobtest.Bucket(t, "documents"), blobtest.Bucket(t, "quarantine")
	site, err := web.New(web.Config{
		Pool: r.DB.PoolAs("internal_site"), Documents: files, Quarantine: quarantine,
		PublicURL: "http://public.example", Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Now: nowFixed,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &testSite{Region: r, t: t, site: site, vault: documents.NewVault(files, quarantine)}
}

// client is a browser in which somebody is signed in.
type client struct {
	*testSite
	token string
}

// as opens a session for the actor without the sign-in page.
func (s *testSite) as(actor access.Actor) client {
	s.t.Helper()
	token := sharedweb.NewToken()
	s.DB.Exec(`insert into access.sessions (token_hash, user_id, created_at, seen_at, expires_at, address) values ($1, $2, $3, $3, $4, $5)`,
		sharedweb.HashToken(token), actor.UserID, fixture.Now, fixture.Now.Add(time.Hour), netip.MustParseAddr("10.0.0.1"))
	return client{s, token}
}

func (c client) get(path string) *httptest.ResponseRecorder {
	return c.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (c client) post(path string, form url.Values) *httptest.ResponseRecorder {
	return c.do(newPost(path, form))
}

func (c client) do(r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.RemoteAddr = "10.0.0.1:1234"
	if c.token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: c.token})
	}
	w := httptest.NewRecorder()
	c.site.Engine().ServeHTTP(w, r)
	return w
}

func newPost(path string, form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// raw sends a request as it is, with the session.
func (c client) raw(r *http.Request) *httptest.ResponseRecorder {
	r.AddCookie(&http.Cookie{Name: "session", Value: c.token})
	w := httptest.NewRecorder()
	c.site.Engine().ServeHTTP(w, r)
	return w
}

func (s *testSite) count(sql string) (n int) {
	s.t.Helper()
	if err := s.DB.Pool.QueryRow(s.t.Context(), sql).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}
