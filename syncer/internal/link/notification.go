package link

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const toldKey = "told"

// noteNotification notes that a notification has come, and drops its content: a server that never stops notifying must not fill
// the memory.
func noteNotification(c *pgconn.PgConn, _ *pgconn.Notification) { c.CustomData()[toldKey] = true }

// WaitForNotification returns once a notification has come since its last call, or when ctx ends.
func WaitForNotification(ctx context.Context, conn *pgx.Conn) error {
	data := conn.PgConn().CustomData()
	if data[toldKey] == nil {
		if err := conn.PgConn().WaitForNotification(ctx); err != nil {
			return err
		}
	}
	delete(data, toldKey)
	return nil
}
