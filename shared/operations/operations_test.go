package operations_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portal.example/shared/background"
	"portal.example/shared/operations"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func ask(t *testing.T, o *operations.Operations, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	o.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	body, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, string(body)
}

// Health names what is down, is red only for what is needed, and asks at most once in a while.
func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := operations.New("test", quiet())
		var database, scanner error
		asked := 0
		o.Probe("database", func(context.Context) error { asked++; return database })
		o.Mention("scanner", func(context.Context) error { return scanner })
		scanner = errors.New("dial tcp 10.0.0.7: refused")
		for range 3 {
			if code, body := ask(t, o, "/healthz"); code != http.StatusOK || body != `{"database":"ok","scanner":"down"}`+"\n" {
				t.Errorf("%d %s", code, body)
			}
		}
		if asked != 1 {
			t.Errorf("three questions at once asked the database %d times", asked)
		}
		database = errors.New("refused")
		<-time.After(2 * time.Second)
		if code, body := ask(t, o, "/healthz"); code != http.StatusServiceUnavailable || body != `{"database":"down","scanner":"down"}`+"\n" {
			t.Errorf("%d %s", code, body)
		}
		if code, _ := ask(t, o, "/livez"); code != http.StatusOK {
			t.Errorf("livez: %d", code)
		}
	})
}

func TestMetrics(t *testing.T) {
	db := pgtest.Empty(t)
	pool, err := pg.Open(t.Context(), db.DSN, pg.Options{MaxConns: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	conn, err := pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	g := background.New(quiet())
	g.Every("sweep", time.Hour, time.Minute, func(context.Context) error { return nil })
	o := operations.New("test", quiet())
	o.Pool("pages", pool)
	o.Background(g)
	o.Probe("database", func(context.Context) error { return nil }) // not through the pool, whose connections are counted
	code, body := ask(t, o, "/metrics")
	if code != http.StatusOK {
		t.Fatalf("%d %s", code, body)
	}
	for _, line := range []string{
		`portal_pool_connections_busy{pool="pages"} 1`, `portal_pool_connections_max{pool="pages"} 3`,
		`portal_background_working{part="sweep"} 0`, `portal_background_failures_total{part="sweep"} 0`,
		`portal_probe_up{probe="database"} 1`, `portal_healthy 1`, `portal_build_info{`,
	} {
		if !strings.Contains(body, "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
}
