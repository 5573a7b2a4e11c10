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
			if err := f.stop(); err != nil {
				t.Fatal(err)
			}
			var read int
			awaittest.Until(t, "the server has counted what the writer read", func() bool {
				var gone bool
				err := f.db.Pool.QueryRow(t.Context(), `
					SELECT coalesce(sum(idx_tup_read), 0)::int, NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'syncer writer')
					  FROM pg_stat_user_indexes WHERE relname = 'items'`).Scan(&read, &gone)
				return err == nil && gone && read > 0
			})
			if read > many {
				t.Errorf("%d rows of the index were read to change %d", read, (rounds+1)*some)
			}
		})
	}
}
