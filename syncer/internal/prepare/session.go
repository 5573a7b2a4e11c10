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

// sessionProbe examines the session that one side gives us: whose server answers, whether it is PostgreSQL itself, and what the role
// could do besides its work.
type sessionProbe struct {
	*Report

	side    string // source or target
	db      *pgx.Conn
	primary string // what to do when the server is a standby
	danger  string // what is bad about a superuser here
}

// examineSession examines what kind of server answers, and whether a pooler stands between.
func (s *sessionProbe) examineSession(ctx context.Context) error {
	var standby, readOnly bool
	var encoding string
	var pid uint32
	err := s.db.QueryRow(ctx, `
		SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only') = 'on', pg_catalog.current_setting('server_encoding'),
		       pg_catalog.pg_backend_pid()::bigint`).Scan(&standby, &readOnly, &encoding, &pid)
	if err != nil {
		return link.Fail(s.side, err)
	}
	switch {
	case standby:
		s.addFinding(relation.Refuse, s.side, "server", "is a standby (in recovery), on which nothing can be changed; "+s.primary)
	case readOnly:
		s.addFinding(relation.Refuse, s.side, "server", "lets this role only read: default_transaction_read_only is on (\\drds in psql shows settings of roles and databases)",
			"SELECT sourcefile, sourceline, setting FROM pg_catalog.pg_settings WHERE name = 'default_transaction_read_only';")
	}
	if encoding == "SQL_ASCII" && s.side == "source" {
		s.addFinding(relation.Warning, s.side, "database", "is encoded as SQL_ASCII, so it stores any bytes; a listed row whose bytes are not UTF-8 stops the stream. Load the database anew as UTF8, or see that only UTF-8 is written")
	}
	if pid != s.db.PgConn().PID() {
		return s.examinePooler(ctx, pid)
	}
	return s.examineSettings(ctx)
}

// examinePooler examines a connection that ends at another process of the server than the one that answered us first, which means that
// a pooler stands between. If a second connection of ours, while the first is open, gets the same process, the pooler shares sessions
// by transaction.
func (s *sessionProbe) examinePooler(ctx context.Context, pid uint32) error {
	other, err := link.Like(ctx, s.db, "check")
	if err != nil {
		return link.Fail(s.side, err)
	}
	defer link.Close(other)
	var second uint32
	if err := other.QueryRow(ctx, `SELECT pg_catalog.pg_backend_pid()::bigint`).Scan(&second); err != nil {
		return link.Fail(s.side, err)
	}
	if second == pid {
		s.addFinding(relation.Refuse, s.side, "connection", fmt.Sprintf("a connection pooler that gives sessions away (pool_mode = transaction) stands between: the syncer needs sessions of its own, for their settings, locks, notifications, temporary tables and the stream; let %s.dsn and %s.admin_dsn name PostgreSQL's own host and port, or a pool with pool_mode = session", s.side, s.side))
		return nil
	}
	s.addFinding(relation.Warning, s.side, "connection", "a connection pooler stands between; it works where that keeps a session for each of ours and passes settings and replication on, and is one more thing that can stand still")
	return s.examineSettings(ctx)
}

// examineSettings examines whether the session has the settings that we asked for: a pooler may have dropped them.
func (s *sessionProbe) examineSettings(ctx context.Context) error {
	wanted := link.Session()
	names := make([]string, 0, len(wanted))
	for name := range wanted {
		names = append(names, name)
	}
	slices.Sort(names)
	rows, err := s.db.Query(ctx, `SELECT n, coalesce(pg_catalog.current_setting(n, true), '') FROM pg_catalog.unnest($1::text[]) n`, names)
	if err != nil {
		return link.Fail(s.side, err)
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
		return link.Fail(s.side, err)
	}
	if len(lost) > 0 {
		s.addFinding(relation.Refuse, s.side, "connection", "the session did not get the settings that it asked for ("+strings.Join(lost, ", ")+"): something between leaves them out, so texts would not mean the same on both sides; connect to PostgreSQL itself")
	}
	return nil
}

// examinePowers warns of a role that may do more than the syncer needs, and of a connection that is not encrypted.
func (s *sessionProbe) examinePowers(ctx context.Context) error {
	var role string
	var super, creates, bypasses, plain bool
	err := s.db.QueryRow(ctx, `
		SELECT r.rolname::text, r.rolsuper, r.rolcreaterole OR r.rolcreatedb, r.rolbypassrls,
		       NOT coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()), false)
		       AND pg_catalog.inet_client_addr() IS NOT NULL AND NOT pg_catalog.inet_client_addr() << '127.0.0.0/8' AND pg_catalog.inet_client_addr() <> '::1'
		  FROM pg_catalog.pg_roles r WHERE r.rolname = current_user`).Scan(&role, &super, &creates, &bypasses, &plain)
	if err != nil {
		return link.Fail(s.side, err)
	}
	quoted := relation.Quote(role)
	switch {
	case super:
		s.addFinding(relation.Warning, s.side, "role "+role, "is a superuser: "+s.danger+"; let the syncer sign in as a role of its own",
			"ALTER ROLE "+quoted+" NOSUPERUSER;")
	case creates || bypasses:
		s.addFinding(relation.Warning, s.side, "role "+role, "may create roles or databases, or passes by row level security, which the syncer does not need",
			"ALTER ROLE "+quoted+" NOCREATEROLE NOCREATEDB NOBYPASSRLS;")
	}
	if plain {
		s.addFinding(relation.Warning, s.side, "connection", "is not encrypted; add sslmode=verify-full and sslrootcert to "+s.side+".dsn")
	}
	return nil
}
