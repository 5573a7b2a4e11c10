// Package status reports how the replica is: to people and programs (`syncer status`), to Prometheus (/metrics) and to a watchdog
// (/healthz). It changes nothing. It may import control, locks, publisher,
// replica, apply, swap, link, wire, config, pgx and the Prometheus client.
package status

import (
	"context"
	"fmt"
	"time"

	"portal.example/syncer/internal/config"
)

// Report is `status --json`.
type Report struct {
	// Healthy says that the replica follows its source, or is being loaded, and that there are no Problems.
	Healthy bool `json:"healthy"`
	// Problems are wrong now; Warnings become problems if nobody acts. Unasked lists what the configuration does not let us ask, and
	// what is therefore missing here.
	Problems []string `json:"problems"`
	Warnings []string `json:"warnings"`
	Unasked  []string `json:"unasked,omitempty"`

	State    string     `json:"state"` // starting, snapshotting, streaming, paused, error, stopped; "" when neither side can be asked
	Since    *time.Time `json:"since"`
	Running  bool       `json:"running"` // a writer holds the replica
	PausedBy string     `json:"paused_by,omitempty"`
	SkipLSN  string     `json:"skip_lsn,omitempty"`
	// PoisonLSN is the transaction that the target refuses, when that is why the state is error.
	PoisonLSN string `json:"poison_lsn,omitempty"`

	SourceLSN     string     `json:"source_lsn,omitempty"`
	AppliedLSN    string     `json:"applied_lsn,omitempty"`
	LagBytes      *int64     `json:"lag_bytes"`   // null when the source cannot be asked
	LagSeconds    *float64   `json:"lag_seconds"` // null when unknown
	LastMessageAt *time.Time `json:"last_message_at"`
	LastCommitAt  *time.Time `json:"last_commit_at"` // of the last transaction applied, by the source's clock

	Tables    []Table    `json:"tables"`
	Loading   *Loading   `json:"loading,omitempty"`
	Documents *Documents `json:"documents,omitempty"`
	Inbound   *Inbound   `json:"inbound,omitempty"`
	Slot      *Slot      `json:"slot,omitempty"`
	// Comparison is how far the scheduled comparison has come. Differences are what it found and what still differs.
	Comparison  *Comparison  `json:"comparison,omitempty"`
	Differences []Difference `json:"differences,omitempty"`
	Rates       *Rates       `json:"rates,omitempty"` // only in a second look
	Error       string       `json:"error,omitempty"`
	AskedAt     time.Time    `json:"asked_at"`
}

// Table is one replicated table.
type Table struct {
	Name      string `json:"name"`
	State     string `json:"state"`     // waiting, copying, ready, joining
	Rows      int64  `json:"rows"`      // exact while it is loaded, and when Estimated is false
	Estimated bool   `json:"estimated"` // as the target's statistics say
	// Error is why the last attempt to load it beside the stream failed; the next one follows by itself.
	Error string `json:"error,omitempty"`
	// BehindBytes is how much of the source's log a table that joins is behind the others; null while its rows are
	// still coming, and for tables that do not join.
	BehindBytes *int64 `json:"behind_bytes,omitempty"`
	// SourceRows is what the source's statistics say that the whole table has, while it is loaded; 0 when
	// they say nothing. A row filter leaves fewer.
	SourceRows int64 `json:"source_rows,omitempty"`

	recent int64   // rows loaded in the last rateOver
	over   float64 // seconds in which they were
}

// Loading sums up the tables that are being loaded.
type Loading struct {
	// Joining is how many of the Tables are loaded beside the stream, into shadows that have ShadowBytes so far. Rows are those of the
	// other tables.
	Tables      int      `json:"tables"`
	Joining     int      `json:"joining"`
	ShadowBytes int64    `json:"shadow_bytes"`
	Rows        int64    `json:"rows"`
	SourceRows  int64    `json:"source_rows"` // estimate; 0 when the source says nothing
	RowsPerSec  float64  `json:"rows_per_second"`
	SecondsLeft *float64 `json:"seconds_left"` // null when it cannot be told
}

// Documents counts the objects by state.
type Documents struct {
	Waiting  int64 `json:"waiting"`
	Ready    int64 `json:"ready"`
	Failed   int64 `json:"failed"`
	Deleting int64 `json:"deleting"`
}

// Rates are measured between two looks.
type Rates struct {
	SourceBytes  float64 `json:"source_bytes_per_second"`  // log that the source wrote
	AppliedBytes float64 `json:"applied_bytes_per_second"` // log that the replica followed
}

// Options say how closely to look.
type Options struct {
	Exact bool // count the rows of every table, which reads all of them
}

// Ask asks the sides that the configuration names. That a side does not answer becomes part of the report.
func Ask(ctx context.Context, cfg *config.Config, o Options) Report {
	r := Report{Problems: []string{}, Warnings: []string{}, Tables: []Table{}, AskedAt: time.Now()}
	t := replicaView{report: &r, cfg: cfg}
	switch {
	case cfg.Target.DSN != "":
		t.askTarget(ctx, o)
	default:
		r.Unasked = append(r.Unasked, "target: there is no target.dsn here, so the state is what the slot shows, and nothing is known of tables")
	}
	switch {
	case cfg.Source.DSN != "":
		r.askSource(ctx, cfg, t)
	default:
		r.Unasked = append(r.Unasked, "source: there is no source.dsn here, so neither the lag nor the slot is known")
	}
	if cfg.Inbound != nil && cfg.Inbound.Outside.DSN != "" {
		r.askInbound(ctx, cfg)
	}
	r.Loading.expectEnd(r.Tables)
	r.Healthy = len(r.Problems) == 0 && (r.State == Streaming || r.State == Snapshotting || r.State == "")
	return r
}

// addProblem adds a problem. The first one is also Error, where programs look.
func (r *Report) addProblem(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	r.Problems = append(r.Problems, text)
	r.Error = orElse(r.Error, text)
}

func (r *Report) addWarning(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// Follows reports whether the replica follows its source now, which decides the exit code.
func (r *Report) Follows() bool { return r.Healthy && (r.State == Streaming || r.State == "") }

// loadingOf sums up the tables that are being loaded; nil if every table is ready.
func loadingOf(tables []Table) *Loading {
	l := &Loading{}
	var recent int64
	var over float64
	for _, t := range tables {
		switch t.State {
		case "ready", "released":
			continue
		case "joining":
			l.Joining++
		default:
			l.Rows += t.Rows
			recent, over = recent+t.recent, max(over, t.over)
		}
		l.Tables++
	}
	if l.Tables == 0 {
		return nil
	}
	if over > 0 {
		l.RowsPerSec = float64(recent) / over
	}
	return l
}

// expectEnd estimates the end of the load by the source's statistics. If they say nothing about one of the tables, the end is unknown.
func (l *Loading) expectEnd(tables []Table) {
	if l == nil {
		return
	}
	for _, t := range tables {
		if t.State != "waiting" && t.State != "copying" {
			continue
		}
		if t.SourceRows == 0 {
			l.SourceRows = 0
			return
		}
		l.SourceRows += max(t.SourceRows, t.Rows)
	}
	if left := float64(l.SourceRows - l.Rows); left > 0 && l.RowsPerSec > 0 {
		left /= l.RowsPerSec
		l.SecondsLeft = &left
	}
}
