package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/snapshot"
	"portal.example/syncer/internal/status"
	"portal.example/syncer/internal/terminal"
)

// logLoadEvery is how often a load is logged where no bar can be drawn.
const logLoadEvery = 5 * time.Second

// loading shows a load: on a terminal as a bar over all tables, elsewhere as an occasional line in the log. Before the rows come only a
// table's size on the source's disk is known, so the bar counts its loaded pieces, weighed by that size.
type loading struct {
	ask    func() map[string]int64
	log    *slog.Logger
	live   *status.Live
	bar    *terminal.Progress // nil: the log is used
	sizes  map[string]int64   // of the source's tables, asked for once; others are added when their load begins
	tables map[string]snapshot.Progress
	logged time.Time
}

func (a *app) showLoading(ctx context.Context, cfg *config.Config, log *slog.Logger, live *status.Live) *loading {
	l := &loading{log: log, live: live, tables: map[string]snapshot.Progress{}, ask: func() map[string]int64 { return sourceSizes(ctx, cfg) }}
	if a.problems.IsTerminal() {
		l.bar = a.newProgress("loading", 0).Bytes()
	}
	return l
}

// sourceSizes asks the source for the size of each listed table. If that fails, the bar learns the size of each table when its load
// begins.
func sourceSizes(ctx context.Context, cfg *config.Config) map[string]int64 {
	sizes := map[string]int64{}
	list, err := whitelist.Load(cfg.Whitelist)
	if err != nil || cfg.Source.DSN == "" {
		return sizes
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := link.Open(ctx, cfg.Source.DSN, link.Options{Name: "source.dsn", Application: "sizes"})
	if err != nil {
		return sizes
	}
	defer link.Close(conn)
	var names []string
	for _, t := range list.Tables {
		names = append(names, t.FullName())
	}
	rows, err := conn.Query(ctx, `
		SELECT n.nspname || '.' || c.relname, sum(pg_catalog.pg_relation_size(p.relid))::bigint
		  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
		       LATERAL (SELECT c.oid AS relid UNION SELECT relid FROM pg_catalog.pg_partition_tree(c.oid)) p
		 WHERE n.nspname || '.' || c.relname = ANY ($1::text[]) GROUP BY 1`, names)
	if err != nil {
		return sizes
	}
	var name string
	var size int64
	_, _ = pgx.ForEachRow(rows, []any{&name, &size}, func() error {
		sizes[name] = size
		return nil
	})
	return sizes
}

// noteTable notes how far one table is.
func (l *loading) noteTable(p snapshot.Progress) {
	before := l.tables[p.Table]
	l.tables[p.Table] = p
	if p.Done > before.Done {
		l.live.Piece(p.Done-before.Done, p.Rows-before.Rows)
	}
	l.live.Loaded(p.Bytes - before.Bytes)
	if l.bar == nil {
		l.logTable(p)
		return
	}
	if l.sizes == nil {
		l.sizes = l.ask()
	}
	if _, known := l.sizes[p.Table]; !known {
		l.sizes[p.Table] = p.Total
	}
	done, total, rows := l.sumTables()
	l.bar.Total(total)
	l.bar.Title("loading " + p.Table + ", " + terminal.Count(rows) + " rows")
	l.bar.Set(done)
}

func (l *loading) sumTables() (done, total, rows int64) {
	for _, size := range l.sizes {
		total += size
	}
	for name, p := range l.tables {
		rows += p.Rows
		if p.Pieces > 0 {
			done += int64(float64(l.sizes[name]) * float64(p.Done) / float64(p.Pieces))
		}
	}
	return done, total, rows
}

// logTable logs when a table is done, and at intervals before.
func (l *loading) logTable(p snapshot.Progress) {
	finished := p.Pieces > 0 && p.Done >= p.Pieces
	if !finished && time.Since(l.logged) < logLoadEvery {
		return
	}
	l.logged = time.Now()
	text := "loading"
	if finished {
		text = "loaded"
	}
	l.log.Info(text, "table", p.Table, "pieces", p.Done, "of", p.Pieces, "rows", p.Rows)
}

// closeBar closes the bar.
func (l *loading) closeBar() {
	if len(l.tables) > 0 {
		l.bar.Title("loaded")
		l.bar.Finish()
	}
}
