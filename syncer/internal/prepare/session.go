package prepare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// examineSessions looks at what kind of server each side is, and whether it is PostgreSQL itself that answers.
func (e *examination) examineSessions(ctx context.Context) error {
	if err := e.examineSession(ctx, "source", e.source, "the publication, its indexes and the replication slot live on its primary; let source.dsn and source.admin_dsn name that"); err != nil {
		return err
	}
	return e.examineSession(ctx, "target", e.target, "the replica is written to its primary; let target.dsn and target.admin_dsn name that")
}

func (e *examination) examineSession(ctx context.Context, side string, db *pgx.Conn, instead string) error {
	var standby, readOnly bool
	var encoding string
	var pid uint32
	err := db.QueryRow(ctx, `
		SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only') = 'on', pg_catalog.current_setting('server_encoding'),
		       pg_catalog.pg_backend_pid()::bigint`).Scan(&standby, &readOnly, &encoding, &pid)
	if err != nil {
		return link.Fail(side, err)
	}
	switch {
	case standby:
		e.addFinding(relation.Refuse, side, "server", "is a standby (in recovery), on which nothing can be changed; "+instead)
	case readOnly:
		e.addFinding(relation.Refuse, side, "server", "lets this role only read: default_transaction_read_only is on (\\drds in psql shows settings of roles and databases)",
			"SELECT sourcefile, sourceline, setting FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only';")
	}
	if encoding == "SQL_ASCII" && side == "source" {
		e.addFinding(relation.Warning, side, "database", "is encoded as SQL_ASCII, so it stores any bytes; a listed row whose bytes are not UTF-8 stops the stream. Load the database anew as UTF8, or see that only UTF-8 is written")
	}
	if pid != db.PgConn().PID() {
		return e.examinePooler(ctx, side, db, pid)
	}
	return e.examineSettings(ctx, side, db)
}

// examinePooler says that something between hands out sessions: the server's process is not the one that we signed in to. Two
// connections of ours that get the same process one after the other, while both are open, share it by transaction.
func (e *examination) examinePooler(ctx context.Context, side string, db *pgx.Conn, pid uint32) error {
	other, err := link.Like(ctx, db, "check")
	if err != nil {
		return link.Fail(side, err)
	}
	defer link.Close(other)
	var second uint32
	if err := other.QueryRow(ctx, `SELECT pg_catalog.pg_backend_pid()::bigint`).Scan(&second); err != nil {
		return link.Fail(side, err)
	}
	if second == pid {
		e.addFinding(relation.Refuse, side, "connection", fmt.Sprintf("a connection pooler that gives sessions away (pool_mode = transaction) stands between: the syncer needs sessions of its own, for their settings, locks, notifications, temporary tables and the stream; let %s.dsn and %s.admin_dsn name PostgreSQL's own host and port, or a pool with pool_mode = session", side, side))
		return nil
	}
	e.addFinding(relation.Warning, side, "connection", "a connection pooler stands between; it works where that keeps a session for each of ours and passes settings and replication on, and is one more thing that can stand still")
	return e.examineSettings(ctx, side, db)
}

// examineSettings looks whether the session has the settings that it asked for: something between may have left them out.
func (e *examination) examineSettings(ctx context.Context, side string, db *pgx.Conn) error {
	wanted := link.Session()
	names := make([]string, 0, len(wanted))
	for name := range wanted {
		names = append(names, name)
	}
	slices.Sort(names)
	rows, err := db.Query(ctx, `SELECT n, coalesce(pg_catalog.current_setting(n, true), '') FROM pg_catalog.unnest($1::text[]) n`, names)
	if err != nil {
		return link.Fail(side, err)
	}
	var lost []string
	var name, value string
	_, err = pgx.ForEachRow(rows, []any{&name, &value}, func() error {
		if value != wanted[name] {
			lost = append(lost, name)
		}
		return nil
	})
	if err != nil {
		return link.Fail(side, err)
	}
	if len(lost) > 0 {
		e.addFinding(relation.Refuse, side, "connection", "the session did not get the settings that it asked for ("+strings.Join(lost, ", ")+"): something between leaves them out, so texts would not mean the same on both sides; connect to PostgreSQL itself")
	}
	return nil
}
