// Package locks takes locks on a database that others use so that nobody is kept waiting for long, and says who is in
// the way: which session with which statement, how old its transaction is, and forgotten prepared transactions.
//
// What it says of other people's statements holds none of their values, and is for whoever sets the syncer up; it must
// not be sent to the other node. It may import link, relation and pgx.
package locks

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Holder is somebody whose transaction is in the way.
type Holder struct {
	PID         int    // 0 for a prepared transaction
	GID         string // of a prepared transaction
	Database    string // in which that was prepared
	Application string
	Role        string
	State       string // "active", "idle in transaction", …; "" where our role may not see it
	Query       string
	Age         time.Duration // of its transaction; 0 when it is not known
}

// String says who it is, how long it has been there and how to end it.
func (h Holder) String() string {
	if h.GID != "" {
		return fmt.Sprintf("prepared transaction %s of role %s in database %s, %s old, which nobody has ended: COMMIT PREPARED %s; or ROLLBACK PREPARED %s;",
			relation.Literal(h.GID), h.Role, h.Database, age(h.Age), relation.Literal(h.GID), relation.Literal(h.GID))
	}
	text := fmt.Sprintf("pid %d", h.PID)
	if h.Application != "" {
		text += fmt.Sprintf(" (%q, role %s)", h.Application, h.Role)
	} else if h.Role != "" {
		text += fmt.Sprintf(" (role %s)", h.Role)
	}
	if h.State == "" {
		text += ", of which this role may not see more (GRANT pg_read_all_stats)"
	} else {
		text += fmt.Sprintf(", %s, in a transaction for %s, statement: %s", h.State, age(h.Age), Statement(h.Query))
	}
	return text + fmt.Sprintf("; SELECT pg_terminate_backend(%d); ends it", h.PID)
}

func age(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// Describe joins holders in one line.
func Describe(holders []Holder) string {
	const most = 3
	var all []string
	for i, h := range holders {
		if i == most {
			all = append(all, fmt.Sprintf("and %d more", len(holders)-most))
			break
		}
		all = append(all, h.String())
	}
	return strings.Join(all, " | ")
}

var (
	comments = regexp.MustCompile(`(?s)/\*.*?(\*/|$)|--[^\n]*`)
	strung   = regexp.MustCompile(`(?s)\$(\w*)\$.*|[eE]?'(?:[^'\\]|''|\\.)*('|$)`)
	numbers  = regexp.MustCompile(`\b\d[\d_.]*(?:[eE][-+]?\d+)?\b`)
)

// longestStatement is how many letters of a statement are shown.
const longestStatement = 120

// Statement is an SQL text without the values in it, in one line that is not too long.
func Statement(sql string) string {
	sql = comments.ReplaceAllString(sql, " ")
	sql = strung.ReplaceAllString(sql, "?")
	sql = numbers.ReplaceAllString(sql, "?")
	sql = strings.TrimRight(strings.Join(strings.Fields(strings.ToValidUTF8(sql, "")), " "), "; ")
	if utf8.RuneCountInString(sql) > longestStatement {
		sql = string([]rune(sql)[:longestStatement]) + "…"
	}
	if sql == "" {
		return "none yet"
	}
	return sql
}

// describeSQL says who the sessions $1 are, and which prepared transactions are among $2.
const describeSQL = `
	SELECT a.pid, '', '', coalesce(a.application_name, ''), coalesce(a.usename::text, ''),
	       CASE WHEN a.query = '<insufficient privilege>' THEN '' ELSE coalesce(a.state, a.backend_type, '') END, coalesce(a.query, ''),
	       coalesce(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start), 0)::float8
	  FROM pg_catalog.pg_stat_activity a WHERE a.pid = ANY ($1::int[])
	UNION ALL
	SELECT 0, p.gid, p.database::text, '', p.owner::text, '', '', extract(epoch FROM pg_catalog.clock_timestamp() - p.prepared)::float8
	  FROM pg_catalog.pg_prepared_xacts p WHERE p.transaction::text = ANY ($2::text[])
	 ORDER BY 8 DESC`

func describe(ctx context.Context, db relation.Queryer, pids []int32, prepared []string) ([]Holder, error) {
	if len(pids)+len(prepared) == 0 {
		return nil, nil
	}
	rows, err := db.Query(ctx, describeSQL, pids, prepared)
	if err != nil {
		return nil, link.Fail("look who is in the way", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Holder, error) {
		var h Holder
		var seconds float64
		err := row.Scan(&h.PID, &h.GID, &h.Database, &h.Application, &h.Role, &h.State, &h.Query, &seconds)
		h.Age = time.Duration(seconds * float64(time.Second))
		return h, err
	})
	if err != nil {
		return nil, link.Fail("look who is in the way", err)
	}
	return all, nil
}

// itsTransaction finds the number of a prepared transaction that holds another lock h.
const itsTransaction = "x.pid IS NULL AND x.granted AND x.locktype = 'transactionid' AND x.virtualtransaction = h.virtualtransaction"

// Blocking returns who the session pid waits for; nobody when it does not wait. A prepared transaction has no session,
// so it is found by the lock that it holds.
func Blocking(ctx context.Context, db relation.Queryer, pid uint32) ([]Holder, error) {
	var pids []int32
	var prepared []string
	err := db.QueryRow(ctx, `
		SELECT pg_catalog.array_remove(pg_catalog.pg_blocking_pids($1), 0),
		       ARRAY(SELECT DISTINCT x.transactionid::text
		               FROM pg_catalog.pg_locks w JOIN pg_catalog.pg_locks h
		                 ON h.granted AND h.pid IS NULL AND h.locktype = w.locktype AND h.database IS NOT DISTINCT FROM w.database
		                AND h.relation IS NOT DISTINCT FROM w.relation AND h.transactionid IS NOT DISTINCT FROM w.transactionid
		               JOIN pg_catalog.pg_locks x ON `+itsTransaction+`
		              WHERE w.pid = $1 AND NOT w.granted)`, int32(pid)). //nolint:gosec // a process id
		Scan(&pids, &prepared)
	if err != nil {
		return nil, link.Fail("look who is in the way", err)
	}
	return describe(ctx, db, pids, prepared)
}

// Holding returns who holds a lock on one of the relations (quoted names), other than db's own session. With definition
// only those count whose locks keep others from changing how the table is defined; else everybody who uses it.
func Holding(ctx context.Context, db relation.Queryer, relations []string, definition bool) ([]Holder, error) {
	var pids []int32
	var prepared []string
	err := db.QueryRow(ctx, holdingSQL, pgx.QueryExecModeCacheStatement, relations, definition).Scan(&pids, &prepared)
	if err != nil {
		return nil, link.Fail("look who is in the way", err)
	}
	return describe(ctx, db, pids, prepared)
}

// holdingSQL is prepared once on each connection: set-up of thousands of tables asks it before each of them.
const holdingSQL = `
		WITH held AS (
		  SELECT DISTINCT l.pid, l.virtualtransaction FROM pg_catalog.pg_locks l
		   WHERE l.granted AND l.locktype = 'relation' AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
		     AND l.relation IN (SELECT pg_catalog.to_regclass(n)::oid FROM pg_catalog.unnest($1::text[]) n)
		     AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		     AND (NOT $2 OR l.mode IN ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')))
		SELECT ARRAY(SELECT pid FROM held WHERE pid IS NOT NULL),
		       ARRAY(SELECT DISTINCT x.transactionid::text FROM held h JOIN pg_catalog.pg_locks x ON ` + itsTransaction + ` WHERE h.pid IS NULL)`
