package main

import (
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/web"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/logs"
	"portal.example/shared/pg"
	sharedweb "portal.example/shared/web"
)

func newServe() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve the staff pages",
		Long: "Serves the staff pages on `listen` until it is told to stop. It starts even while the database or the\n" +
			"object store is away and says so on /healthz.",
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
	pool, err := pg.Open(ctx, c.Database.DSN, pg.Options{MaxConns: 12, ApplicationName: "internal-site"})
	if err != nil {
		return err
	}
	defer pool.Close()
	files, err := openBucket(c, "documents")
	if err != nil {
		return err
	}
	quarantine, err := openBucket(c, "quarantine")
	if err != nil {
		return err
	}
	site, err := web.New(web.Config{
		Pool: pool, Documents: files, Quarantine: quarantine, PublicURL: c.PublicURL,
		TLS: strings.HasPrefix(c.BaseURL, "https://"), TrustedProxies: c.TrustedProxies, Log: log,
	})
	if err != nil {
		return err
	}
	log.InfoContext(ctx, "internal-site listens", "address", c.Listen)
	return sharedweb.Serve(ctx, sharedweb.ServeConfig{Addr: c.Listen}, site.Engine())
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
	case c.BaseURL != "" && !strings.HasPrefix(c.BaseURL, "http://") && !strings.HasPrefix(c.BaseURL, "https://"):
		return fault.Usagef("configuration: base_url %q must begin with http:// or https://", c.BaseURL)
	case c.PublicURL != "" && !strings.HasPrefix(c.PublicURL, "http://") && !strings.HasPrefix(c.PublicURL, "https://"):
		return fault.Usagef("configuration: public_url %q must begin with http:// or https://", c.PublicURL)
	}
	return nil
}
