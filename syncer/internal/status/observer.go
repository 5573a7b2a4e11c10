package status

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/wire"
)

// Observer regularly reads what the stream does not tell a unit: the slot, how many tables and objects are in each state, and how many
// messages wait. It asks the sides that the unit's configuration names.
type Observer struct {
	Config *config.Config
	Live   *Live
	Log    *slog.Logger
	// Reads says that the unit is the reader alone. For it a slot in use is the sign of life, and what the slot has confirmed is
	// durable.
	Reads bool
}

// Run reads until ctx ends. If a side does not answer, its last numbers stay; that it does not work is told by health.
func (o *Observer) Run(ctx context.Context) {
	every := min(10*time.Second, o.Config.StaleAfter/3)
	from := look{name: "source.dsn", dsn: o.Config.Source.DSN, ask: o.lookAtSource}
	to := look{name: "target.dsn", dsn: o.Config.Target.DSN, ask: o.lookAtTarget}
	looks := []*look{&from, &to}
	if c := o.Config.Inbound; c != nil {
		looks = append(looks, &look{name: "inbound.outside.dsn", dsn: c.Outside.DSN, ask: o.lookAtInbound})
	}
	for {
		for _, l := range looks {
			if err := l.lookOnce(ctx, every); err != nil && ctx.Err() == nil {
				o.Log.Debug("metrics could not be asked for", "side", l.name, "error", link.Text(err))
			}
		}
		select {
		case <-ctx.Done():
			for _, l := range looks {
				link.Close(l.conn)
			}
			return
		case <-time.After(every):
		}
	}
}

// look is one side and the connection to it, which is opened again after an error.
type look struct {
	name, dsn string
	ask       func(context.Context, *pgx.Conn) error
	conn      *pgx.Conn
}

func (l *look) lookOnce(ctx context.Context, within time.Duration) (err error) {
	if l.dsn == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if l.conn == nil {
		if l.conn, err = link.Open(ctx, l.dsn, link.Options{Name: l.name, Application: "metrics", MaxAnswer: link.SmallAnswer}); err != nil {
			return err
		}
	}
	if err = l.ask(ctx, l.conn); err != nil {
		link.Close(l.conn)
		l.conn = nil
		return link.Fail(l.name, err)
	}
	return nil
}

func (o *Observer) lookAtSource(ctx context.Context, conn *pgx.Conn) error {
	var text string
	var now time.Time
	if err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_current_wal_lsn()::text, clock_timestamp()`).Scan(&text, &now); err != nil {
		return err
	}
	var position wire.LSN
	if err := position.Scan(text); err != nil {
		return err
	}
	s, err := publisher.ReadSlot(ctx, conn, o.Config.Source.Slot)
	if errors.Is(err, publisher.ErrNoSlot) {
		return nil // not made yet, or gone: the stream says so
	}
	if err != nil {
		return err
	}
	kept, safe, err := publisher.ReadJoinLog(ctx, conn, o.Config.Source.Slot)
	if err != nil {
		return err
	}
	o.Live.Retained(s, kept, safe)
	if !o.Reads {
		o.Live.Source(position, now)
	} else {
		o.Live.Sent(position, now)
		o.Live.Confirmed(s.Confirmed)
		if s.Active {
			o.Live.Heard()
		}
	}
	return nil
}

func (o *Observer) lookAtTarget(ctx context.Context, conn *pgx.Conn) error {
	tables, err := byState(ctx, conn, `SELECT state, count(*)::int FROM sync.tables WHERE slot = $1 GROUP BY state`, o.Config.Source.Slot)
	if code := link.Code(err); code == "42P01" || code == "3F000" {
		return nil // `syncer init` was not run yet
	}
	if err != nil {
		return err
	}
	o.Live.Tables(tables)
	done, differ, err := readCompared(ctx, conn, o.Config.Source.Slot)
	if err != nil {
		return err
	}
	o.Live.Differs(done, differ, o.Config.Compare.Every.Duration())
	if o.Config.Documents == nil {
		return nil
	}
	objects, err := byState(ctx, conn, `SELECT state, count(*)::int FROM sync.objects GROUP BY state`)
	if err == nil {
		o.Live.ObjectStates(objects)
	}
	return err
}

func byState(ctx context.Context, conn *pgx.Conn, sql string, args ...any) (map[string]int, error) {
	rows, err := conn.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	by := map[string]int{}
	var state string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&state, &n}, func() error {
		by[state] = n
		return nil
	})
	return by, err
}

func (o *Observer) lookAtInbound(ctx context.Context, conn *pgx.Conn) error {
	var n int64
	var oldest *time.Time
	if err := conn.QueryRow(ctx, `SELECT messages, oldest FROM inbound.waiting()`).Scan(&n, &oldest); err != nil {
		return err
	}
	if oldest == nil {
		oldest = &time.Time{}
	}
	o.Live.Waiting(n, *oldest)
	return nil
}
