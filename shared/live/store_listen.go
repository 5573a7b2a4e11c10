package live

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
)

const (
	// pulse is how often everybody is told without a word from the database: objects arrive without one, and a connection
	// that is dead says nothing.
	pulse   = 5 * time.Second
	retry   = time.Second     // between two connections
	connect = 5 * time.Second // for one
)

// Run hears what is told in a channel of the database of cfg until ctx ends, and ends every stream then. A connection that is lost is made anew; meanwhile
// pages are told from time to time. heard, which may be nil, is called whenever it has begun to hear.
func (h *Hub) Run(ctx context.Context, cfg *pgx.ConnConfig, channel string, log *slog.Logger, heard func()) {
	defer h.finish()
	for ctx.Err() == nil {
		err := h.listen(ctx, cfg, channel, heard)
		if ctx.Err() != nil {
			return
		}
		log.ErrorContext(ctx, "changes are not heard; open pages learn of them later", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
		h.tell()
	}
}

// listen hears over one connection until it is lost.
func (h *Hub) listen(ctx context.Context, cfg *pgx.ConnConfig, channel string, heard func()) error {
	soon, cancel := context.WithTimeout(ctx, connect)
	defer cancel()
	conn, err := pgx.ConnectConfig(soon, cfg.Copy())
	if err != nil {
		return pg.Fault("listen", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // there is nothing left to do with it
	if _, err := conn.Exec(soon, "listen "+pgx.Identifier{channel}.Sanitize()); err != nil {
		return pg.Fault("listen", err)
	}
	if heard != nil {
		heard()
	}
	h.tell() // of what changed while nobody listened
	for {
		if err := wait(ctx, conn); err != nil {
			return err
		}
		h.tell()
	}
}

// wait returns once something was said, and nil too after a pulse in which nothing was.
func wait(ctx context.Context, conn *pgx.Conn) error {
	soon, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	_, err := conn.WaitForNotification(soon)
	if err == nil || ctx.Err() == nil && errors.Is(soon.Err(), context.DeadlineExceeded) && !conn.IsClosed() {
		return nil
	}
	return pg.Fault("wait for changes", err)
}
