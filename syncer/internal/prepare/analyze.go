package prepare

import (
	"context"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
)

// Analyze lets the planner know the loaded tables. Only their owner may, which the writer is not: so `init` does
// it, and after everything else autovacuum.
func Analyze(ctx context.Context, cfg *config.Config, list *whitelist.List) error {
	conn, err := link.Open(ctx, cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "analyze"})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	for _, t := range list.Tables {
		if _, err := conn.Exec(ctx, "ANALYZE "+relation.Quote(t.Schema, t.Name)); err != nil {
			return targetError("analyze "+t.FullName(), err)
		}
	}
	return nil
}
