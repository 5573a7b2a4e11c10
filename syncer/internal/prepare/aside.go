package prepare

import (
	"context"
	"log/slog"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/link"
)

// makeIndexes makes the indexes that an interrupted first load has put aside.
func makeIndexes(ctx context.Context, cfg *config.Config) error {
	conn, err := link.Open(ctx, cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: "init", MaxAnswer: link.SmallAnswer})
	if err != nil {
		return err
	}
	defer link.Close(conn)
	owner := &indexes.Owner{DSN: cfg.Target.AdminDSN, Slot: cfg.Source.Slot, Workers: cfg.Target.CopyWorkers, Log: slog.Default()}
	return owner.Restore(ctx, conn)
}
