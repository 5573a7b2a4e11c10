package compare

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
)

// sides are source and target, which are brought to one moment to be compared.
type sides struct {
	cfg     *config.Config
	list    *whitelist.List
	wait    time.Duration // for the replica to reach the source's position
	control *pgx.Conn     // on the target, in no transaction; listens to sync_control
}

func openSides(ctx context.Context, cfg *config.Config, list *whitelist.List, wait time.Duration) (*sides, error) {
	s := &sides{cfg: cfg, list: list, wait: wait}
	var err error
	s.control, err = link.Open(ctx, cfg.Target.DSN, link.Options{Name: "target.dsn", Application: "compare", MaxAnswer: link.SmallAnswer, AnswerWithin: answerWithin})
	if err != nil {
		return nil, err
	}
	soon, cancel := context.WithTimeout(ctx, link.Soon) // a server that answers this will answer more
	defer cancel()
	if _, err = s.control.Exec(soon, "LISTEN sync_control"); err != nil {
		s.close()
		if soon.Err() != nil && ctx.Err() == nil {
			err = link.ErrSilent
		}
		return nil, link.Fail("target", err)
	}
	return s, nil
}

func (s *sides) close() { link.Close(s.control) }
