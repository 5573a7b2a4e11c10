package prepare

import (
	"context"
	"log/slog"
	"slices"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// setAside finds the tables whose indexes were dropped for a first load and are not made again yet. Nothing else is to be
// said of such a table's indexes.
func (e *examination) setAside(ctx context.Context, all [][]relation.Finding) error {
	var err error
	if e.aside, err = indexes.Aside(ctx, e.target, e.cfg.Source.Slot); err != nil || len(e.aside) == 0 {
		return err
	}
	loading, err := replica.IsClaimed(ctx, e.target, e.cfg.Source.Slot)
	if err != nil {
		return err
	}
	level, text := relation.Refuse, "is without its indexes, which were put aside for a first load that was interrupted; `syncer init` makes them and goes on"
	if loading {
		level, text = relation.Warning, "is being loaded; its indexes are made behind the rows"
	}
	for n, findings := range all {
		for _, i := range e.aside {
			if len(findings) > 0 && findings[0].Subject == i.Table {
				all[n] = nil
			}
		}
	}
	for _, i := range e.aside {
		e.addFinding(level, "target", i.Table, text, slices.Clone(i.SQL)...)
	}
	if loading { // who loads makes them
		e.aside = nil
	}
	return nil
}

// makeIndexes makes what an interrupted first load has left aside.
func makeIndexes(ctx context.Context, cfg *config.Config) error {
	conn, err := link.Open(ctx, cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "init", MaxAnswer: link.SmallAnswer})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	owner := &indexes.Owner{DSN: cfg.Target.AdminDSN, Slot: cfg.Source.Slot, Workers: cfg.Target.CopyWorkers, Log: slog.Default()}
	return owner.Restore(ctx, conn)
}
