package migrations_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pgtest"
)

// Every table that the syncer writes tells of its changes, or belongs to persons, whose pages are not kept. A new table of
// everybody needs «call public.watch_replica('schema.table');» in a migration: until then pages made of it are not kept.
func TestReplicaTellsOfItsChanges(t *testing.T) {
	db := pgtest.External(t)
	rows, err := db.Pool.Query(t.Context(), `
		select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p') and has_table_privilege('syncer_writer', c.oid, 'insert') and n.nspname not in ('cases', 'questions', 'checks', 'submission', 'account', 'sync')
		  and c.oid <> 'reception.bookings'::regclass
		  and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'replica_changed' and t.tgenabled = 'A')
		order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	silent, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range silent {
		t.Errorf("%s does not tell of its changes", table)
	}
}
