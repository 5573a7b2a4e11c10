package status

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/control"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/swap"
)

// rateOver is the time, in seconds, over which the rate of a load is measured.
const rateOver = 60

// replicaView adds to a report what the target knows.
type replicaView struct {
	report  *Report
	cfg     *config.Config
	asked   bool
	unknown bool // the target knows of no replica
	control control.State
}

func (t *replicaView) askTarget(ctx context.Context, o Options) {
	r := t.report
	conn, err := link.Open(ctx, t.cfg.Target.DSN, link.Options{Name: "target.dsn", Application: "status", MaxAnswer: link.SmallAnswer})
	if err != nil {
		r.State = Failed
		r.addProblem("%s", err)
		return
	}
	defer link.Close(conn)
	s, err := control.Read(ctx, conn, t.cfg.Source.Slot)
	if err != nil {
		r.State = Failed
		if t.unknown = errors.Is(err, replica.ErrNoProgress); t.unknown {
			r.State = Stopped
		}
		r.addProblem("%s", err)
		return
	}
	t.asked, t.control = true, s
	t.judgeState(s)
	t.tellBlocked(ctx, conn)
	t.tellHarmed(ctx, conn)
	t.tellMissing(ctx, conn)
	if r.Tables, err = readTables(ctx, conn, t.cfg.Source.Slot); err != nil {
		r.Tables = []Table{}
		r.addProblem("%s", err)
	}
	if o.Exact {
		t.countRows(ctx, conn)
	}
	for _, table := range r.Tables {
		if table.Error != "" {
			r.addWarning("%s could not be loaded beside the stream and is tried again: %s", table.Name, table.Error)
		}
	}
	t.readComparison(ctx, conn)
	for _, table := range r.Tables {
		if table.State == "released" {
			r.addWarning("%s is released for a migration and stands still; `syncer table resync %s` brings it back", table.Name, table.Name)
		}
	}
	r.Loading = loadingOf(r.Tables)
	if r.Loading != nil && r.Loading.Joining > 0 {
		r.Loading.ShadowBytes = readShadowBytes(ctx, conn)
		r.catchUp(ctx, conn, t.cfg.Source.Slot)
	}
	if t.cfg.Documents != nil {
		t.readDocuments(ctx, conn)
	}
}

// judgeState derives the state from what the writer has recorded last and from whether it is still there.
func (t *replicaView) judgeState(s control.State) {
	r := t.report
	r.State, r.Since, r.Running, r.LastMessageAt, r.LastCommitAt = s.State, &s.Since, s.Running, s.Heard, s.CommitAt
	if s.Applied > 0 {
		r.AppliedLSN = s.Applied.String()
	}
	if s.Skip > 0 {
		r.SkipLSN = s.Skip.String()
	}
	if s.Paused {
		r.PausedBy = orElse(s.PausedBy, "syncer pause")
	}
	if n := len(s.Healed); n > 0 {
		r.addWarning("the slot was lost %d times within a day, last at %s, and every table loaded anew by itself (on_lost: resync); see what holds the syncer up or writes so much log, and raise max_slot_wal_keep_size",
			n, s.Healed[n-1].UTC().Format(time.DateTime))
	}
	quiet := s.Now.Sub(s.Since)
	if s.Heard != nil {
		quiet = min(quiet, s.Now.Sub(*s.Heard))
	}
	switch {
	case s.Standby:
		r.State = Failed
		r.addProblem("target: the server is read-only: it is a standby (in recovery), which takes no changes; let target.dsn lead to its primary, or promote it. The syncer tries again by itself and loses nothing")
	case s.ReadOnly:
		r.State = Failed
		r.addProblem("target: the server is read-only (default_transaction_read_only is on for this role, database or server), so nothing is applied; when that is over the syncer goes on by itself and loses nothing. See who set it: SELECT setting, source, sourcefile FROM pg_settings WHERE name = 'default_transaction_read_only'")
	case s.State == Failed:
		r.addProblem("%s", orElse(s.Error, "the syncer stands still and did not say why"))
		if s.Poison > 0 {
			r.PoisonLSN = s.Poison.String()
			r.addWarning("two ways on: mend what is named and start the syncer again; or `syncer skip --lsn %s`, which leaves out that whole transaction, and then `syncer compare` and `syncer repair`", s.Poison)
		}
	case s.State != Stopped && !s.Running:
		r.State = Stopped
		r.addProblem("no syncer runs; the last one ended without a word while it was %s", s.State)
	case s.State == Streaming && quiet > t.cfg.StaleAfter:
		r.addProblem("nothing was heard from the source for %s", quiet.Round(time.Second))
	}
}

