package main

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/opendata"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/signatures"
	"portal.example/internal-site/internal/surveys"
	"portal.example/internal-site/internal/trail"
	"portal.example/internal-site/internal/web"
	"portal.example/shared/background"
	"portal.example/shared/live"
	"portal.example/shared/pg"
	"portal.example/shared/program"
	sharedweb "portal.example/shared/web"
)

func newServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the staff pages",
		Long: "Serves the staff pages on `listen` until it is told to stop. It starts even while the database or the\n" +
			"object store is away and says so on /healthz of `operations.listen`, where /metrics are too.",
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
	return program.Run(cmd.Context(), "internal-site", c.Operations, c.build)
}

// build puts the staff site together.
func (c Config) build(ctx context.Context, s *program.Service) error {
	pool, err := s.Pool(ctx, "pages", c.Database.DSN, pg.Options{MaxConns: 12, ApplicationName: "internal-site"})
	if err != nil {
		return err
	}
	s.Operations.Probe("database", pool.Ping)
	files, err := c.Bucket("documents")
	if err != nil {
		return err
	}
	quarantine, err := c.Bucket("quarantine")
	if err != nil {
		return err
	}
	keys, err := c.SecondFactor.keys()
	if err != nil {
		return err
	}
	passkeys, err := c.passkeys()
	if err != nil {
		return err
	}
	if passkeys == nil {
		s.Log.Warn("passkeys are off: base_url is not https with a name, and second_factor.passkeys.origin is not set")
	}
	there, err := c.Provider.open(c.BaseURL)
	if err != nil {
		return err
	}
	acts, err := c.Rada.open()
	if err != nil {
		return err
	}
	signed := signatures.New(signatures.NewStore(pool), documents.NewVault(files, quarantine, nil), c.Signatures.Trust, s.Log)
	if _, _, err := signed.Trust(); err != nil {
		return err
	}
	hub := c.Live.Hub()
	site, err := web.New(web.Config{
		Live:       hub,
		Signed:     signed,
		FactorKeys: keys, Passkeys: passkeys, Provider: there, FollowsActs: acts != nil,
		Pool: pool, Documents: files, Quarantine: quarantine, Scanner: c.Scanner.open(s), Converter: c.Preview.open(s), PublicURL: c.PublicURL, TLS: c.TLS(),
		TrustedProxies: c.TrustedProxies, Log: s.Log, Metrics: s.Operations.Registry(),
	})
	if err != nil {
		return err
	}
	if err := c.Audit.follow(s, trail.NewStore(pool)); err != nil {
		return err
	}
	watchQueue(s, intake.NewQueue(pool))
	watchNotices(s, pool)
	desk := cases.NewStore(pool)
	s.Background.Every("replies of applicants", 2*time.Second, time.Minute, func(ctx context.Context) error {
		_, err := desk.TakeReplies(ctx)
		return err
	})
	register := catalogue.NewStore(pool)
	s.Background.Every("templates that nothing names", time.Hour, 10*time.Minute, func(ctx context.Context) error {
		return errors.Join(register.DropTemplates(ctx, audit.System("internal-site")), documents.SweepTemplates(ctx, pool, files, time.Now()))
	})
	s.Background.Every("data that was kept long enough", time.Hour, 30*time.Minute, retention.NewKeeper(pool, kept.Site, retention.Kinds(files, quarantine)).Tidy)
	s.Background.Every("signatures that came in", 10*time.Second, 5*time.Minute, signed.Follow)
	terms := cases.NewStore(pool)
	s.Background.Every("silence that counts as consent", 10*time.Minute, 5*time.Minute, func(ctx context.Context) error {
		_, err := terms.FlagTacit(ctx)
		return err
	})
	s.Background.Every("results that nobody collects", 10*time.Minute, 5*time.Minute, func(ctx context.Context) error {
		_, err := terms.FollowStorage(ctx)
		return err
	})
	if err := longWork(s, pool, files); err != nil {
		return err
	}
	sets := opendata.NewStore(pool, files)
	s.Background.Every("open data", 5*time.Second, 90*time.Minute, sets.Make)
	s.Background.Every("open data that are old", time.Hour, 10*time.Minute, sets.Sweep)
	s.Background.Every("figures of surveys", 10*time.Second, 5*time.Minute, surveys.NewStore(pool).Count)
	s.Background.Every("times of appointments", 5*time.Second, 5*time.Minute, reception.NewStore(pool).Follow)
	s.Background.Every("times that pass", time.Minute, 5*time.Minute, reception.NewStore(pool).PassTime)
	s.Background.Every("waits in halls", 15*time.Second, 5*time.Minute, reception.NewStore(pool).TellWaits)
	s.Background.Every("reminders of appointments", time.Minute, 5*time.Minute, reception.NewStore(pool).Remind)
	s.Background.Every("recounts of terms", 5*time.Second, 5*time.Minute, terms.RecountSome)
	s.Background.Every("figures of cases", 5*time.Second, 5*time.Minute, terms.MeasureSome)
	if acts != nil {
		library := law.NewStore(pool)
		s.Background.Every("editions of acts", 2*time.Second, law.FollowLimit, func(ctx context.Context) error { return library.FollowOne(ctx, acts, acts.Pause()) })
	}
	s.Background.Add(sharedweb.Job("pages", sharedweb.ServeConfig{Addr: c.Listen}, site.Engine()))
	listen(s, hub, pool) // stopped before the pages, which wait for the streams that it ends
	return nil
}

// listen tells open pages of what changes in halls. Its connection is one of its own: a pool's would be waited for.
func listen(s *program.Service, hub *live.Hub, pool *pgxpool.Pool) {
	cfg := pool.Config().ConnConfig
	cfg.RuntimeParams["application_name"] = "internal-site live"
	s.Background.Add(background.Job{Name: "live", Run: func(ctx context.Context, started func()) error {
		started()
		hub.Run(ctx, cfg, reception.Channel, s.Log, nil)
		return nil
	}})
}
