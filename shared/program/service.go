package program

import (
	"context"
	"log/slog"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/shared/background"
	"portal.example/shared/logs"
	"portal.example/shared/operations"
	"portal.example/shared/pg"
	"portal.example/shared/web"
)

// Service is a long-running program under construction; see Run.
type Service struct {
	Log *slog.Logger
	// Operations serves metrics and health to operators.
	Operations *operations.Operations
	// Background runs all parts of the service, including its HTTP server.
	Background *background.Group

	close []func()
}

// Run builds a service and runs it until ctx ends or a part of it fails. The operators' address is served before the other
// parts start and until after they stop.
func Run(ctx context.Context, name string, o operations.Config, build func(context.Context, *Service) error) error {
	log := logs.New(os.Stderr, slog.LevelInfo)
	slog.SetDefault(log)
	s := &Service{Log: log, Operations: operations.New(name, log), Background: background.New(log)}
	defer func() {
		for _, closing := range s.close {
			closing()
		}
	}()
	s.Operations.Background(s.Background)
	if o.Listen != "" {
		s.Background.Add(web.Job("operations", web.ServeConfig{Addr: o.Listen}, s.Operations.Handler()))
	}
	if err := build(ctx, s); err != nil {
		return err
	}
	return s.Background.Run(ctx)
}

// Pool opens a pool that is closed when everything has stopped; name stands in its metrics.
func (s *Service) Pool(ctx context.Context, name, dsn string, o pg.Options) (*pgxpool.Pool, error) {
	pool, err := pg.Open(ctx, dsn, o)
	if err != nil {
		return nil, err
	}
	s.close = append(s.close, pool.Close)
	s.Operations.Pool(name, pool)
	return pool, nil
}
