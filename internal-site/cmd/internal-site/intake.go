package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/kept"
	"portal.example/internal-site/internal/notices/follow"
	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/retention"
	"portal.example/internal-site/internal/surveys"
	"portal.example/shared/background"
	"portal.example/shared/blob"
	"portal.example/shared/config"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/operations"
	"portal.example/shared/pg"
	"portal.example/shared/program"
	"portal.example/shared/seal"
)

// IntakeConfig is intake.yaml: the only configuration that names a private key. Environment variables override it:
// PORTAL_INTAKE_DATABASE__DSN and so on.
type IntakeConfig struct {
	// Listen is host:port of /healthz and /metrics, with a host that only operators reach; "" serves none.
	Listen   string         `koanf:"listen"`
	Database IntakeDatabase `koanf:"database"`
	// Objects is the object store of this node; only the bucket quarantine is used.
	Objects blob.Config `koanf:"objects"`
	// SealKey is the file with the private key that the public site seals to.
	SealKey string `koanf:"seal_key"`
	// OldSealKeys are private keys of before, for messages that were sealed before the change.
	OldSealKeys []string      `koanf:"old_seal_keys"`
	Scanner     ScannerConfig `koanf:"scanner"`
	// Workers is how many submissions are handled at once; 2 when zero.
	Workers int `koanf:"workers"`
	// Allowance is how many submissions of a kind are taken by themselves in an hour for one centre or authority, by
	// kind: {application: 100, question: 100}. The rest waits in the queue of staff, who let it through or close it. A
	// kind that is not named has 100; follow, which goes to no place, has 5000 for the whole region.
	Allowance map[string]int `koanf:"allowance"`
}

// handlers are the domains that take submissions, one for each kind of shared/contract.
func handlers() []intake.Handler {
	return []intake.Handler{cases.NewIntake(), cases.IntakeReplies{}, questions.NewIntake(), checks.NewIntake(), surveys.NewIntake(), reception.NewIntake(), follow.NewIntake()}
}

// IntakeDatabase says where the internal PostgreSQL is, with the role intake.
type IntakeDatabase struct {
	DSN string `koanf:"dsn"`
}

func newIntake() *cobra.Command {
	return &cobra.Command{
		Use:   "intake",
		Short: "Open sealed submissions and hand them to their domain",
		Long: "Runs the intake worker until it is told to stop. It needs a configuration of its own (--config intake.yaml),\n" +
			"as it is the only process that may hold the private key. It starts even while its neighbours are away.",
		Args: cobra.NoArgs,
		RunE: runIntake,
	}
}

func loadIntake(cmd *cobra.Command) (IntakeConfig, error) {
	path, err := cmd.Flags().GetString("config")
	if err != nil {
		return IntakeConfig{}, err
	}
	if !cmd.Flags().Changed("config") {
		path = "intake.yaml"
	}
	var c IntakeConfig
	if err := config.Load(path, "PORTAL_INTAKE", &c); err != nil {
		return c, err
	}
	switch {
	case c.Database.DSN == "":
		return c, fault.Usagef("configuration %s: database.dsn is missing", path)
	case c.Objects.Endpoint == "":
		return c, fault.Usagef("configuration %s: objects.endpoint is missing", path)
	case c.SealKey == "":
		return c, fault.Usagef("configuration %s: seal_key is missing: the file with the private key", path)
	case !knownKinds(c.Allowance):
		return c, fault.Usagef("configuration %s: allowance names kinds and numbers above 0; the kinds are %s", path, strings.Join(contract.Kinds(), ", "))
	case c.Workers < 0 || c.Workers > 16:
		return c, fault.Usagef("configuration %s: workers must be 0 to 16", path)
	}
	return c, operations.CheckAddress("configuration "+path+": listen", c.Listen)
}

func knownKinds(allowance map[string]int) bool {
	for kind, n := range allowance {
		if !slices.Contains(contract.Kinds(), kind) || n <= 0 {
			return false
		}
	}
	return true
}

func runIntake(cmd *cobra.Command, _ []string) error {
	c, err := loadIntake(cmd)
	if err != nil {
		return err
	}
	return program.Run(cmd.Context(), "intake", operations.Config{Listen: c.Listen}, c.build)
}

// build puts the worker together. Without the database nothing can be done; without the scanner messages only wait for it.
func (c IntakeConfig) build(ctx context.Context, s *program.Service) error {
	keys, err := seal.LoadKeyring(append([]string{c.SealKey}, c.OldSealKeys...)...)
	if err != nil {
		return err
	}
	pool, err := s.Pool(ctx, "intake", c.Database.DSN, pg.Options{ApplicationName: "internal-site intake"})
	if err != nil {
		return err
	}
	s.Operations.Probe("database", pool.Ping)
	c.Objects.Bucket = "quarantine"
	quarantine, err := blob.Open(c.Objects)
	if err != nil {
		return err
	}
	o := intake.Options{
		Store: intake.NewStore(pool), Quarantine: quarantine, Keys: keys, Handlers: handlers(), Log: s.Log, Workers: c.Workers, Allowance: c.Allowance,
		OnDone: countDone(s), Scanner: c.Scanner.open(s),
	}
	s.Log.Info("intake runs", "keys", len(keys))
	s.Background.Add(background.Job{Name: "intake worker", Run: func(ctx context.Context, started func()) error {
		started()
		return intake.New(o).Run(ctx)
	}})
	s.Background.Every("data that was kept long enough", time.Hour, 30*time.Minute, retention.NewKeeper(pool, kept.Intake, retention.Kinds(nil, quarantine)).Tidy)
	s.Background.Every("files of checks that were kept long enough", time.Hour, 10*time.Minute, checks.NewKeeper(checks.NewKeeperStore(pool), quarantine).Tidy)
	return nil
}