// tellBlocked reports who holds a lock that the writer waits for. Once that takes longer than /healthz allows, it is a problem here too.
func (t *replicaView) tellBlocked(ctx context.Context, conn *pgx.Conn) {
	if !t.report.Running {
		return
	}
	wait, err := locks.Waiting(ctx, conn, "syncer writer")
	switch {
	case err != nil || wait == nil || wait.For < time.Second:
	case wait.For > t.cfg.StaleAfter:
		t.report.addProblem("the writer %s", wait)
	default:
		t.report.addWarning("the writer %s", wait)
	}
}

// readTables counts the rows of a first load exactly and takes those of other tables from the statistics. For a table that is joining they
// are the rows that readers see. The rows of a partitioned table are those of its partitions.
func readTables(ctx context.Context, conn *pgx.Conn, slot string) ([]Table, error) {
	rows, err := conn.Query(ctx, `
		SELECT t.name, t.state, t.state IN ('ready', 'joining', 'released') AS estimated,
		       CASE WHEN t.state IN ('ready', 'joining', 'released') THEN s.live ELSE p.loaded END,
		       coalesce(p.recent, 0), CASE WHEN p.loaded > 0 THEN p.over ELSE 0 END,
		       CASE WHEN t.state = 'joining' THEN coalesce(t.error, '') ELSE '' END
		  FROM sync.tables t
		  LEFT JOIN LATERAL (
		       SELECT coalesce(sum(rows), 0)::bigint AS loaded,
		              coalesce(sum(rows) FILTER (WHERE done_at > now() - make_interval(secs => $2)), 0)::bigint AS recent,
		              least(extract(epoch FROM now() - t.since), $2)::float8 AS over
		         FROM sync.pieces WHERE slot = t.slot AND name = t.name) p ON true
		  LEFT JOIN LATERAL (
		       SELECT coalesce(sum(greatest(pg_catalog.pg_stat_get_live_tuples(leaf.relid), 0)), 0)::bigint AS live
		         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
		              LATERAL (SELECT c.oid AS relid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) leaf
		        WHERE n.nspname || '.' || c.relname = t.name) s ON true
		 WHERE t.slot = $1 ORDER BY t.name`, slot, rateOver)
	if err != nil {
		return nil, link.Fail("target: tables", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Table, err error) {
		return t, row.Scan(&t.Name, &t.State, &t.Estimated, &t.Rows, &t.recent, &t.over, &t.Error)
	})
	if err != nil {
		return nil, link.Fail("target: tables", err)
	}
	return all, nil
}

// readShadowBytes returns how many bytes of joining tables have arrived; 0 if this role may not ask.
func readShadowBytes(ctx context.Context, conn *pgx.Conn) (bytes int64) {
	_ = conn.QueryRow(ctx, `
		SELECT coalesce(sum(pg_catalog.pg_table_size(c.oid)), 0)::bigint
		  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		 WHERE n.nspname = $1 AND c.relkind = 'r'`, swap.ShadowSchema).Scan(&bytes)
	return bytes
}

