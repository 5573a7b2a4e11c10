package daemon_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal.example/shared/awaittest"
	"portal.example/shared/pgtest"
	"portal.example/syncer/internal/compare"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/status"
)

const comparedSQL = `
	CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, price numeric(10,2), shown boolean NOT NULL, notes text);
	INSERT INTO items SELECT n, 'item ' || n, n / 7.0, n % 5 <> 0, 'canary' FROM generate_series(1, 6000) n;
	CREATE TABLE words (lang text, word text, meaning text, PRIMARY KEY (lang, word));
	INSERT INTO words SELECT (ARRAY['uk','en'])[n % 2 + 1], 'слово ' || n, repeat('x', n % 50) FROM generate_series(1, 900) n;
	CREATE TABLE empty (id int PRIMARY KEY)`

const comparedTables = `
  - {table: public.items, columns: [id, name, price, shown], where: shown}
  - {table: public.words, columns: [lang, word, meaning]}
  - {table: public.empty, columns: [id]}
`

// newCompared is a pair that goes through everything every few seconds.
func newCompared(t *testing.T) *pair {
	t.Helper()
	p := newReplica(t, comparedSQL, comparedTables,
		`CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, price numeric(10,2), shown boolean NOT NULL);
		CREATE TABLE words (lang text, word text, meaning text, PRIMARY KEY (lang, word)); CREATE TABLE empty (id int PRIMARY KEY)`)
	p.cfg.Compare.Every = config.Interval(time.Second)
	return p
}

// passes waits until a pass that begins from now on is over.
func (p *pair) passes() {
	p.t.Helper()
	from := p.count(p.target, `SELECT coalesce(max(pass), 0) FROM sync.compared`)
	p.eventually("a pass over all rows", func() bool {
		return p.count(p.target, `SELECT coalesce(max(pass), 0) FROM sync.compared`) >= from+2
	})
}

// text is the one value that sql selects.
func (p *pair) text(db *pgtest.Database, sql string) (value string) {
	p.t.Helper()
	if err := db.Pool.QueryRow(p.t.Context(), sql).Scan(&value); err != nil {
		p.t.Fatal(err)
	}
	return value
}

func (p *pair) differing() string {
	p.t.Helper()
	return p.text(p.target, `SELECT coalesce(string_agg(name || ' ' || what || ' ' || rows || reason, ', ' ORDER BY name, low), '') FROM sync.differences`)
}

func TestDamageIsFoundByTheScheduleAndIsGoneOnceMended(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	stop := p.start()
	defer func() { _ = stop() }()
	p.passes()
	if got := p.differing(); got != "" {
		t.Fatalf("of a replica that nobody touched it says: %s", got)
	}
	for _, damage := range []struct{ sql, undo, want string }{
		{`UPDATE items SET price = price + 1 WHERE id = 3001`, `UPDATE items SET price = price - 1 WHERE id = 3001`, "public.items rows 1"},
		{`DELETE FROM items WHERE id IN (1, 5999)`, "", "public.items rows 1, public.items rows 1"},
		{`INSERT INTO items VALUES (5, 'not shown', 1, true), (9000, 'behind the last', 1, true)`, `DELETE FROM items WHERE id IN (5, 9000)`, "public.items rows 1, public.items rows 1"},
		{`UPDATE words SET word = 'інше' WHERE word = 'слово 7'`, `UPDATE words SET word = 'слово 7' WHERE word = 'інше'`, "public.words rows 2"},
		{`INSERT INTO empty VALUES (1)`, `DELETE FROM empty`, "public.empty rows 1"},
	} {
		if damage.undo == "" {
			p.target.Exec(`CREATE TABLE kept AS SELECT * FROM items WHERE id IN (1, 5999)`)
			damage.undo = `INSERT INTO items SELECT * FROM kept; DROP TABLE kept`
		}
		p.target.Exec(damage.sql)
		p.eventually(damage.sql, func() bool { return p.differing() == damage.want })
		name, _, _ := strings.Cut(damage.want, " ")
		r := status.Ask(t.Context(), p.cfg, status.Options{})
		if r.Healthy || len(r.Differences) != 1 || !strings.Contains(r.Error, name+" differs in ") || !strings.Contains(r.Error, "syncer repair") {
			t.Errorf("%s: status says %+v, %q", damage.sql, r.Differences, r.Error)
		}
		p.target.Exec(damage.undo)
		p.eventually("mended: "+damage.sql, func() bool { return p.differing() == "" })
	}
	p.equal()
}

// A repair on command forgets at once what the schedule had recorded of the tables that it has put right, and nothing else.
func TestRepairForgetsWhatItMended(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	p.cfg.Compare.Every = config.Off
	stop := p.start()
	defer func() { _ = stop() }()
	p.source.Exec(`UPDATE items SET price = 7 WHERE id = 3`)
	p.waitFor()
	p.target.Exec(`DELETE FROM items WHERE id IN (1, 5999); DELETE FROM words WHERE word = 'слово 3'`)
	p.target.Exec(`INSERT INTO sync.differences (slot, object, what, name, low, rows, at_least, reason, pass)
		SELECT slot, what = 'object', what, name, low, rows, false, '', 1
		  FROM sync.progress, (VALUES ('rows', 'public.items', '{}'::text[], 1), ('rows', 'public.items', '{4000}', 1), ('unread', 'public.items', '{5000}', 0),
		       ('rows', 'public.words', '{}', 1), ('object', 'public.items', '{}', 0)) v(what, name, low, rows)`)
	for _, step := range []struct{ table, left string }{
		{"public.items", "public.items object, public.items unread, public.words rows"},
		{"public.words", "public.items object, public.items unread"},
	} {
		out, err := compare.Repair(t.Context(), compare.Options{Config: p.cfg, List: p.list, Tables: []string{step.table}}, false)
		if err != nil || !out.Clean() || out.Mended == 0 {
			t.Fatalf("%s: %+v, %v", step.table, out, err)
		}
		var left string
		err = p.target.Pool.QueryRow(t.Context(), `SELECT string_agg(name || ' ' || what, ', ' ORDER BY name, what) FROM sync.differences`).Scan(&left)
		if err != nil || left != step.left {
			t.Errorf("after the repair of %s these are left: %s (%v), not: %s", step.table, left, err, step.left)
		}
	}
	p.equal()
}

