package compare

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
)

const (
	silentAfter = 2 * time.Minute  // a server that does not even answer "1" for so long answers nothing
	askEvery    = 10 * time.Second // how often it is asked
)

// runGuarded runs do until a side falls silent. A question about a whole table may take an hour, so that how long it takes says
// nothing; a server that is there and does not answer the shortest one beside it is waited for no longer.
func (s *sides) runGuarded(ctx context.Context, silentAfter time.Duration, do func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	ended := make(chan struct{}, 2)
	for side, dsn := range map[string]string{"source": s.cfg.Source.DSN, "target": s.cfg.Target.DSN} {
		go func() {
			defer func() { ended <- struct{}{} }()
			knockAtSide(ctx, side, dsn, silentAfter, cancel)
		}()
	}
	err := do(ctx)
	if cause := context.Cause(ctx); err != nil && cause != nil {
		err = cause
	}
	cancel(nil)
	<-ended
	<-ended
	return err
}

// knockAtSide asks a side for nothing again and again, and cancels when no answer comes.
func knockAtSide(ctx context.Context, side, dsn string, silentAfter time.Duration, cancel context.CancelCauseFunc) {
	var conn *pgx.Conn
	defer func() { link.Close(conn) }()
	for {
		if conn == nil { // a server without room for one more connection says so, which is an answer
			conn, _ = link.Open(ctx, dsn, link.Options{Name: side + ".dsn", Application: "compare", MaxAnswer: link.SmallAnswer})
		}
		if conn != nil {
			soon, stop := context.WithTimeout(ctx, silentAfter)
			_, err := conn.Exec(soon, "SELECT 1")
			late := soon.Err() != nil && ctx.Err() == nil
			stop()
			if late {
				cancel(link.Fail(side, link.ErrSilent))
				return
			}
			if err != nil {
				link.Close(conn)
				conn = nil
			}
		}
		if link.Pause(ctx, min(askEvery, silentAfter)) != nil {
			return
		}
	}
}
