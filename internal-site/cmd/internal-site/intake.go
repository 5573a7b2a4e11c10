package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/scan"
	"portal.example/shared/blob"
	"portal.example/shared/config"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/logs"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
	sharedweb "portal.example/shared/web"
)

// IntakeConfig is intake.yaml: the only configuration that names a private key. Environment variables override it:
// PORTAL_INTAKE_DATABASE__DSN and so on.
type IntakeConfig struct {
	// Listen is host:port of /healthz; "" serves none.
	Listen   string         `koanf:"listen"`
	Database IntakeDatabase `koanf:"database"`
	// Objects is the object store of this node; only the bucket quarantine is used.
	Objects blob.Config `koanf:"objects"`
	// SealKey is the file with the private key that the public site seals to.
	SealKey string `koanf:"seal_key"`
	// OldSealKeys are private keys of before, for messages that were sealed before the change.
	OldSealKeys []string `koanf:"old_seal_keys"`
	Scanner     struct {
		// Address of clamd, host:port or the path of a socket. "" means that this node has no scanner: attachments are
		// then marked as not scanned.
		Address string `koanf:"address"`
	} `koanf:"scanner"`
	// Workers is how many submissions are handled at once; 2 when zero.
	Workers int `koanf:"workers"`
	// Allowance is how many submissions of a kind are taken by themselves in an hour for one centre or authority, by
	// kind: {application: 100, question: 100}. The rest waits in the queue of staff, who let it through or close it. A
	// kind that is not named has 100.
	Allowance map[string]int `koanf:"allowance"`
}

// handlers are the domains that take submissions, one for each kind of shared/contract.
func handlers() []intake.Handler {
	return []intake.Handler{cases.NewIntake()}
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
	return c, nil
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
	ctx, log := cmd.Context(), logs.New(os.Stderr, slog.LevelInfo)
	slog.SetDefault(log)
	keys, err := seal.LoadKeyring(append([]string{c.SealKey}, c.OldSealKeys...)...)
	if err != nil {
		return err
	}
	pool, err := pg.Open(ctx, c.Database.DSN, pg.Options{ApplicationName: "internal-site intake"})
	if err != nil {
		return err
	}
	defer pool.Close()
	c.Objects.Bucket = "quarantine"
	quarantine, err := blob.Open(c.Objects)
	if err != nil {
		return err
	}
	o := intake.Options{
		Store: intake.NewStore(pool), Quarantine: quarantine, Keys: keys, Handlers: handlers(), Log: log, Workers: c.Workers, Allowance: c.Allowance,
	}
	var scanner *scan.Clamd
	if c.Scanner.Address != "" {
		scanner = scan.New(c.Scanner.Address)
		o.Scanner = scanner
	} else {
		log.Warn("no malware scanner is configured; attachments are marked as not scanned")
	}
	log.Info("intake runs", "keys", len(keys), "health", c.Listen)
	return serveIntake(ctx, c.Listen, intake.New(o), intakeHealth(pool, scanner))
}

// serveIntake runs the worker beside its health page; the end of either ends both.
func serveIntake(ctx context.Context, listen string, w *intake.Worker, health http.Handler) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	served := make(chan error, 1)
	if listen == "" {
		close(served)
	} else {
		go func() {
			defer stop()
			served <- sharedweb.Serve(ctx, sharedweb.ServeConfig{Addr: listen}, health)
		}()
	}
	err := w.Run(ctx)
	stop()
	return errors.Join(err, <-served)
}

// intakeHealth answers /healthz: red without the database, as nothing can be done then. A scanner that is away is
// named, but messages only wait for it.
func intakeHealth(pool *pgxpool.Pool, scanner *scan.Clamd) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		status, database := http.StatusOK, "up"
		if err := pool.Ping(ctx); err != nil {
			status, database = http.StatusServiceUnavailable, "down"
		}
		malware := "none"
		if scanner != nil {
			if malware = "up"; scanner.Ping(ctx) != nil {
				malware = "down"
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, "{\"database\":%q,\"scanner\":%q}\n", database, malware)
	})
	return mux
}