func TestScheduleMendsWhatDiffersWithinItsLimit(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	p.cfg.Compare.Repair, p.cfg.Compare.RepairLimit = true, 50
	stop := p.start()
	defer func() { _ = stop() }()
	p.target.Exec(`UPDATE items SET name = 'damaged' WHERE id BETWEEN 101 AND 109; DELETE FROM words WHERE word = 'слово 3';
		INSERT INTO items VALUES (9000, 'extra', 1, true); INSERT INTO empty VALUES (1)`)
	p.eventually("everything is mended", func() bool {
		return p.count(p.target, `SELECT count(*) FROM items WHERE name IN ('damaged', 'extra')`)+p.count(p.target, `SELECT count(*) FROM empty`) == 0 &&
			p.count(p.target, `SELECT count(*) FROM words`) == 900 && p.differing() == ""
	})
	p.equal()
	p.target.Exec(`DELETE FROM items WHERE id > 3000`)
	p.eventually("2400 rows are missing", func() bool {
		return p.count(p.target, `SELECT coalesce(sum(rows), 0)::bigint FROM sync.differences`)+p.count(p.target, `SELECT count(*) FROM items WHERE id > 3000`) >= 2400
	})
	if n := p.count(p.target, `SELECT count(*) FROM items WHERE id > 3000`); n > 50 {
		t.Errorf("of a mass of missing rows %d were mended, the limit is 50", n)
	}
}

// A pass goes on where it was, whatever ends the syncer.
func TestPassGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	p.cfg.Compare.Every = config.Interval(30 * time.Second)
	stop := p.start()
	p.eventually("some blocks of items", func() bool {
		return p.count(p.target, `SELECT count(*) FROM sync.compared WHERE name = 'public.items' AND blocks >= 2`) == 1
	})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	rows := p.count(p.target, `SELECT rows FROM sync.compared`)
	p.target.Exec(`CREATE TABLE trail (low text[]); CREATE FUNCTION trail() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
		$$ BEGIN INSERT INTO public.trail VALUES (new.low); RETURN new; END $$;
		CREATE TRIGGER trail AFTER UPDATE ON sync.compared FOR EACH ROW EXECUTE FUNCTION trail();
		ALTER TABLE sync.compared ENABLE ALWAYS TRIGGER trail`)
	p.cfg.Compare.Every = config.Interval(time.Second)
	stop = p.start()
	p.eventually("the pass ends", func() bool { return p.count(p.target, `SELECT count(*) FROM sync.compared WHERE pass = 2`) == 1 })
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if n := p.count(p.target, `SELECT whole_rows FROM sync.compared`); n != 4800+900 {
		t.Errorf("%d rows of 5700 were compared in the pass that was interrupted; %d were before", n, rows)
	}
	if first := p.count(p.target, `SELECT low[1]::bigint FROM trail LIMIT 1`); first <= rows {
		t.Errorf("it went on at %d, where %d rows had been compared", first, rows)
	}
}

// Rows that come, go, and cross the filter while they are compared are no difference, and one that is beneath them is found.
func TestNothingFalseUnderLoad(t *testing.T) {
	t.Parallel()
	p := newCompared(t)
	stop := p.start()
	defer func() { _ = stop() }()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	done := make(chan error, 2)
	for lane := range 2 {
		go func() {
			for n := range awaittest.Rounds(ctx, 40*time.Millisecond) {
				_, err := p.source.Pool.Exec(t.Context(), fmt.Sprintf(`
					WITH moved AS (UPDATE items SET shown = NOT shown, price = price + 1 WHERE id %% 97 = %d RETURNING id)
					DELETE FROM items WHERE id = %d`, n%97, 10000+2*n+lane))
				if err == nil {
					_, err = p.source.Pool.Exec(t.Context(), `INSERT INTO items VALUES ($1, 'new', 1, true), ($2, 'other', 1, $3) ON CONFLICT DO NOTHING`,
						10000+2*(n+3)+lane, -2*(n%500)-lane-1, n%3 == 0)
				}
				if err != nil && link.Code(err) != "40P01" { // the two lanes may lock each other's rows
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	var seen []string
	for range 3 {
		p.passes()
		if got := p.text(p.target, `SELECT coalesce(string_agg(name, ', '), '') FROM sync.differences WHERE what = 'rows'`); got != "" {
			seen = append(seen, got)
		}
	}
	if len(seen) > 0 {
		t.Errorf("differences that are none: %v", seen)
	}
	p.target.Exec(`UPDATE items SET name = 'damaged' WHERE id = 4001`)
	p.eventually("the damage is found", func() bool {
		return p.count(p.target, `SELECT count(*) FROM sync.differences WHERE what = 'rows'`) > 0 || p.count(p.target, `SELECT count(*) FROM items WHERE name = 'damaged'`) == 0
	})
	end()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
