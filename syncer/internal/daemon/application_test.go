package daemon_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// application runs statements on the source, over and over, until it is stopped. None of them may fail.
type application struct {
	p     *pair
	later atomic.Bool // it is the later version by now
	round atomic.Int64
	stop  func()
}

func (p *pair) application(m migration) *application {
	a := &application{p: p}
	a.stop = p.meanwhile(6*time.Millisecond, func(ctx context.Context, n int) error {
		a.once(ctx, m, n)
		a.round.Add(1)
		return nil
	})
	return a
}

// once runs each of the statements. One that meets a table of the other version is tried again as that version's: between a
// migration and the application's next statement there is no moment.
func (a *application) once(ctx context.Context, m migration, n int) {
	for i := range max(len(m.before), len(m.after)) {
		err := a.say(ctx, m, i, n)
		var pg *pgconn.PgError
		if errors.As(err, &pg) && (pg.Code == "42703" || pg.Code == "42P01") && len(m.after) > 0 {
			a.later.Store(true)
			err = a.say(ctx, m, i, n)
		}
		if err != nil && ctx.Err() == nil {
			a.p.t.Errorf("the application's statement %d failed: %v", i, err)
		}
	}
}

func (a *application) say(ctx context.Context, m migration, i, n int) error {
	statements := m.before
	if a.later.Load() && len(m.after) > 0 {
		statements = m.after
	}
	if i >= len(statements) {
		return nil
	}
	_, err := a.p.source.Pool.Exec(ctx, strings.ReplaceAll(statements[i], "%d", fmt.Sprint(n)))
	return err
}

// passes waits until the application has run all of its statements so many times more.
func (a *application) passes(rounds int64) {
	a.p.t.Helper()
	until := a.round.Load() + rounds
	a.p.eventually("the application goes on", func() bool { return a.round.Load() >= until })
}
