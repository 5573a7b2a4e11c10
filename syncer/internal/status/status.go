// Package status tells how the replica is: for people and programs that ask (`syncer status`), for
// Prometheus (/metrics) and for a watchdog (/healthz). It changes nothing. It may import source, target,
// link, wire, config, pgx and the Prometheus client.
package status

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/source"
	"portal.example/syncer/internal/target"
)

// Report is `status --json`.
type Report struct {
	State         string     `json:"state"` // starting, snapshotting, streaming, paused, error, stopped
	SourceLSN     string     `json:"source_lsn,omitempty"`
	AppliedLSN    string     `json:"applied_lsn,omitempty"`
	LagBytes      *int64     `json:"lag_bytes"`   // null when the source cannot be asked
	LagSeconds    *float64   `json:"lag_seconds"` // null when unknown
	LastMessageAt *time.Time `json:"last_message_at"`
	Tables        []Table    `json:"tables"`
	Documents     *Documents `json:"documents,omitempty"`
	Inbound       *Inbound   `json:"inbound,omitempty"`
	Slot          *Slot      `json:"slot,omitempty"`
	Error         string     `json:"error,omitempty"`
}

// Table is one replicated table.
type Table struct {
	Name  string `json:"name"`
	State string `json:"state"` // waiting, copying, ready
	Rows  int64  `json:"rows"`  // as the target's statistics estimate, or loaded so far while copying
}

// Slot is what the source keeps for us.
type Slot struct {
	Name     string `json:"name"`
	Active   bool   `json:"active"`
	Status   string `json:"status"`
	Retained int64  `json:"retained_bytes"`
}

// Documents counts the objects by state.
type Documents struct {
	Waiting  int64 `json:"waiting"`
	Ready    int64 `json:"ready"`
	Failed   int64 `json:"failed"`
	Deleting int64 `json:"deleting"`
}

// Inbound tells of sealed messages still outside.
type Inbound struct {
	Waiting  int64      `json:"waiting"`
	OldestAt *time.Time `json:"oldest_at,omitempty"`
}

// deaf is how long without a sign of life before a state that claims to be at work is not believed.
const deaf = 10 * time.Second

// Ask asks both databases. A side that does not answer becomes part of the report.
func Ask(ctx context.Context, cfg *config.Config) Report {
	r := Report{State: "stopped", Tables: []Table{}}
	applied, fresh := r.askTarget(ctx, cfg)
	r.askSource(ctx, cfg, applied, fresh)
	if cfg.Inbound != nil {
		r.askInbound(ctx, cfg)
	}
	return r
}

func (r *Report) problem(err error) {
	if r.Error == "" {
		r.Error = err.Error()
	}
	if r.State != "stopped" {
		r.State = "error"
	}
}

func (r *Report) askTarget(ctx context.Context, cfg *config.Config) (applied pglogrepl.LSN, fresh *time.Time) {
	conn, err := link.Open(ctx, cfg.Target.DSN, link.Options{Name: "target.dsn", Application: "status"})
	if err != nil {
		r.State = "error"
		r.problem(err)
		return 0, nil
	}
	defer link.Close(conn)
	p, err := target.ReadProgress(ctx, conn, cfg.Source.Slot)
	if err != nil {
		r.problem(err)
		return 0, nil
	}
	r.State, r.Error, r.LastMessageAt = p.State, p.Error, p.HeardAt
	if p.Applied > 0 {
		r.AppliedLSN = p.Applied.String()
	}
	if r.State == "streaming" && (p.HeardAt == nil || p.Now.Sub(*p.HeardAt) > deaf) {
		r.State = "stopped"
	}
	if err := r.tables(ctx, conn, cfg.Source.Slot); err != nil {
		r.problem(err)
	}
	if cfg.Documents != nil {
		if err := r.documents(ctx, conn); err != nil {
			r.problem(err)
		}
	}
	return p.Applied, p.FreshAt
}

func (r *Report) tables(ctx context.Context, conn *pgx.Conn, slot string) error {
	rows, err := conn.Query(ctx, `
		SELECT t.name, t.state,
		       CASE WHEN t.state = 'ready' THEN coalesce((SELECT greatest(s.n_live_tup, 0) FROM pg_catalog.pg_stat_user_tables s
		              WHERE s.schemaname || '.' || s.relname = t.name), 0)
		            ELSE coalesce((SELECT sum(c.rows) FROM sync.chunks c WHERE c.slot = t.slot AND c.name = t.name), 0) END::bigint
		  FROM sync.tables t WHERE t.slot = $1 ORDER BY t.name`, slot)
	if err == nil {
		r.Tables, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Table])
	}
	if err != nil {
		return fmt.Errorf("target: %s: %w", link.Scrub(err), err)
	}
	return nil
}

func (r *Report) documents(ctx context.Context, conn *pgx.Conn) error {
	d := &Documents{}
	err := conn.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'ready'),
		       count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'deleting')
		  FROM sync.objects`).Scan(&d.Waiting, &d.Ready, &d.Failed, &d.Deleting)
	if err != nil {
		return fmt.Errorf("target: %s: %w", link.Scrub(err), err)
	}
	r.Documents = d
	return nil
}

func (r *Report) askSource(ctx context.Context, cfg *config.Config, applied pglogrepl.LSN, fresh *time.Time) {
	conn, err := link.Open(ctx, cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "status"})
	if err != nil {
		r.problem(err)
		return
	}
	defer link.Close(conn)
	var text string
	var now time.Time
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_current_wal_lsn()::text, clock_timestamp()`).Scan(&text, &now); err != nil {
		r.problem(fmt.Errorf("source: %s: %w", link.Scrub(err), err))
		return
	}
	lsn, _ := pglogrepl.ParseLSN(text)
	r.SourceLSN = text
	s, err := source.ReadSlot(ctx, conn, cfg.Source.Slot)
	if err == nil {
		r.Slot = &Slot{cfg.Source.Slot, s.Active, s.Status, s.Retained}
	}
	if applied == 0 {
		return
	}
	if errors.Is(err, source.ErrNoSlot) || s.Status == "lost" {
		r.State = "error"
		r.problem(source.Resync("replication slot %q is gone or lost", cfg.Source.Slot))
	}
	r.lag(lsn, applied, now, fresh)
}

func (r *Report) lag(now, applied pglogrepl.LSN, at time.Time, fresh *time.Time) {
	behind := int64(0)
	if now > applied {
		behind = int64(now - applied) //nolint:gosec // positions of one log
	}
	r.LagBytes = &behind
	seconds := 0.0
	if behind > 0 {
		if fresh == nil {
			return
		}
		seconds = max(at.Sub(*fresh).Seconds(), 0)
	}
	r.LagSeconds = &seconds
}

func (r *Report) askInbound(ctx context.Context, cfg *config.Config) {
	conn, err := link.Open(ctx, cfg.Inbound.Outside.DSN, link.Options{Name: "inbound.outside.dsn", Application: "status"})
	if err != nil {
		r.problem(err)
		return
	}
	defer link.Close(conn)
	in := &Inbound{}
	err = conn.QueryRow(ctx, `SELECT messages, oldest FROM inbound.waiting()`).Scan(&in.Waiting, &in.OldestAt)
	if err != nil {
		r.problem(fmt.Errorf("inbound, outside: %s: %w", link.Scrub(err), err))
		return
	}
	r.Inbound = in
}
