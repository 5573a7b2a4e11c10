package status

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// Slot is our replication slot on the source.
type Slot struct {
	Name      string `json:"name"`
	Active    bool   `json:"active"`
	Status    string `json:"status"` // reserved, extended, unreserved, lost
	Confirmed string `json:"confirmed_lsn"`
	Retained  int64  `json:"retained_bytes"`
	// Limit is max_slot_wal_keep_size, and Safe is how much may still be written before the slot is lost. Both are null without a
	// limit.
	Limit *int64 `json:"limit_bytes"`
	Safe  *int64 `json:"safe_bytes"`
	// LostIn is how many seconds are left until then at the rate between two looks; null if the slot keeps up or has no limit.
	LostIn *float64 `json:"lost_in_seconds"`
}

// ReadSlot describes the slot with its limits.
func ReadSlot(ctx context.Context, conn *pgx.Conn, name string) (*Slot, error) {
	s, err := publisher.ReadSlot(ctx, conn, name)
	if err != nil {
		return nil, err
	}
	slot := &Slot{Name: name, Active: s.Active, Status: s.Status, Confirmed: s.Confirmed.String(), Retained: s.Retained}
	var limit int64
	err = conn.QueryRow(ctx, `SELECT CASE WHEN setting = '-1' THEN -1 ELSE pg_catalog.pg_size_bytes(setting || unit) END
		FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size'`).Scan(&limit)
	if err != nil {
		return nil, link.Fail("source: max_slot_wal_keep_size", err)
	}
	if limit >= 0 {
		slot.Limit = &limit
		if s.Safe >= 0 {
			slot.Safe = &s.Safe
		}
	}
	return slot, nil
}

// Pace estimates when the slot is lost if log is written at the rate since an earlier look.
func (s *Slot) Pace(before *Slot, between time.Duration) {
	if before == nil || s.Safe == nil || before.Safe == nil || between <= 0 {
		return
	}
	if used := float64(*before.Safe-*s.Safe) / between.Seconds(); used > 0 {
		left := float64(*s.Safe) / used
		s.LostIn = &left
	}
}

func (r *Report) askSource(ctx context.Context, cfg *config.Config, t replicaView) {
	conn, err := link.Open(ctx, cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "status"})
	if err != nil {
		r.addProblem("%s", err)
		return
	}
	defer link.Close(conn)
	slot, missing := ReadSlot(ctx, conn, cfg.Source.Slot)
	if standby := (*link.Error)(nil); errors.As(missing, &standby) {
		r.State = Failed
		r.addProblem("%s", standby)
		return
	}
	var text string
	var now time.Time
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_current_wal_lsn()::text, clock_timestamp()`).Scan(&text, &now); err != nil {
		r.addProblem("source: %s", link.Scrub(err))
		return
	}
	r.SourceLSN = text
	r.judgeSlot(slot, missing, cfg, t)
	var lsn wire.LSN
	if t.control.Applied > 0 && lsn.Scan(text) == nil {
		r.measureLag(lsn, t.control.Applied, now, t.control.Fresh)
	}
	r.expectRows(ctx, conn)
	r.harmedNow(ctx, conn, cfg)
}

// harmedNow reports which changes the source refuses its application. While a reader runs, it reports that itself.
func (r *Report) harmedNow(ctx context.Context, conn *pgx.Conn, cfg *config.Config) {
	if r.Running {
		return
	}
	all, err := publisher.Harms(ctx, conn, cfg.Source.Publication)
	if err != nil {
		r.addProblem("%s", err)
	}
	for _, why := range all {
		r.addProblem("the source refuses its application changes, because the table is published: %s; `syncer check` says what mends it", why)
	}
}

func (r *Report) judgeSlot(slot *Slot, err error, cfg *config.Config, t replicaView) {
	gone := errors.Is(err, publisher.ErrNoSlot)
	if err != nil && !gone {
		r.addProblem("%s", err)
		return
	}
	r.Slot = slot
	if !t.asked && cfg.Target.DSN == "" { // the slot is all that we see of the syncer
		r.State = Stopped
		if slot != nil && slot.Active {
			r.State = Streaming
		}
	}
	switch {
	case t.unknown && slot != nil:
		r.State, r.Problems, r.Error = Failed, r.Problems[:0], ""
		r.addProblem("%s", publisher.ResyncError("the target knows of no replica, but the source keeps replication slot %q for one: the target was wiped, or restored from before `syncer init`", cfg.Source.Slot))
	case gone && t.control.Applied == 0: // not loaded yet, or not known to be
	case gone || slot.Status == "lost":
		r.State = Failed
		if strings.Contains(r.Error, "RESYNC REQUIRED") {
			return // the syncer has said so itself, and knows more
		}
		r.addProblem("%s", publisher.ResyncError("replication slot %q is gone or lost", cfg.Source.Slot))
	case slot.Status == "unreserved":
		r.addWarning("the slot will be lost at the next checkpoint: the source keeps less log than the syncer is behind; let the syncer catch up now, or raise max_slot_wal_keep_size")
	case slot.Limit != nil && slot.Safe != nil && *slot.Safe < *slot.Limit/4:
		r.addWarning("three quarters of the log that the source may keep for the slot are used; when it is used up the slot is lost. Let the syncer catch up, or raise max_slot_wal_keep_size")
	case slot.Limit != nil && slot.Safe != nil && *slot.Safe < *slot.Limit/2:
		r.addWarning("half of the log that the source may keep for the slot is used; one large transaction may need the rest")
	case slot.Limit == nil && !slot.Active:
		r.addWarning("nobody reads the slot and max_slot_wal_keep_size has no limit: the source keeps log until its disk is full")
	}
}

// measureLag adds how far applied is behind now, in bytes and in the time for which something may be missing.
func (r *Report) measureLag(now, applied wire.LSN, at time.Time, fresh *time.Time) {
	behind := int64(0)
	if now > applied {
		behind = int64(now - applied)
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

// expectRows estimates how many rows the tables that are being loaded have.
func (r *Report) expectRows(ctx context.Context, conn *pgx.Conn) {
	for i := range r.Tables {
		t := &r.Tables[i]
		if t.State != "waiting" && t.State != "copying" {
			continue
		}
		// Without statistics there is no estimate: the table keeps 0.
		_ = conn.QueryRow(ctx, `
			SELECT coalesce(sum(greatest(leaf.reltuples, 0)), 0)::bigint
			  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
			       LATERAL (SELECT c.oid AS relid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) p
			       JOIN pg_catalog.pg_class leaf ON leaf.oid = p.relid AND leaf.relkind = 'r'
			 WHERE n.nspname || '.' || c.relname = $1`, t.Name).Scan(&t.SourceRows)
	}
}

// Compare adds what only two looks can tell.
func (r *Report) Compare(before *Report) {
	between := r.AskedAt.Sub(before.AskedAt)
	if between <= 0 {
		return
	}
	if r.Slot != nil {
		r.Slot.Pace(before.Slot, between)
	}
	written, ok := movedBy(before.SourceLSN, r.SourceLSN, between)
	applied, too := movedBy(before.AppliedLSN, r.AppliedLSN, between)
	if ok && too {
		r.Rates = &Rates{SourceBytes: written, AppliedBytes: applied}
	}
}

func movedBy(from, to string, in time.Duration) (float64, bool) {
	var a, b wire.LSN
	if a.Scan(from) != nil || b.Scan(to) != nil || b < a {
		return 0, false
	}
	return float64(b-a) / in.Seconds(), true
}
