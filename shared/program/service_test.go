package program_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/background"
	"portal.example/shared/fault"
	"portal.example/shared/operations"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/program"
)

// A service serves what operators see while its parts work; a part that fails ends it with the part's name, and pools are closed
// behind it.
func TestRunEndsWithItsParts(t *testing.T) {
	db := pgtest.Empty(t)
	address := freeAddress(t)
	var pool *pgxpool.Pool
	err := program.Run(t.Context(), "test", operations.Config{Listen: address}, func(ctx context.Context, s *program.Service) (err error) {
		if pool, err = s.Pool(ctx, "pages", db.DSN, pg.Options{}); err != nil {
			return err
		}
		s.Operations.Probe("database", pool.Ping)
		s.Background.Add(background.Job{Name: "worker", Run: func(_ context.Context, started func()) error {
			started()
			resp, err := http.Get("http://" + address + "/healthz") //nolint:noctx // the test's own server
			if err != nil {
				return err
			}
			defer func() { _ = resp.Body.Close() }()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("health: %s", resp.Status)
			}
			return errors.New("no disk")
		}})
		return nil
	})
	if err == nil || err.Error() != "worker: no disk" {
		t.Errorf("got %v", err)
	}
	if err := pool.Ping(t.Context()); err == nil {
		t.Error("the pool is open still")
	}
	if conn, err := net.Dial("tcp", address); err == nil { //nolint:noctx // is refused at once
		_ = conn.Close()
		t.Error("somebody listens still")
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // at once
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// What both sites refuse in a configuration, in one line and as wrong usage.
func TestSiteCheck(t *testing.T) {
	good := program.Site{Listen: "127.0.0.1:8080", BaseURL: "https://portal.example"}
	good.Database.DSN, good.Objects.Endpoint = "postgres://x@127.0.0.1/portal", "127.0.0.1:9000"
	if err := good.Check(); err != nil {
		t.Errorf("a good one: %v", err)
	}
	for want, change := range map[string]func(*program.Site){
		"database.dsn is missing":              func(s *program.Site) { s.Database.DSN = "" },
		"database address cannot be read":      func(s *program.Site) { s.Database.OwnerDSN = "postgres://:::" },
		"objects.endpoint is missing":          func(s *program.Site) { s.Objects.Endpoint = "" },
		`listen "8080" must be host:port`:      func(s *program.Site) { s.Listen = "8080" },
		`listen "" must be host:port`:          func(s *program.Site) { s.Listen = "" },
		`operations.listen "x" must be`:        func(s *program.Site) { s.Operations.Listen = "x" },
		"would answer on every network":        func(s *program.Site) { s.Operations.Listen = ":9311" },
		"must be another address than listen":  func(s *program.Site) { s.Operations.Listen = s.Listen },
		"must begin with http:// or https://":  func(s *program.Site) { s.BaseURL = "portal.example" },
		`base_url "https://portal.example/" m`: func(s *program.Site) { s.BaseURL += "/" },
	} {
		s := good
		change(&s)
		err := s.Check()
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || fault.ExitCode(err) != fault.ExitUsage {
			t.Errorf("%s: got %v", want, err)
		}
	}
}
