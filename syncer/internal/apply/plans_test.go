package apply_test

import (
	"fmt"
	"testing"

	"portal.example/shared/awaittest"
	"portal.example/syncer/internal/wire"
)

// Statements that were planned while a table had one row look rows up by its index once it has many, and do not go through all of it.
func TestPlansFollowATableThatGrows(t *testing.T) {
	t.Parallel()
	const (
		many   = 20_000
		rounds = 20
		some   = 50 // more than are changed one by one
	)
	for name, change := range map[string]func(id int) wire.Change{
		"delete": func(id int) wire.Change { return del(0, fmt.Sprintf("%d,~,~", id)) },
		"update": func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,?", id)) },
		"whole":  func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,whole", id)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFeed(t, items+`; INSERT INTO items VALUES (0, 'the only one'); ANALYZE items`, itemsRel)
			f.start()
			from := func(first, n int, one func(int) wire.Change) {
				all := make([]wire.Change, n)
				for i := range all {
					all[i] = one(first + i)
				}
				f.tx(all...)
				f.wait()
			}
			insert := func(id int) wire.Change { return ins(0, fmt.Sprintf("%d,name,big", id)) }
			from(1, some, insert)
			from(1, some, change) // is planned now
			from(1000, many, insert)
			for n := range rounds {
				from(1000+n*some, some, change)
			}
			if read := f.indexRead(); read > many {
				t.Errorf("%d rows of the index were read to change %d", read, (rounds+1)*some)
			}
		})
	}
}

