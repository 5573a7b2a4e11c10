package replica

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// claimed says who holds the slot's claim, and what it means behind a connection pooler: there the lock may belong to a
// session that an earlier syncer has left, or to this one's own.
func claimed(ctx context.Context, conn *pgx.Conn, slot string) string {
	var own uint32
	var holder string
	err := conn.QueryRow(ctx, `
		SELECT pg_catalog.pg_backend_pid()::bigint, coalesce((
		  SELECT pg_catalog.format('pid %s (%s, from %s)', l.pid, coalesce(nullif(a.application_name, ''), 'no application_name'), coalesce(pg_catalog.host(a.client_addr), 'this machine'))
		    FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
		   WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
		     AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		     AND l.classid::bigint = pg_catalog.hashtext('portal syncer')::bigint & 4294967295
		     AND l.objid::bigint = pg_catalog.hashtext($1)::bigint & 4294967295 LIMIT 1), 'a session that has just ended')`, slot).Scan(&own, &holder)
	if err != nil {
		return fmt.Sprintf("target: another syncer is writing for slot %q; stop it first (`syncer status` shows it)", slot)
	}
	if own != conn.PgConn().PID() { // who answered the greeting is not the server's session
		return fmt.Sprintf("target: the claim of slot %q is held by %s, and target.dsn leads through a connection pooler (PgBouncer or the like). In transaction mode sessions are shared, "+
			"so the claim may be our own or an ended syncer's, and the syncer cannot work at all: let target.dsn lead to PostgreSQL itself, or to a pool with pool_mode = session", slot, holder)
	}
	return fmt.Sprintf("target: another syncer is writing for slot %q: %s; stop it first (`syncer status` shows it)", slot, holder)
}
