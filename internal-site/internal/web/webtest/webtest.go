// Package webtest makes sites of single areas for tests of their pages, over a real database with the region of
// package fixture and a real object store. Only tests may import it.
package webtest

import (
	"bytes"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/access/accesstest"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/conflict"
	"portal.example/internal-site/internal/web/site"
	"portal.example/shared/blobtest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/web"
)

// Main runs the tests of a package of pages.
func Main(m *testing.M) {
	accesstest.QuickPasswords()
	pgtest.Main(m, blobtest.Stop)
}

// Now is the clock of the sites.
func Now() time.Time { return fixture.Now }

// Stores are those that areas are made of, as the site signs in to the database.
type Stores struct {
	Pool      *pgxpool.Pool
	Accounts  *access.Store
	Orgs      *org.Store
	Catalogue *catalogue.Store
	Cases     *cases.Store
	Queue     *intake.Queue
	Vault     *documents.Vault
}

// Site is a site of some areas.
type Site struct {
	*fixture.Region
	Stores
	Areas   []area.Area
	Handler http.Handler
	tb      testing.TB
}

// New makes a site of the areas that list names.
func New(tb testing.TB, list func(Stores) []area.Area) *Site {
	tb.Helper()
	r := fixture.New(tb)
	pool := r.DB.PoolAs("internal_site")
	s := &Site{Region: r, tb: tb, Stores: Stores{
		Pool: pool, Accounts: access.NewStore(pool, rights.Declared).At(Now).Sealing(factorKeys(tb)).WithPasskeys(passkeys(tb)), Orgs: org.NewStore(pool, cases.ValidPattern).At(Now),
		Catalogue: catalogue.NewStore(pool).At(Now), Cases: cases.NewStore(pool).At(Now), Queue: intake.NewQueue(pool),
		Vault: documents.NewVault(blobtest.Bucket(tb, "documents"), blobtest.Bucket(tb, "quarantine"), nil),
	}}
	s.Serve(site.Config{}, append(list(s.Stores), conflict.Area()))
	return s
}

// Origin is the address for which the sites of tests take passkeys.
const Origin = "https://staff.example.org"

func passkeys(tb testing.TB) *access.Passkeys {
	tb.Helper()
	keys, err := access.NewPasskeys(access.PasskeySite{Origin: Origin})
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// factorKeys is a key of the site's own.
func factorKeys(tb testing.TB) *access.FactorKeys {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "factors.key")
	if err := os.WriteFile(file, []byte(access.NewFactorKey()), 0o600); err != nil {
		tb.Fatal(err)
	}
	keys, err := access.LoadFactorKeys(file)
	if err != nil {
		tb.Fatal(err)
	}
	return keys
}

// Serve makes the site again, of other areas or with what cfg says of signing in.
func (s *Site) Serve(cfg site.Config, areas []area.Area) {
	s.tb.Helper()
	cfg.Users = s.Accounts
	s.mount(cfg, areas)
}

// mount puts the areas behind the site's handler.
func (s *Site) mount(cfg site.Config, areas []area.Area) {
	s.tb.Helper()
	cfg.Now, cfg.Log = Now, slog.New(slog.DiscardHandler)
	made, err := site.New(cfg, areas)
	if err != nil {
		s.tb.Fatal(err)
	}
	s.Areas, s.Handler = areas, made.Engine()
}

// Count asks the database for a number.
func (s *Site) Count(sql string, args ...any) (n int) {
	s.tb.Helper()
	if err := s.DB.Pool.QueryRow(s.tb.Context(), sql, args...).Scan(&n); err != nil {
		s.tb.Fatal(err)
	}
	return n
}

// Give lets somebody work on a case within a place, and reckons anew whose turn it is in every case.
func (s *Site) Give(kase, place uuid.UUID, who access.Actor) {
	s.tb.Helper()
	s.DB.Exec(`insert into cases.assignments (case_id, place, person, since) values ($1, $2, $3, now())`, kase, place, who.UserID)
	if _, err := s.Cases.Reckon(s.tb.Context()); err != nil {
		s.tb.Fatal(err)
	}
}

// Register registers an online application for the region's first service.
func (s *Site) Register(f cases.Filing) (c cases.Case) {
	s.tb.Helper()
	message := fixture.NewID()
	f.MessageID, f.Channel, f.ReceiptNumber, f.FiledAt = &message, cases.Online, "7K2M-9QXD", fixture.Now
	f.ServiceID, f.CentreID = s.Service, s.Centre
	if f.Applicant.Surname == "" {
		f.Applicant = cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Марʼяна", TaxNumber: "1234567899", Phone: "+380501112233"}
	}
	if f.CodeHash == nil {
		f.CodeHash = make([]byte, 32)
	}
	err := pg.InTx(s.tb.Context(), s.DB.Pool, func(tx pgx.Tx) (err error) {
		c, err = cases.NewStore(nil).At(Now).Register(s.tb.Context(), tx, f, audit.System("intake"))
		return err
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	return c
}

// Client is a browser; in one with a Token somebody is signed in.
type Client struct {
	Site  *Site
	Token string
}

// Stranger is a browser in which nobody is signed in.
func (s *Site) Stranger() Client { return Client{Site: s} }

// As opens a session for the actor without the sign-in page.
func (s *Site) As(actor access.Actor) Client {
	s.tb.Helper()
	token := web.NewToken()
	s.DB.Exec(`insert into access.sessions (token_hash, user_id, created_at, seen_at, expires_at, address) values ($1, $2, $3, $3, $4, $5)`,
		web.HashToken(token), actor.UserID, fixture.Now, fixture.Now.Add(time.Hour), netip.MustParseAddr("10.0.0.1"))
	return Client{s, token}
}

// Get asks for a page.
func (c Client) Get(path string) *httptest.ResponseRecorder {
	return c.Do(NewGet(path))
}

// Post sends a form.
func (c Client) Post(path string, form url.Values) *httptest.ResponseRecorder {
	return c.Do(NewPost(path, form))
}

// NewGet is a request for a page on its way.
func NewGet(path string) *http.Request { return httptest.NewRequest(http.MethodGet, path, nil) }

// NewPost is a form on its way.
func NewPost(path string, form url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Multipart sends fields and, when name is not "", one file in the field.
func (c Client) Multipart(path string, fields url.Values, field, name string, data []byte) *httptest.ResponseRecorder {
	c.Site.tb.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, vs := range fields {
		for _, v := range vs {
			if err := w.WriteField(k, v); err != nil {
				c.Site.tb.Fatal(err)
			}
		}
	}
	if name != "" {
		part, err := w.CreateFormFile(field, name)
		if err != nil {
			c.Site.tb.Fatal(err)
		}
		if _, err := part.Write(data); err != nil {
			c.Site.tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		c.Site.tb.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.Do(r)
}

// Do sends the request as a browser sends those of the site's own pages.
func (c Client) Do(r *http.Request) *httptest.ResponseRecorder {
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return c.Raw(r)
}

// Raw sends the request as it is, with the session.
func (c Client) Raw(r *http.Request) *httptest.ResponseRecorder {
	r.RemoteAddr = "10.0.0.1:1234"
	if c.Token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: c.Token}) //nolint:gosec // a browser sends no attributes
	}
	w := httptest.NewRecorder()
	c.Site.Handler.ServeHTTP(w, r)
	return w
}