// A transaction that still runs has brought rows that no statistics know of, or a table has many rows where the statistics know of one: rows
// are looked up all the same.
func TestPlansOfARunningTransaction(t *testing.T) {
	t.Parallel()
	for _, said := range []int{0, 1, 2, 20} {
		t.Run(fmt.Sprintf("%d rows", said), func(t *testing.T) {
			t.Parallel()
			const many, some = 20_000, 500
			f := newFeed(t, items, itemsRel)
			f.lieAboutItems(said)
			f.start()
			changes := func(n int, one func(int) wire.Change) (all []wire.Change) {
				for id := range n {
					all = append(all, one(100_000+id))
				}
				return all
			}
			f.tx(changes(many, func(id int) wire.Change { return ins(0, fmt.Sprintf("%d,name,big", id)) })...)
			f.wait()
			f.chunk(5000, 5000, changes(some, func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,?", id)) })...)
			f.chunk(5000, 5001, changes(some, func(id int) wire.Change { return del(0, fmt.Sprintf("%d,~,~", id)) })...)
			f.streamCommit(5000, 0)
			f.wait()
			if read := f.indexRead(); read > many {
				t.Errorf("%d rows of the index were read to change %d twice", read, some)
			}
		})
	}
}

// A table that was vacuumed when it was nearly empty, and has kept its pages, counts as a few rows until it is vacuumed again. Rows of it
// are looked up by transactions of all kinds, whether by arrays or by a stage, and also after a restart.
func TestPlansOfATableWithFewRowsInManyPages(t *testing.T) {
	t.Parallel()
	const many, some = 20_000, 2500 // more than go through arrays
	f := newFeed(t, items+`; ALTER TABLE items SET (autovacuum_enabled = off)`, itemsRel)
	f.start()
	change := func(first, n int, one func(id int) wire.Change) {
		all := make([]wire.Change, n)
		for i := range all {
			all[i] = one(first + i)
		}
		f.tx(all...)
		f.wait()
	}
	change(0, many, func(id int) wire.Change { return ins(0, fmt.Sprintf("%d,name,big", id)) })
	if err := f.stop(); err != nil {
		t.Fatal(err)
	}
	f.lieAboutItems(1)
	f.start()
	change(0, some, func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,whole", id)) })
	change(5000, 500, func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,whole", id)) })
	change(6000, 500, func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,?", id)) })
	change(7000, 500, func(id int) wire.Change { return del(0, fmt.Sprintf("%d,~,~", id)) })
	if read := f.indexRead(); read > many {
		t.Errorf("%d rows of the index were read to change %d", read, some+1500)
	}
}

// A table may be looked at by ANALYZE at any moment, and whoever has a plan for it then makes another by what was found: that of a large
// transaction before it commits is nothing. Rows are looked up all the same, in transactions of all kinds, and also by the session that
// brought others before.
func TestPlansMadeAnewByWhatAnalyzeFinds(t *testing.T) {
	t.Parallel()
	for _, said := range []int{0, 1, 2, 20} {
		t.Run(fmt.Sprintf("%d rows", said), func(t *testing.T) {
			t.Parallel()
			const many, some = 20_000, 500
			f := newFeed(t, items+`; ALTER TABLE items SET (autovacuum_enabled = off)`, itemsRel)
			f.start()
			changes := func(n int, one func(id int) wire.Change) (all []wire.Change) {
				for id := range n {
					all = append(all, one(id))
				}
				return all
			}
			insert := func(id int) wire.Change { return ins(0, fmt.Sprintf("%d,name,big", id)) }
			updates := changes(some, func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,changed,?", id)) })
			deletes := changes(some, func(id int) wire.Change { return del(0, fmt.Sprintf("%d,~,~", id)) })
			f.tx(changes(many, insert)...)
			asked := 0
			for xid := range uint32(2) { // the second comes in the session that brought the rows
				f.tx(updates...)
				f.chunk(5000+xid, 5000+xid, updates...)
				f.streamCommit(5000+xid, 0)
				f.wait()
				f.lieAboutItems(said)
				f.tx(updates...)
				f.wait()
				f.chunk(6000+xid, 6000+xid, updates...)
				f.chunk(6000+xid, 6000+xid, deletes...)
				f.streamCommit(6000+xid, 0)
				f.tx(changes(some, insert)...)
				f.wait()
				asked += 5 * some
			}
			if read := f.indexRead(); read > many { // each of them, and what is left of those before
				t.Errorf("%d rows of the index were read to change %d", read, asked)
			}
		})
	}
}

// Rows are looked up by the index of their whole key, whatever other index begins with a part of it.
func TestPlansFindTheIndexOfTheWholeKey(t *testing.T) {
	t.Parallel()
	for _, said := range []int{0, 1, 2, 20} {
		t.Run(fmt.Sprintf("%d rows", said), func(t *testing.T) {
			t.Parallel()
			const many, some = 20_000, 500
			f := newFeed(t, `CREATE TABLE items (id int, part int, name text, PRIMARY KEY (part, id)); CREATE INDEX ON items (part);
				ALTER TABLE items SET (autovacuum_enabled = off)`, "items id:integer part:integer name:text")
			f.rels[0].Key = []uint16{0, 1}
			f.start()
			changes := func(n int, one func(id int) wire.Change) (all []wire.Change) {
				for id := range n {
					all = append(all, one(id))
				}
				return all
			}
			rename := func(id int) wire.Change { return upd(0, fmt.Sprintf("%d,1,changed", id)) }
			f.tx(changes(many, func(id int) wire.Change { return ins(0, fmt.Sprintf("%d,1,name", id)) })...)
			f.wait()
			f.lieAboutItems(said)
			f.tx(changes(some, rename)...)
			f.wait()
			f.tx(rename(1)) // alone
			f.wait()
			f.tx(changes(some, func(id int) wire.Change { return del(0, fmt.Sprintf("%d,1,~", id)) })...)
			f.wait()
			if read := f.indexRead(); read > many {
				t.Errorf("%d rows of the indexes were read to change %d", read, 2*some+1)
			}
		})
	}
}

// lieAboutItems makes the statistics of items those of a table of rows rows.
func (f *feed) lieAboutItems(rows int) {
	f.tb.Helper()
	lies := fmt.Sprintf(`UPDATE pg_class SET relpages = greatest(1, pg_relation_size(oid) / current_setting('block_size')::int), reltuples = %d WHERE oid = 'items'::regclass`, rows)
	if _, err := f.db.Open(f.db.AdminDSN()).Exec(f.tb.Context(), lies); err != nil {
		f.tb.Fatal(err)
	}
}

// indexRead stops the writer and returns how many rows it has found in the index of items.
func (f *feed) indexRead() (read int) {
	f.tb.Helper()
	if err := f.stop(); err != nil {
		f.tb.Fatal(err)
	}
	awaittest.Until(f.tb, "the server has counted what the writer read", func() bool {
		var gone bool
		err := f.db.Pool.QueryRow(f.tb.Context(), `
			SELECT coalesce(sum(idx_tup_read), 0)::int, NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'syncer writer%')
			  FROM pg_stat_user_indexes WHERE relname = 'items'`).Scan(&read, &gone)
		return err == nil && gone && read > 0
	})
	return read
}
