package swap_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
)

// shadowed is a replicated table in state joining, and its shadow.
type shadowed struct {
	t      *testing.T
	db     *pgtest.Database
	conn   *pgx.Conn
	shadow *swap.Shadow
}

func newShadowed(t *testing.T, table, ddl string, columns ...string) *shadowed {
	t.Helper()
	return newShadowedIn(t, pgtest.Empty(t), table, ddl, columns...)
}

func newShadowedIn(t *testing.T, db *pgtest.Database, table, ddl string, columns ...string) *shadowed {
	t.Helper()
	db.Exec(replica.SchemaSQL)
	db.Exec(swap.ShadowSQL)
	db.Exec(ddl)
	db.Exec(`INSERT INTO sync.progress (slot, system_id, timeline, whitelist, epoch) VALUES ('s', '1', 1, '', 7);
		INSERT INTO sync.tables (slot, name, columns, condition, filter, state) VALUES ('s', 'public.` + table + `', '{}', '', '', 'joining')`)
	conn, err := replica.Connect(t.Context(), db.DSN, "test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	s, err := swap.NewShadow(t.Context(), conn, "s", "public", table, columns)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Make(t.Context(), conn); err != nil {
		t.Fatal(err)
	}
	return &shadowed{t, db, conn, s}
}

func (x *shadowed) exec(sql string) {
	x.t.Helper()
	x.db.Exec(strings.ReplaceAll(sql, "SHADOW", x.shadow.SQL()))
}

func (x *shadowed) rows(of string) []string {
	x.t.Helper()
	rows, err := x.conn.Query(x.t.Context(), "SELECT row_::text FROM (SELECT * FROM "+of+" AS of_) AS row_ ORDER BY 1")
	if err != nil {
		x.t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		x.t.Fatal(err)
	}
	return all
}

