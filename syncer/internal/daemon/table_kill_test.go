package daemon_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// inTheSyncer are the points of a swap that the running syncer passes; the others belong to the command.
func inTheSyncer(name string) bool {
	for _, part := range []string{"withdraw", "record", "publish", "replace"} {
		if strings.HasSuffix(name, part) {
			return false
		}
	}
	return true
}

// Killed at each point of loading a table anew, the next run begins again: damage is gone, and in between readers
// saw the old rows.
func TestKilledAtEachPointOfTheSwap(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop, shopTables)
	for _, name := range points(t, "swap") {
		if !inTheSyncer(name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			outer := p.t
			p.t = t
			defer func() { p.t = outer }()
			p.target.Exec(`UPDATE shop.items SET name = 'damaged' WHERE id % 5 = 0`)
			seen, finish := p.watch(`SELECT count(*) > 400 FROM shop.items`)
			p.completes("table", "resync", "shop.items")
			p.dies(name, p.doomed(name+"=kill", "run"), func(int) { p.source.Exec(`UPDATE shop.items SET price = price + 1 WHERE id = 2`) })
			p.completes("run", "--until-current")
			finish()
			p.equal()
			if n := p.count(p.target, `SELECT count(*) FROM pg_class WHERE relnamespace = 'sync_shadow'::regnamespace AND relkind = 'r'`); n != 0 {
				t.Errorf("%d tables are left in the shadow schema", n)
			}
			if len(*seen) != 1 || (*seen)[0] != "t" {
				t.Errorf("a reader saw the table empty: %v", *seen)
			}
		})
	}
}

// Killed at each point of `table add`, `table drop` and a redefinition, the same command goes on and the stream
// never stops for good.
func TestTableCommandKilledAtEachPoint(t *testing.T) {
	t.Parallel()
	const redefined = `
  - {table: b, columns: [id, big]}
`
	for _, name := range points(t, "swap") {
		if inTheSyncer(name) || strings.HasSuffix(name, "replace") {
			continue
		}
		for verb, c := range map[string]struct{ before, after string }{
			"add": {listA, listA + listB}, "drop": {listA + listB, listA}, "resync": {listA + listB, listA + redefined},
		} {
			if verb == "add" && strings.HasSuffix(name, "withdraw") {
				continue // nothing is withdrawn
			}
			t.Run(verb+"/"+name, func(t *testing.T) {
				t.Parallel()
				p := newReplica(t, twoTables, c.before)
				if verb == "resync" {
					p.target.Exec(`ALTER TABLE b ALTER shown DROP NOT NULL`)
				}
				stop := p.start()
				p.waitFor()
				p.relist(c.after)
				p.dies(name, p.doomed(name+"=kill", "table", verb, "b"), func(int) {
					p.source.Exec(`UPDATE a SET v = v || '.' WHERE id = 1; UPDATE b SET v = v || '.' WHERE id = 1`)
				})
				p.completes("table", verb, "b")
				p.ready() // the command only waits for it when the syncer is at work at that moment
				p.waitFor()
				p.equal()
				if err := stop(); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}

// Killed at each point of replacing the whole replica.
func TestKilledAtEachPointOfTheReplacement(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"swap.before_replace", "swap.after_replace"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newReplica(t, shop, shopTables)
			p.target.Exec(`UPDATE shop.items SET name = 'damaged'`)
			seen, finish := p.watch(`SELECT count(*) > 400 FROM shop.items`)
			p.dies(name, p.doomed(name+"=kill", "init", "--resync"), nil)
			p.source.Exec(`UPDATE shop.items SET price = price + 1 WHERE id < 20`)
			p.completes("init")
			p.completes("run", "--until-current")
			finish()
			p.equal()
			if len(*seen) != 1 || (*seen)[0] != "t" {
				t.Errorf("a reader saw the table empty: %v", *seen)
			}
		})
	}
}

// Killed at random moments while a table is loaded anew under load.
func TestTableLoadKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	p := newReplica(t, shop+`ALTER TABLE shop.items ALTER big SET STORAGE EXTERNAL`, shopTables)
	s := seed(t)
	random := rand.New(rand.NewPCG(s, 4))
	stop := load(t, p.source.DSN, s)
	seen, finish := p.watch(`SELECT count(*) > 200 FROM shop.items`)
	rounds := 3
	if *long {
		rounds = 12
	}
	for range rounds {
		p.completes("table", "resync", "shop.items")
		p.killAtWork(p.command("run"), time.Duration(random.IntN(900))*time.Millisecond)
	}
	t.Logf("%d transactions", stop())
	p.completes("run", "--until-current")
	finish()
	p.equal()
	if len(*seen) != 1 || (*seen)[0] != "t" {
		t.Errorf("a reader saw the table empty: %v", *seen)
	}
}
