package status

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/replica"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func admin(t *testing.T, db *pgtest.Database, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), db.AdminDSN())
	if err == nil {
		_, err = conn.Exec(t.Context(), sql)
		_ = conn.Close(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What no stream tells is asked for while the unit runs, as often as the reader's health needs it.
func TestObserver(t *testing.T) {
	from, to := pgtest.Empty(t), pgtest.Empty(t)
	admin(t, from, fmt.Sprintf("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')", from.Name))
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), from.AdminDSN())
		if err == nil {
			_, err = conn.Exec(context.Background(), "SELECT pg_drop_replication_slot($1)", from.Name)
			_ = conn.Close(context.Background())
		}
		if err != nil {
			t.Error(err)
		}
	})
	admin(t, to, replica.SchemaSQL)
	admin(t, to, fmt.Sprintf(`INSERT INTO sync.progress (slot, system_id, timeline, whitelist) VALUES ('%[1]s', '1', 1, '');
		INSERT INTO sync.tables (slot, name, columns, condition, filter, state) VALUES ('%[1]s', 'public.a', '{a}', '', '', 'ready'), ('%[1]s', 'public.b', '{a}', '', '', 'joining');
		INSERT INTO sync.objects (key, sha256, state) VALUES ('a', '', 'failed')`, from.Name))
	c := &config.Config{StaleAfter: 3 * time.Second, Documents: &config.Documents{}}
	c.Source.DSN, c.Source.Slot, c.Target.DSN = from.AdminDSN(), from.Name, to.AdminDSN()
	live := NewLive(c.StaleAfter)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&Observer{Config: c, Live: live, Log: slog.New(slog.DiscardHandler), Reads: true}).Run(ctx)
	}()
	wants := []string{
		`syncer_tables{state="ready"} 1`, `syncer_tables{state="joining"} 1`, `syncer_objects{state="failed"} 1`,
		`syncer_slot_status{status="reserved"} 1`, "syncer_slot_safe_bytes -1",
	}
	missing := func() (lacks []string) {
		_, text := get(t, live, "/metrics")
		for _, want := range wants {
			if !strings.Contains(text, want) {
				lacks = append(lacks, want)
			}
		}
		return lacks
	}
	awaittest.Until(t, "all metrics are there", func() bool {
		select {
		case <-done:
			t.Fatal("it ended by itself")
		default:
		}
		return len(missing()) == 0
	}, func() string { return fmt.Sprintf("metrics lack %q", missing()) })
	if h := live.Health(); h.Heard != nil || h.Applied == "" {
		t.Errorf("a slot that nobody reads is no sign of life, but says what is confirmed: %+v", h)
	}
	cancel()
	<-done
}
