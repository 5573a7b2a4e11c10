// Package webtest gives tests of pages the whole site over a real database with a small region in it, a real
// object store, and a clock that stands still. Only tests may import it.
package webtest

import (
	"context"
	_ "embed"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/search"
	sitepages "portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/shared/awaittest"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

//go:embed region.sql
var region string

// BaseURL is where the site believes to be.
const BaseURL = areatest.BaseURL

// Site is the site under test, and a browser in front of it.
type Site struct {
	areatest.Browser

	DB        *pgtest.Database
	Documents *blob.Bucket // to put there what the syncer would have brought

	// Asked is told of each query of a page; set it before the first one.
	Asked func(Query)

	now     time.Time
	changes *kept.Changes
	keeper  *kept.Keeper
	tb      testing.TB
}

// Main runs the tests of a package of pages.
func Main(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

// New makes a site with the region of region.sql on a Monday at ten o'clock in Kyiv.
func New(tb testing.TB) *Site {
	tb.Helper()
	db, _ := mold.Copy(tb, pgtest.ExternalPlain, func(db *pgtest.Database) error {
		db.Exec(region)
		return nil
	})
	return over(tb, db)
}

// mold holds the region of region.sql.
var mold pgtest.Mold[error]

// Empty makes a site to which nothing has been replicated yet, not even the register of replication.
func Empty(tb testing.TB) *Site {
	tb.Helper()
	return over(tb, pgtest.ExternalPlain(tb))
}

// over makes the site over a replica.
func over(tb testing.TB, db *pgtest.Database) *Site {
	tb.Helper()
	s := &Site{
		Browser: areatest.NewBrowser(tb), DB: db, Documents: blobtest.Bucket(tb, "documents"), tb: tb,
		now: areatest.Monday(), changes: kept.NewChanges(),
	}
	s.changes.Silence = time.Minute // however slow the machine is
	s.keeper = kept.New(s.changes, 0, s.Now)
	site, err := sitepages.New(sitepages.Config{
		Replica: s.pool(nil), Search: s.pool(search.Warm), Submit: s.DB.PoolAs("external_site"),
		Documents: s.Documents, Inbound: blobtest.Bucket(tb, "inbound"),
		Kept: s.keeper, Changes: s.changes, BaseURL: BaseURL, Log: slog.New(slog.NewTextHandler(s.Log, nil)), Now: func() time.Time { return s.now },
		Accounts: s.accounts(),
		Shelf:    own.NewShelf(own.Options{Store: own.NewStore(s.DB.PoolAs("external_site"), s.Now), Bucket: blobtest.Bucket(tb, "cabinet")}),
	})
	if err != nil {
		tb.Fatal(err)
	}
	s.Handler = site.Engine()
	return s
}

// accounts keeps accounts under a key of this test, with passwords that cost little.
func (s *Site) accounts() *account.Store {
	key, err := account.ParseKey(account.NewKeyFile())
	if err != nil {
		s.tb.Fatal(err)
	}
	passkeys, err := account.NewPasskeys(BaseURL)
	if err != nil {
		s.tb.Fatal(err)
	}
	return account.NewStore(account.Options{
		Pool: s.DB.PoolAs("external_site"), Key: key, Passkeys: passkeys, Costs: []account.Cost{{Memory: 64, Passes: 1}}, Now: func() time.Time { return s.now },
	})
}

// pool signs in as the site does, once somebody asks it: most tests search for nothing and need no dictionary.
func (s *Site) pool(prepare func(context.Context, *pgx.Conn) error) *pgxpool.Pool {
	s.tb.Helper()
	pool, err := pg.Open(s.tb.Context(), s.DB.As("external_site"), pg.Options{
		MaxConns: 2, MinConns: -1, StatementTimeout: 3 * time.Second, ReadOnly: true, Prepare: prepare, Tracer: tracer{s},
	})
	if err != nil {
		s.tb.Fatal(err)
	}
	s.tb.Cleanup(pool.Close)
	return pool
}

// Listen lets the site hear what changes in its database, so that it keeps pages, until stop is called.
func (s *Site) Listen() (stop func()) {
	s.tb.Helper()
	cfg, err := pgx.ParseConfig(s.DB.As("external_site"))
	if err != nil {
		s.tb.Fatal(err)
	}
	cfg.RuntimeParams["application_name"] = "changes"
	ctx, cancel := context.WithCancel(s.tb.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		kept.Listener{Changes: s.changes, Config: cfg, Log: slog.New(slog.DiscardHandler)}.Run(ctx)
	}()
	stop = func() { cancel(); <-done }
	s.tb.Cleanup(stop)
	awaittest.Until(s.tb, "changes are heard", s.changes.Listening)
	return stop
}

// Beside makes another site over the same database, which keeps nothing as long as it does not Listen.
func (s *Site) Beside() *Site {
	s.tb.Helper()
	return over(s.tb, s.DB)
}

// Kept says what the site has kept.
func (s *Site) Kept() kept.Counts { return s.keeper.Counts() }

// SetNow moves the clock.
func (s *Site) SetNow(t time.Time) { s.now = t }

// Now is the site's clock.
func (s *Site) Now() time.Time { return s.now }

// What tests of pages of a whole site and of single areas have in common.
var (
	Contains = areatest.Contains
	Lacks    = areatest.Lacks
	Golden   = areatest.Golden
)

// CentresOf lists the codes of the centres that give the service with the code.
func (s *Site) CentresOf(service string) (codes []string) {
	s.tb.Helper()
	err := s.DB.Pool.QueryRow(s.tb.Context(), `select array_agg(c.code order by c.code) from org.centres c join catalogue.service_centres sc on sc.centre_id = c.id
		join catalogue.services v on v.id = sc.service_id where v.code = $1`, service).Scan(&codes)
	if err != nil {
		s.tb.Fatal(err)
	}
	return codes
}