// catchUp adds how far tables that join are behind. What cannot be asked is left out.
func (r *Report) catchUp(ctx context.Context, conn *pgx.Conn, slot string) {
	behind, err := swap.Behind(ctx, conn, slot)
	if err != nil {
		return
	}
	for i := range r.Tables {
		if bytes, ok := behind[r.Tables[i].Name]; ok {
			r.Tables[i].BehindBytes = &bytes
		}
	}
}

// countRows replaces estimates by counts. If a count fails, its estimate stays.
func (t *replicaView) countRows(ctx context.Context, conn *pgx.Conn) {
	for i := range t.report.Tables {
		entry := &t.report.Tables[i]
		if !entry.Estimated {
			continue
		}
		var quoted string
		err := conn.QueryRow(ctx, `SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
			JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname || '.' || c.relname = $1`, entry.Name).Scan(&quoted)
		if err == nil {
			err = conn.QueryRow(ctx, "SELECT count(*) FROM "+quoted).Scan(&entry.Rows)
		}
		if err != nil {
			t.report.addWarning("%s could not be counted: %s", entry.Name, link.Scrub(err))
			continue
		}
		entry.Estimated = false
	}
}

// CountObjects counts the objects that rows name.
func CountObjects(ctx context.Context, conn *pgx.Conn) (*Documents, error) {
	d := &Documents{}
	err := conn.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'ready'),
		       count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'deleting')
		  FROM sync.objects`).Scan(&d.Waiting, &d.Ready, &d.Failed, &d.Deleting)
	if code := link.Code(err); code == "42P01" || code == "3F000" {
		return nil, replica.ErrNoProgress
	}
	if err != nil {
		return nil, link.Fail("target: objects", err)
	}
	return d, nil
}

func (t *replicaView) readDocuments(ctx context.Context, conn *pgx.Conn) {
	d, err := CountObjects(ctx, conn)
	if err != nil {
		t.report.addProblem("%s", err)
		return
	}
	t.report.Documents = d
	if d.Failed > 0 {
		t.report.addWarning("%d objects could not be copied; `syncer documents` says which and why", d.Failed)
	}
}

// readHarms returns, by table, why the source refuses changes of its application, as the reader has seen it last.
func readHarms(ctx context.Context, conn *pgx.Conn, slot string) (all []string, err error) {
	rows, err := conn.Query(ctx, `SELECT name || ': ' || harm FROM sync.tables WHERE slot = $1 AND harm <> '' ORDER BY name`, slot)
	if err == nil {
		all, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if link.Code(err) == "42703" { // of an older version
		return nil, nil
	}
	if err != nil {
		return nil, link.Fail("target: tables", err)
	}
	return all, nil
}

// tellHarmed reports changes that the source refuses its application because of the publication. A running reader records them.
func (t *replicaView) tellHarmed(ctx context.Context, conn *pgx.Conn) {
	if !t.report.Running {
		return
	}
	all, err := readHarms(ctx, conn, t.cfg.Source.Slot)
	if err != nil {
		t.report.addProblem("%s", err)
	}
	for _, why := range all {
		t.report.addProblem("the source refuses its application changes, because the table is published: %s", why)
	}
}

// tellMissing reports tables of the replica that no longer exist. The writer only notices at the next change.
func (t *replicaView) tellMissing(ctx context.Context, conn *pgx.Conn) {
	rows, err := conn.Query(ctx, `
		SELECT t.name FROM sync.tables t
		 WHERE t.slot = $1 AND t.state = 'ready' AND NOT EXISTS (
		       SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname || '.' || c.relname = t.name)
		 ORDER BY t.name`, t.cfg.Source.Slot)
	var names []string
	if err == nil {
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.report.addProblem("%s", link.Fail("target: tables", err))
	}
	for _, name := range names {
		t.report.addProblem("target: %s does not exist any more: it was dropped, renamed or moved there; rename it back, or make it anew (`syncer check` says how) and run `syncer table resync %s`", name, name)
	}
}
