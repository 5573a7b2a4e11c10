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
	"portal.example/syncer/internal/publisher"
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

// makeSlot makes a slot that goes with the test.
func makeSlot(t *testing.T, db *pgtest.Database, name string) {
	t.Helper()
	admin(t, db, fmt.Sprintf("SELECT pg_create_logical_replication_slot('%s', 'pgoutput')", name))
	t.Cleanup(func() {
		conn, err := pgx.Connect(context.Background(), db.AdminDSN())
		if err == nil {
			_, err = conn.Exec(context.Background(), "SELECT pg_drop_replication_slot($1)", name)
			_ = conn.Close(context.Background())
		}
		if err != nil {
			t.Error(err)
		}
	})
}

// TestObserverTellsOfTheJoinsSlot: log that is kept for a table which joins counts as that of the replica's slot does, and so does
// how little is left of its room. A slot of another replica, whatever its name begins with, does not.
func TestObserverTellsOfTheJoinsSlot(t *testing.T) {
	t.Parallel()
	c := pgtest.New(t, pgtest.Options{Settings: map[string]string{"wal_level": "logical", "max_slot_wal_keep_size": "1GB"}})
	db := c.Database(t)
	makeSlot(t, db, publisher.JoinSlot("other", "public.b"))
	admin(t, db, `SELECT pg_switch_wal(); CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)`)
	makeSlot(t, db, publisher.JoinSlot("s", "public.b"))
	admin(t, db, `SELECT pg_switch_wal(); INSERT INTO filler SELECT repeat('x', 1000) FROM generate_series(1, 20000)`)
	makeSlot(t, db, "s")
	conn, err := pgx.Connect(t.Context(), db.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	join, err := publisher.ReadSlot(t.Context(), conn, publisher.JoinSlot("s", "public.b"))
	if err != nil {
		t.Fatal(err)
	}
	main, err := publisher.ReadSlot(t.Context(), conn, "s")
	if err != nil || main.Retained >= join.Retained || main.Safe <= join.Safe {
		t.Fatalf("the slots are %+v and %+v: %v", main, join, err)
	}
	o := &Observer{Config: &config.Config{}, Live: NewLive(time.Second)}
	o.Config.Source.Slot = "s"
	if err := o.lookAtSource(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
	_, text := get(t, o.Live, "/metrics")
	var retained, safe float64
	for line := range strings.Lines(text) {
		_, _ = fmt.Sscanf(line, "syncer_slot_retained_bytes %g", &retained)
		_, _ = fmt.Sscanf(line, "syncer_slot_safe_bytes %g", &safe)
	}
	const slack = 5 << 20 // what the server writes by itself between the looks
	if retained < float64(join.Retained) || retained > float64(join.Retained+slack) || safe > float64(join.Safe) || safe < float64(join.Safe-slack) {
		t.Errorf("says that %.0f bytes are kept and %.0f are left, but the join's slot is %+v", retained, safe, join)
	}
}

// What no stream tells is asked for while the unit runs, as often as the reader's health needs it.
func TestObserver(t *testing.T) {
	from, to := pgtest.Source(t), pgtest.EmptyApart(t)
	makeSlot(t, from, from.Name)
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
