package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/background"
	"portal.example/shared/blob"
	"portal.example/shared/program"
)

// longTogether is how much long work is done at a time: one that takes an hour holds up nobody, and pages keep their connections.
const longTogether = 2

// longWork does in the background what people ask for on the pages.
func longWork(s *program.Service, pool *pgxpool.Pool, files *blob.Bucket) error {
	kinds, err := web.Kinds(web.Config{Pool: pool})
	if err != nil {
		return err
	}
	r := &work.Runner{Store: work.NewStore(pool), People: access.NewStore(pool, rights.Declared), Files: files, Kinds: kinds, Log: s.Log}
	for range longTogether {
		s.Background.Add(background.Job{Name: "long work", Run: func(ctx context.Context, started func()) error {
			started()
			q := background.Queue{
				Next: r.Next, Pause: func(context.Context) time.Duration { return 2 * time.Second },
				Retry: background.Retry{Log: s.Log, What: "long work failed; trying again", First: time.Second, Longest: time.Minute},
			}
			q.Run(ctx)
			return ctx.Err()
		}})
	}
	s.Background.Every("files of long work that are old", time.Hour, 10*time.Minute, r.Sweep)
	return nil
}
