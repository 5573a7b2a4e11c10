package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/notices/mail"
	"portal.example/internal-site/internal/notices/sms"
	"portal.example/internal-site/internal/retention"
	"portal.example/shared/background"
	"portal.example/shared/config"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/operations"
	"portal.example/shared/pg"
	"portal.example/shared/program"
)

// NoticesConfig is notices.yaml: the only configuration that holds credentials of mail and SMS. Environment variables
// override it: PORTAL_NOTICES_DATABASE__DSN and so on.
type NoticesConfig struct {
	// Listen is host:port of /healthz and /metrics, with a host that only operators reach; "" serves none.
	Listen   string          `koanf:"listen"`
	Database NoticesDatabase `koanf:"database"`
	// PublicURL is the address of the public site, for links; without it notices name the centre only.
	PublicURL string `koanf:"public_url"`
	// Email says through which mail server letters leave; without a server none do.
	Email mail.Config `koanf:"email"`
	// SMS says through which SMS centre short messages leave; without a server none do.
	SMS sms.Config `koanf:"sms"`
	// PerDay is how many notices one address gets in a day; the others wait for the next morning. 10 when zero.
	PerDay int `koanf:"per_day"`
	// Workers is how many notices are sent at once; 2 when zero.
	Workers int `koanf:"workers"`
}

// NoticesDatabase says where the internal PostgreSQL is, with the role notices.
type NoticesDatabase struct {
	DSN string `koanf:"dsn"`
}

func newNotices() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notices",
		Short: "Tell applicants by e-mail and SMS how their cases go, and staff in the morning what waits",
		Long: "Runs the notices worker until it is told to stop. It needs a configuration of its own (--config notices.yaml), as it\n" +
			"is the only process that may hold the credentials of the mail server and the SMS centre. It starts even while its\n" +
			"neighbours are away.",
		Args: cobra.NoArgs,
		RunE: runNotices,
	}
	cmd.AddCommand(&cobra.Command{
		Use: "validate", Short: "Check the configuration of the notices worker and exit", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := loadNotices(cmd)
			return err
		},
	})
	return cmd
}

func loadNotices(cmd *cobra.Command) (NoticesConfig, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return NoticesConfig{}, err
	}
	if !cmd.Flags().Changed("config") {
		path = "notices.yaml"
	}
	var c NoticesConfig
	if err := config.Load(path, "PORTAL_NOTICES", &c); err != nil {
		return c, err
	}
	if err := c.check(); err != nil {
		return c, fault.Usagef("configuration %s: %w", path, err)
	}
	return c, operations.CheckAddress("configuration "+path+": listen", c.Listen)
}

// check refuses a configuration with which nothing could be sent.
func (c NoticesConfig) check() error {
	if c.Database.DSN == "" {
		return fault.Usagef("database.dsn is missing")
	}
	if c.Workers < 0 || c.Workers > 16 || c.PerDay < 0 {
		return fault.Usagef("workers must be 0 to 16, per_day at least 0")
	}
	if err := program.CheckURL("public_url", c.PublicURL); err != nil {
		return err
	}
	if c.Email.Server != "" {
		if _, err := mail.New(c.Email); err != nil {
			return err
		}
	}
	if c.SMS.Server != "" {
		if _, err := sms.New(c.SMS, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

func runNotices(cmd *cobra.Command, _ []string) error {
	c, err := loadNotices(cmd)
	if err != nil {
		return err
	}
	return program.Run(cmd.Context(), "notices", operations.Config{Listen: c.Listen}, c.build)
}

// build puts the worker together. A channel without a server is left out, and what would need it is said not to arrive.
func (c NoticesConfig) build(ctx context.Context, s *program.Service) error {
	pool, err := s.Pool(ctx, "notices", c.Database.DSN, pg.Options{ApplicationName: "internal-site notices"})
	if err != nil {
		return err
	}
	s.Operations.Probe("database", pool.Ping)
	words, err := locale.Load(notices.Words)
	if err != nil {
		return err
	}
	store := notices.NewStore(pool)
	channels, err := c.channels(s, store)
	if err != nil {
		return err
	}
	w := notices.New(notices.Options{
		Store: store, Writer: notices.Writer{Words: words, PublicURL: c.PublicURL}, Channels: channels, Log: s.Log,
		PerDay: c.PerDay, Workers: c.Workers, OnDone: countNotices(s),
	})
	s.Log.Info("notices run", "email", c.Email.Server != "", "sms", c.SMS.Server != "")
	s.Background.Every("interrupted notices", time.Minute, time.Minute, w.Tend)
	s.Background.Every("data that was kept long enough", time.Hour, 30*time.Minute, retention.NewKeeper(pool, kept.Notices, retention.Kinds(nil, nil)).Tidy)
	s.Background.Every("letters to staff", time.Minute, 30*time.Minute, w.SendDigests)
	s.Background.Add(background.Job{Name: "notices worker", Run: func(ctx context.Context, started func()) error {
		started()
		return w.Run(ctx)
	}})
	return nil
}

// channels opens those that have a server.
func (c NoticesConfig) channels(s *program.Service, store *notices.Store) (map[notices.ChannelName]notices.Channel, error) {
	channels := map[notices.ChannelName]notices.Channel{}
	if c.Email.Server != "" {
		letters, err := mail.New(c.Email)
		if err != nil {
			return nil, err
		}
		channels[notices.Email] = letters
	}
	if c.SMS.Server != "" {
		shorts, err := sms.New(c.SMS, store.Arrived, s.Log)
		if err != nil {
			return nil, err
		}
		channels[notices.SMS] = shorts
		s.Operations.Mention("sms", shorts.Bound)
		s.Background.Add(background.Job{Name: "session with the SMS centre", Run: func(ctx context.Context, started func()) error {
			started()
			return shorts.Run(ctx)
		}})
	}
	return channels, nil
}

// countNotices counts what became of each attempt.
func countNotices(s *program.Service) func(notices.ChannelName, notices.State) {
	done := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "portal_notices_attempts_total", Help: "Attempts to tell an applicant, by channel and what became of them: sent, waiting (to be tried again), failed, unknown, dropped.",
	}, []string{"channel", "outcome"})
	s.Operations.Registry().MustRegister(done)
	return func(channel notices.ChannelName, outcome notices.State) {
		done.WithLabelValues(string(channel), string(outcome)).Inc()
	}
}