func (x *shadowed) swap(joined bool, between string) swap.Changed {
	x.t.Helper()
	if err := x.shadow.Index(x.t.Context(), x.conn); err != nil {
		x.t.Fatal(err)
	}
	swap := swap.NewSwap(x.conn, x.shadow, 7, joined)
	defer swap.Close()
	if err := swap.Begin(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
	if between != "" {
		x.exec(between)
	}
	changed, err := swap.Finish(x.t.Context(), 1)
	if err != nil {
		x.t.Fatal(err)
	}
	return changed
}

// Rows become the shadow's, to the last bit and whatever their types can compare.
func TestSwapOfTypesWithoutEquality(t *testing.T) {
	x := newShadowed(t, "things", `CREATE TABLE things (id int, part text, j json, x xml, p point, n numeric, extra text DEFAULT 'own', PRIMARY KEY (id, part));
		INSERT INTO things VALUES (1, 'a', '{"a":1}', '<a/>', '(1,2)', 1.0), (2, 'a', '{"a":1}', '<a/>', '(1,2)', 1.0), (3, 'a', NULL, NULL, NULL, NULL), (5, 'a', NULL, NULL, NULL, NULL)`,
		"part", "id", "j", "x", "p", "n")
	x.exec(`INSERT INTO SHADOW (part, id, j, x, p, n) VALUES ('a', 1, '{"a":1}', '<a/>', '(1,2)', 1.00), ('a', 2, '{"a":1}', '<a/>', '(1,2)', 1.0),
		('a', 3, '{"a": 1}', NULL, '(1,1)', NULL), ('b', 4, NULL, '<b/>', NULL, 7)`)
	changed := x.swap(true, "")
	if changed != (swap.Changed{Deleted: 1, Updated: 2, Inserted: 1}) {
		t.Errorf("changed %+v", changed)
	}
	if want, have := x.rows(x.shadow.SQL()), x.rows("(SELECT part, id, j, x, p, n FROM public.things)"); !slices.Equal(want, have) {
		t.Errorf("want %v\nhave %v", want, have)
	}
	if state := x.rows("(SELECT state, joined FROM sync.tables)"); !slices.Equal(state, []string{"(ready,t)"}) {
		t.Errorf("state %v", state)
	}
}

// What a type calls equal may still not be the same.
func TestSwapSeesEveryBit(t *testing.T) {
	for _, c := range []struct{ column, old, new string }{
		{"numeric", "1.0", "1.00"},
		{"float8", "'-0'", "0"},
		{"interval", "'1 day'", "'24 hours'"},
		{"timetz", "'12:00+02'", "'11:00+01'"},
		{"text COLLATE blind", "'ї'", "'Ї'"},
		{"varchar(9) COLLATE blind", "'ї'", "'Ї'"},
		{"text", "''", "NULL"},
		{"text", "NULL", "''"},
		{"jsonb", `'{"a": 1.0}'`, `'{"a": 1.00}'`},
		{"numeric[]", "'{1.0}'", "'{1.00}'"},
		{"bytea", `'\x00'`, `'\x0000'`},
		{"timestamptz", "'2026-01-01 00:00Z'", "'2026-01-01 00:00:00.000001Z'"},
		{"money_of_ours", "1.0", "1.00"},
	} {
		x := newShadowed(t, "things", `
			CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE DOMAIN money_of_ours AS numeric;
			CREATE TABLE things (id int PRIMARY KEY, v `+c.column+`); INSERT INTO things VALUES (1, `+c.old+`), (2, `+c.new+`)`, "id", "v")
		x.exec(`INSERT INTO SHADOW VALUES (1, ` + c.new + `), (2, ` + c.new + `)`)
		if changed := x.swap(true, ""); changed != (swap.Changed{Updated: 1}) {
			t.Errorf("%s: %s became %s: changed %+v", c.column, c.old, c.new, changed)
		}
		if want, have := x.rows(x.shadow.SQL()), x.rows("public.things"); !slices.Equal(want, have) {
			t.Errorf("%s: want %v, have %v", c.column, want, have)
		}
	}
}

// A key whose operators are not marked as MERGES or HASHES, which PostgreSQL makes no full join of.
func TestSwapByAnOperatorThatCannotMerge(t *testing.T) {
	db := pgtest.Empty(t)
	admin, err := pgx.Connect(t.Context(), db.AdminDSN())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	if _, err := admin.Exec(t.Context(), `
		CREATE FUNCTION public.same(int, int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN $1 OPERATOR(pg_catalog.=) $2; END';
		CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = public.same, COMMUTATOR = OPERATOR(public.===));
		CREATE OPERATOR CLASS public.plain FOR TYPE int USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 public.===,
			OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(int, int)`); err != nil {
		t.Fatal(err)
	}
	x := newShadowedIn(t, db, "things", `CREATE TABLE things (id int NOT NULL, v int); CREATE UNIQUE INDEX ON things (id public.plain);
		INSERT INTO things VALUES (1, 1), (2, 2), (3, 3)`, "id", "v")
	x.exec(`INSERT INTO SHADOW VALUES (1, 1), (2, 0), (4, 4)`)
	if changed := x.swap(true, ""); changed != (swap.Changed{Deleted: 1, Updated: 1, Inserted: 1}) {
		t.Errorf("changed %+v", changed)
	}
	if want, have := x.rows(x.shadow.SQL()), x.rows("public.things"); !slices.Equal(want, have) {
		t.Errorf("want %v\nhave %v", want, have)
	}
}

// Unique values that go from row to row cannot be updated one after the other.
func TestSwapOfExchangedValues(t *testing.T) {
	for _, joined := range []bool{true, false} {
		x := newShadowed(t, "codes", `CREATE TABLE codes (id int PRIMARY KEY, code int UNIQUE); INSERT INTO codes VALUES (1, 10), (2, 20), (3, 30)`, "id", "code")
		x.exec(`INSERT INTO SHADOW VALUES (1, 20), (2, 10), (4, 30)`)
		x.swap(joined, "")
		if want, have := x.rows(x.shadow.SQL()), x.rows("public.codes"); !slices.Equal(want, have) {
			t.Errorf("joined %v: want %v, have %v", joined, want, have)
		}
	}
}

// What comes between Begin and Finish is not lost: to both tables when the stream brings it to both, to the
// shadow alone when it leaves the table alone.
func TestSwapAfterFurtherChanges(t *testing.T) {
	const more = `INSERT INTO %[1]s VALUES (100, 1); UPDATE %[1]s SET v = -1 WHERE id = 5; DELETE FROM %[1]s WHERE id = 6;`
	for _, joined := range []bool{true, false} {
		x := newShadowed(t, "r", `CREATE TABLE r (id int PRIMARY KEY, v int); INSERT INTO r SELECT n, n % 3 FROM generate_series(1, 50) n`, "id", "v")
		x.exec(`INSERT INTO SHADOW SELECT n, 0 FROM generate_series(2, 60) n`)
		between := fmt.Sprintf(more, x.shadow.SQL())
		if joined {
			between += fmt.Sprintf(more, "r")
		}
		x.swap(joined, between)
		if want, have := x.rows(x.shadow.SQL()), x.rows("public.r"); !slices.Equal(want, have) {
			t.Errorf("joined %v: want %v\nhave %v", joined, want, have)
		}
	}
}

// An older writer does not swap.
func TestSwapIsFenced(t *testing.T) {
	x := newShadowed(t, "r", `CREATE TABLE r (id int PRIMARY KEY); INSERT INTO r VALUES (1)`, "id")
	x.exec(`INSERT INTO SHADOW VALUES (2)`)
	swap := swap.NewSwap(x.conn, x.shadow, 6, false)
	if err := swap.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := swap.Finish(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "another syncer") {
		t.Errorf("an older epoch swapped: %v", err)
	}
	swap.Close()
	if have := x.rows("public.r"); !slices.Equal(have, []string{"(1)"}) {
		t.Errorf("have %v", have)
	}
}
