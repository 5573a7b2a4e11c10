package replica_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// What the target notes beside the leaves stays: it names one transaction, so it explains no later TRUNCATE.
func TestAMarkKeepsTheNoteOfATruncate(t *testing.T) {
	db := pgtest.Empty(t)
	db.Exec(replica.SchemaSQL)
	db.Exec(`INSERT INTO sync.progress (slot, system_id, timeline, whitelist) VALUES ('s', '1', 1, 'w')`)
	db.Exec(`INSERT INTO sync.tables (slot, name, columns, condition, filter) VALUES ('s', 'public.m', '{id}', '', '')`)
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	for name, tt := range map[string]struct{ stored, mark, want string }{
		"nothing is noted":          {"p 1.2.3", "p 1.4.3", "p 1.4.3"},
		"the same leaves":           {"p 1.2.3 t77", "p 1.2.3", "p 1.2.3 t77"},
		"they have held rows since": {"p 1.2.3 5.6.7+ t77", "p 1.2.3+ 5.6.7+", "p 1.2.3+ 5.6.7+ t77"},
		"in other files":            {"p 1.2.3+ t77", "p 1.4.3+", "p 1.4.3+ t77"},
		"none":                      {"p 1.2.3+ t77", "p", "p t77"},
		"no longer partitioned":     {"p 1.2.3+ t77", "", ""},
		"of an earlier version":     {"p 1.2.3+ t", "p 1.4.3+", "p 1.4.3+ t"},
	} {
		t.Run(name, func(t *testing.T) {
			db.Exec(`UPDATE sync.tables SET leaves = $1`, tt.stored)
			if err := replica.RememberMark(t.Context(), conn, "s", 0, 0, "public.m", wire.Mark{Leaves: tt.mark}); err != nil {
				t.Fatal(err)
			}
			var now string
			if err := db.Pool.QueryRow(t.Context(), `SELECT leaves FROM sync.tables`).Scan(&now); err != nil {
				t.Fatal(err)
			}
			if now != tt.want {
				t.Errorf("%q, then %q: %q is remembered, not %q", tt.stored, tt.mark, now, tt.want)
			}
		})
	}
}
