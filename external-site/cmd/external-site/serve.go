package main

import (
	"cmp"
	"context"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web"
	"portal.example/shared/background"
	"portal.example/shared/live"
	"portal.example/shared/pg"
	"portal.example/shared/program"
	"portal.example/shared/signature/trust"
	sharedweb "portal.example/shared/web"
)

func newServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the citizens' pages",
		Long: "Serves the citizens' pages on `listen` until it is told to stop. It starts even while the database or\n" +
			"the object store is away and says so on /healthz of `operations.listen`, where /metrics are too; replication may be\n" +
			"set up later.",
		Args: cobra.NoArgs,
		RunE: serve,
	}
}

func serve(cmd *cobra.Command, _ []string) error {
	c, err := load(cmd)
	if err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	return program.Run(cmd.Context(), "external-site", c.Operations, c.build)
}

// build puts the public site together.
func (c Config) build(ctx context.Context, s *program.Service) error {
	p, err := openPools(ctx, s, c.Database.DSN)
	if err != nil {
		return err
	}
	s.Operations.Probe("database", p.replica.Ping)
	documents, err := c.Bucket("documents")
	if err != nil {
		return err
	}
	inbound, err := c.Bucket("inbound")
	if err != nil {
		return err
	}
	accounts, err := c.accounts(p.submit)
	if err != nil {
		return err
	}
	scrubber := submission.NewScrubber()
	if !strings.Contains(os.Getenv("GODEBUG"), "clobberfree=1") {
		s.Log.InfoContext(ctx, "GODEBUG=clobberfree=1 is not set: what citizens typed stays in memory until chance overwrites it")
	}
	spool := submission.NewSpool(0, time.Now)
	shelf, err := c.shelf(accounts, own.Options{Store: own.NewStore(p.submit, nil), Spool: spool, Room: c.DocumentsGiB << 30, Opened: scrubber.Soon})
	if err != nil {
		return err
	}
	hub := c.Live.Hub()
	changes := hear(s, p.replica)
	site, err := web.New(web.Config{
		Live:    hub,
		Trust:   trust.Watch(c.Signatures.Trust, s.Log),
		Replica: p.replica, Search: p.search, Submit: p.submit, Documents: documents, Inbound: inbound, Accounts: accounts, Sent: scrubber.Soon,
		Shelf: shelf, Spool: spool,
		Changes: changes, Kept: kept.New(changes, c.KeptPagesMiB<<20, time.Now),
		SealKey: c.SealKey, SecurityContact: c.SecurityContact, Map: c.Map, NoOffline: c.NoOffline, BaseURL: c.BaseURL, TrustedProxies: c.TrustedProxies, Log: s.Log, Metrics: s.Operations.Registry(),
	})
	if err != nil {
		return err
	}
	store := submission.NewStore(p.submit)
	watchInbound(s, store)
	cleaner := submission.Cleaner{Store: store, Bucket: inbound, Log: s.Log}
	s.Background.Every("drafts that ended", submission.CleanEvery, 5*time.Minute, cleaner.CleanAll)
	if accounts != nil {
		s.Background.Every("sessions that ended", account.CleanEvery, time.Minute, accounts.Clean)
	}
	if shelf != nil {
		s.Background.Every("documents that are gone", account.CleanEvery, time.Minute, shelf.Clean)
	}
	s.Background.Add(background.Job{Name: "scrubber", Run: func(ctx context.Context, started func()) error {
		started()
		scrubber.Run(ctx)
		return nil
	}})
	s.Background.Add(sharedweb.Job("pages", sharedweb.ServeConfig{Addr: c.Listen}, site.Engine()))
	listen(s, hub, p.replica) // stopped before the pages, which wait for the streams that it ends
	return nil
}

// listen tells open pages of changes. Its connection is one of its own: a pool's would be waited for.
func listen(s *program.Service, hub *live.Hub, replica *pgxpool.Pool) {
	cfg := replica.Config().ConnConfig
	cfg.RuntimeParams["application_name"] = "external-site live"
	s.Background.Add(background.Job{Name: "live", Run: func(ctx context.Context, started func()) error {
		started()
		hub.Run(ctx, cfg, tracking.Channel, s.Log, nil)
		return nil
	}})
}

// hear hears what changes in the replica, as long as the site is up.
func hear(s *program.Service, replica *pgxpool.Pool) *kept.Changes {
	changes := kept.NewChanges()
	cfg := replica.Config().ConnConfig
	cfg.RuntimeParams["application_name"] = "external-site changes"
	listener := kept.Listener{Changes: changes, Config: cfg, Log: s.Log}
	s.Background.Add(background.Job{Name: "changes of the replica", Run: func(ctx context.Context, started func()) error {
		started()
		listener.Run(ctx)
		return nil
	}})
	return changes
}

// accounts keeps citizens' accounts; nil without a key for them.
func (c Config) accounts(pool *pgxpool.Pool) (*account.Store, error) {
	if c.AccountKey == "" {
		return nil, nil //nolint:nilnil // there are none
	}
	key, err := account.LoadKey(c.AccountKey)
	if err != nil {
		return nil, err
	}
	passkeys, err := account.NewPasskeys(cmp.Or(c.PasskeyOrigin, c.BaseURL))
	if err != nil {
		return nil, err
	}
	return account.NewStore(account.Options{Pool: pool, Key: key, Passkeys: passkeys}), nil
}

// shelf keeps documents of accounts; nil without accounts.
func (c Config) shelf(accounts *account.Store, o own.Options) (*own.Shelf, error) {
	if accounts == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	var err error
	if o.Bucket, err = c.Bucket("cabinet"); err != nil {
		return nil, err
	}
	return own.NewShelf(o), nil
}

// pools keep what reads apart from what may write, and searches apart from pages: each has limits of its own.
type pools struct{ replica, search, submit *pgxpool.Pool }

func openPools(ctx context.Context, s *program.Service, dsn string) (p pools, err error) {
	p.replica, err = s.Pool(ctx, "pages", dsn, pg.Options{
		MaxConns: 16, MinConns: 4, StatementTimeout: 3 * time.Second, ReadOnly: true, ApplicationName: "external-site pages",
		Tracer: kept.Tracer{},
	})
	if err != nil {
		return p, err
	}
	p.search, err = s.Pool(ctx, "search", dsn, pg.Options{
		MaxConns: 4, MinConns: 2, StatementTimeout: 2 * time.Second, ReadOnly: true, ApplicationName: "external-site search",
		Prepare: search.Warm, Tracer: kept.Tracer{},
	})
	if err != nil {
		return p, err
	}
	p.submit, err = s.Pool(ctx, "submissions", dsn, pg.Options{
		MaxConns: 6, StatementTimeout: 5 * time.Second, ApplicationName: "external-site submissions",
	})
	return p, err
}
