package prepare

import (
	"context"

	"golang.org/x/sync/errgroup"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Analyze gives the planner statistics of the loaded tables. Only their owner may do that, which the writer is not, so `init` does it here.
// Later autovacuum does.
func Analyze(ctx context.Context, cfg *config.Config, list *whitelist.List) error {
	tables := make(chan whitelist.Table, len(list.Tables))
	for _, t := range list.Tables {
		tables <- t
	}
	close(tables)
	g, ctx := errgroup.WithContext(ctx)
	for range min(cfg.Target.CopyWorkers, len(list.Tables)) {
		g.Go(func() error { return analyzeTable(ctx, cfg, tables) })
	}
	return g.Wait()
}

func analyzeTable(ctx context.Context, cfg *config.Config, tables <-chan whitelist.Table) error {
	conn, err := link.Open(ctx, cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "analyze", MaxAnswer: link.SmallAnswer})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	for t := range tables {
		if _, err := conn.Exec(ctx, "ANALYZE "+relation.Quote(t.Schema, t.Name)); err != nil {
			return targetError("analyze "+t.FullName(), err)
		}
	}
	return nil
}
