package daemon_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"
)

const small = `
	CREATE TABLE rows (id int PRIMARY KEY, v text, big text, shown boolean NOT NULL, hidden text);
	ALTER TABLE rows ALTER big SET STORAGE EXTERNAL;
	CREATE UNIQUE INDEX rows_shown ON rows (id, shown); ALTER TABLE rows REPLICA IDENTITY USING INDEX rows_shown;
	CREATE TABLE pairs (a int, b int, c int UNIQUE DEFERRABLE, PRIMARY KEY (a, b));`

const smallTables = `
  - {table: rows, columns: [id, v, big, shown], where: shown}
  - {table: pairs, columns: [c, b, a]}
`

// statement draws one change; ids are few so that changes meet.
func statement(t *rapid.T) string {
	id := rapid.IntRange(1, 6)
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return fmt.Sprintf("DELETE FROM rows WHERE id = %d", id.Draw(t, "id"))
	case 1:
		return fmt.Sprintf("UPDATE rows SET shown = NOT shown WHERE id >= %d", id.Draw(t, "id"))
	case 2:
		from, to := id.Draw(t, "from"), id.Draw(t, "to")
		return fmt.Sprintf("UPDATE rows SET id = %d WHERE id = %d AND NOT EXISTS (SELECT FROM rows WHERE id = %d)", to, from, to)
	case 3:
		return fmt.Sprintf("UPDATE rows SET big = repeat('%d', 9000) WHERE id = %d", rapid.IntRange(0, 9).Draw(t, "big"), id.Draw(t, "id"))
	case 4:
		return fmt.Sprintf("UPDATE rows SET v = 'v%d' WHERE id = %d", rapid.IntRange(0, 99).Draw(t, "v"), id.Draw(t, "id"))
	case 5:
		return rapid.SampledFrom([]string{"TRUNCATE rows", "TRUNCATE rows, pairs", "DELETE FROM pairs", "UPDATE rows SET hidden = 'canary'"}).Draw(t, "all")
	case 6:
		return fmt.Sprintf("INSERT INTO pairs VALUES (%d, %d, NULL) ON CONFLICT DO NOTHING", id.Draw(t, "a"), id.Draw(t, "b"))
	case 7:
		return fmt.Sprintf("UPDATE pairs SET a = b, b = a WHERE a < b AND NOT EXISTS (SELECT FROM pairs p WHERE p.a = pairs.b AND p.b = pairs.a) AND a = %d", id.Draw(t, "a"))
	}
	return fmt.Sprintf("INSERT INTO rows VALUES (%d, 'n', repeat('n', %d), %t) ON CONFLICT (id) DO UPDATE SET v = 'again'",
		id.Draw(t, "id"), rapid.SampledFrom([]int{1, 9000}).Draw(t, "size"), rapid.Bool().Draw(t, "shown"))
}

// work draws one transaction, sometimes with a part or all of it rolled back.
func work(t *rapid.T) string {
	parts := []string{"BEGIN"}
	for range rapid.IntRange(1, 4).Draw(t, "changes") {
		sql := statement(t)
		if rapid.IntRange(0, 4).Draw(t, "savepoint") == 0 {
			sql = "SAVEPOINT s; " + sql + "; ROLLBACK TO SAVEPOINT s"
		}
		parts = append(parts, sql)
	}
	end := "COMMIT"
	if rapid.IntRange(0, 9).Draw(t, "end") == 0 {
		end = "ROLLBACK"
	}
	return strings.Join(append(parts, end), "; ")
}

const (
	sourceState = `SELECT coalesce((SELECT string_agg(ROW(id, v, big, shown)::text, ';' ORDER BY id) FROM rows WHERE shown), '') || '|' ||
		coalesce((SELECT string_agg(ROW(a, b, c)::text, ';' ORDER BY a, b) FROM pairs), '')`
	targetState = `SELECT coalesce((SELECT string_agg(ROW(id, v, big, shown)::text, ';' ORDER BY id) FROM rows), '') || '|' ||
		coalesce((SELECT string_agg(ROW(a, b, c)::text, ';' ORDER BY a, b) FROM pairs), '')`
)

// TestAlwaysSomeEarlierSource: whatever is done and whenever one looks, the replica equals the projection of
// the source after some transaction, and never of an earlier one than before. rapid prints what replays a failure.
func TestAlwaysSomeEarlierSource(t *testing.T) {
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue { // short, unless more is asked for
		if err := f.Value.Set("15"); err != nil {
			t.Fatal(err)
		}
	}
	p := newPair(t, small, smallTables)
	p.init()
	stop := p.start()
	p.waitFor()
	source, err := pgx.Connect(t.Context(), p.source.DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = source.Close(context.Background()) }()
	rapid.Check(t, func(rt *rapid.T) {
		transactions := rapid.SliceOfN(rapid.Custom(work), 1, 8).Draw(rt, "transactions")
		p.source.Exec("TRUNCATE rows, pairs")
		p.waitFor()
		seen, finish := p.watch()
		defer finish()
		history := []string{p.state(source, sourceState)}
		for _, sql := range transactions {
			if _, err := source.Exec(t.Context(), sql); err != nil { // refused by a unique index: one more rollback
				if _, err := source.Exec(t.Context(), "ROLLBACK"); err != nil {
					rt.Fatalf("%s: %v", sql, err)
				}
			}
			history = append(history, p.state(source, sourceState))
		}
		p.waitFor()
		finish()
		at := 0
		for _, state := range append(*seen, history[len(history)-1]) {
			for at < len(history) && history[at] != state {
				at++
			}
			if at == len(history) {
				rt.Fatalf("the replica was in a state the source never had, or went back: %.300s\nhistory: %.900s", state, history)
			}
		}
		if last := (*seen)[len(*seen)-1]; last != history[len(history)-1] {
			rt.Fatalf("the replica ends as %.300s, the source as %.300s", last, history[len(history)-1])
		}
	})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func (p *pair) state(conn *pgx.Conn, sql string) (state string) {
	if err := conn.QueryRow(p.t.Context(), sql, pgx.QueryExecModeExec).Scan(&state); err != nil {
		return "error: " + err.Error()
	}
	return state
}

// watch looks at the target all the time until finish, and once more at the end.
func (p *pair) watch() (seen *[]string, finish func()) {
	conn, err := pgx.Connect(p.t.Context(), p.target.DSN)
	if err != nil {
		p.t.Fatal(err)
	}
	seen = &[]string{}
	quit, done := make(chan struct{}), make(chan struct{})
	look := func() {
		if s := p.state(conn, targetState); len(*seen) == 0 || (*seen)[len(*seen)-1] != s {
			*seen = append(*seen, s)
		}
	}
	go func() {
		defer close(done)
		for {
			look()
			select {
			case <-quit:
				look()
				_ = conn.Close(context.Background())
				return
			default:
			}
		}
	}()
	return seen, sync.OnceFunc(func() { close(quit); <-done })
}
