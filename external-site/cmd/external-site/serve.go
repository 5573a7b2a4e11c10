package main

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"portal.example/external-site/internal/search"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/logs"
	"portal.example/shared/pg"
	sharedweb "portal.example/shared/web"
)

func newServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the citizens' pages",
		Long: "Serves the citizens' pages on `listen` until it is told to stop. It starts even while the database or\n" +
			"the object store is away and says so on /healthz; replication may be set up later.",
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
	ctx, log := cmd.Context(), logs.New(os.Stderr, slog.LevelInfo)
	slog.SetDefault(log)
	p, err := openPools(ctx, c.Database.DSN)
	if err != nil {
		return err
	}
	defer p.close()
	documents, err := openBucket(c, "documents")
	if err != nil {
		return err
	}
	inbound, err := openBucket(c, "inbound")
	if err != nil {
		return err
	}
	scrubber := submission.NewScrubber()
	site, err := web.New(web.Config{
		Replica: p.replica, Search: p.search, Submit: p.submit, Documents: documents, Inbound: inbound, Sent: scrubber.Soon,
		SealKey: c.SealKey, BaseURL: c.BaseURL, TrustedProxies: c.TrustedProxies, Log: log,
	})
	if err != nil {
		return err
	}
	listener, err := sharedweb.Listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	cleaner := submission.Cleaner{Store: submission.NewStore(p.submit), Bucket: inbound, Log: log}
	defer inBackground(ctx, cleaner.Run, scrubber.Run)()
	log.InfoContext(ctx, "external-site listens", "address", c.Listen)
	return sharedweb.ServeOn(ctx, listener, sharedweb.ServeConfig{}, site.Engine())
}

// inBackground starts work that goes on while the site serves. What it returns ends the work and waits for it, so that
// nothing uses a pool that is closed.
func inBackground(ctx context.Context, work ...func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	for _, w := range work {
		running.Go(func() { w(ctx) })
	}
	return func() { cancel(); running.Wait() }
}

// pools keep what reads apart from what may write, and searches apart from pages: each has limits of its own.
type pools struct{ replica, search, submit *pgxpool.Pool }

func openPools(ctx context.Context, dsn string) (p pools, err error) {
	defer func() {
		if err != nil {
			p.close()
		}
	}()
	p.replica, err = pg.Open(ctx, dsn, pg.Options{
		MaxConns: 16, MinConns: 4, StatementTimeout: 3 * time.Second, ReadOnly: true, ApplicationName: "external-site pages",
	})
	if err != nil {
		return p, err
	}
	p.search, err = pg.Open(ctx, dsn, pg.Options{
		MaxConns: 4, MinConns: 2, StatementTimeout: 2 * time.Second, ReadOnly: true, ApplicationName: "external-site search",
		Prepare: search.Warm,
	})
	if err != nil {
		return p, err
	}
	p.submit, err = pg.Open(ctx, dsn, pg.Options{
		MaxConns: 6, StatementTimeout: 5 * time.Second, ApplicationName: "external-site submissions",
	})
	return p, err
}

func (p pools) close() {
	for _, pool := range []*pgxpool.Pool{p.replica, p.search, p.submit} {
		if pool != nil {
			pool.Close()
		}
	}
}

func openBucket(c Config, name string) (*blob.Bucket, error) {
	o := c.Objects
	o.Bucket = name
	return blob.Open(o)
}

// check refuses a configuration with which the pages cannot be served.
func (c Config) check() error {
	switch {
	case c.Database.DSN == "":
		return fault.Usagef("configuration: database.dsn is missing")
	case c.Objects.Endpoint == "":
		return fault.Usagef("configuration: objects.endpoint is missing")
	case c.BaseURL == "":
		return fault.Usagef("configuration: base_url is missing: the address under which people reach this site")
	case !strings.HasPrefix(c.BaseURL, "http://") && !strings.HasPrefix(c.BaseURL, "https://"):
		return fault.Usagef("configuration: base_url %q must begin with http:// or https://", c.BaseURL)
	case strings.HasSuffix(c.BaseURL, "/"):
		return fault.Usagef("configuration: base_url %q must not end with a slash", c.BaseURL)
	}
	return nil
}
