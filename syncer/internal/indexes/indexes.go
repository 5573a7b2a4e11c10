// Package indexes puts the indexes of empty tables aside for the time of a first load, and makes them again behind the
// rows: sorting them once is cheaper than finding each row's place.
//
// What is put aside is recorded in sync.indexes by the transaction that drops it, and forgotten by the one that makes it
// again, so whoever goes on after a kill at any moment finds the index or its record. Only what can be made again exactly is
// put aside; the rest stays where it is. It needs the tables' owner, which the writer's role is not, and writes nothing but
// indexes and their record. It may import link, relation, failpoint and pgx.
package indexes

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Owner is who may put indexes aside and make them again.
type Owner struct {
	DSN     string // of the tables' owner; of another role nothing is put aside
	Slot    string
	Workers int // tables whose indexes are made at a time
	Log     *slog.Logger

	mu      sync.Mutex
	conn    *pgx.Conn
	decided map[relation.Name]bool
}

// Close ends the connection that put indexes aside.
func (o *Owner) Close() {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	link.Close(o.conn)
	o.conn = nil
}

// openSession connects as the owner. Waiting for a lock ends soon: who holds it is a reader of the replica, who must not be
// queued behind.
func (o *Owner) openSession(ctx context.Context) (*pgx.Conn, error) {
	return link.Open(ctx, o.DSN, link.Options{
		Name: "target.admin_dsn", Application: "indexes", MaxAnswer: link.SmallAnswer, Settings: map[string]string{"lock_timeout": "1s"},
	})
}

// Index is one that is put aside.
type Index struct {
	Table string // "schema.name"
	Name  string
	SQL   []string // that make it again
}

// String is for messages.
func (i Index) String() string { return i.Name + " of " + i.Table }

// Aside lists what is put aside of the slot's tables. A schema sync that is older has nothing of it.
func Aside(ctx context.Context, db relation.Queryer, slot string) ([]Index, error) {
	rows, err := db.Query(ctx, `SELECT name, index, sql FROM sync.indexes WHERE slot = $1 ORDER BY name, index`, slot)
	var all []Index
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Index])
	}
	switch link.Code(err) {
	case "42P01", "3F000", "42501":
		return nil, nil
	}
	if err != nil {
		return nil, link.Fail("target: read indexes", err)
	}
	return all, nil
}

// TriggersAct reports whether any trigger would act on rows that the writer's session brings to one of the tables
// ("schema.name"). A silent session has switched off all but those that say ENABLE REPLICA or ENABLE ALWAYS.
func TriggersAct(ctx context.Context, db relation.Queryer, tables []string, silent bool) (act bool, err error) {
	err = db.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_catalog.pg_trigger g
		                 JOIN pg_catalog.pg_class c ON c.oid = g.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		                WHERE n.nspname || '.' || c.relname = ANY ($1::text[])
		                  AND (g.tgenabled IN ('A', 'R') OR g.tgenabled = 'O' AND NOT $2))`, tables, silent).Scan(&act)
	if err != nil {
		return false, link.Fail("target: read triggers", err)
	}
	return act, nil
}

// Names are all of them, for messages.
func Names(all []Index) string {
	names := make([]string, len(all))
	for n, i := range all {
		names[n] = i.String()
	}
	return strings.Join(names, ", ")
}
