package pgtest

import (
	"context"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
)

// admins keeps connections of superusers that nobody uses at the moment. Each test makes and drops databases, and opening a connection
// costs a good part of what these do.
var admins struct {
	sync.Mutex
	idle map[string][]*pgx.Conn // by DSN
}

// asAdmin runs work on a connection to dsn that is kept for the next one. A connection that broke meanwhile, because its server was
// stopped or killed, is replaced.
func asAdmin(ctx context.Context, dsn string, work func(*pgx.Conn) error) error {
	for {
		conn := takeAdmin(dsn)
		if conn != nil && conn.Ping(ctx) != nil {
			_ = conn.Close(context.WithoutCancel(ctx))
			continue
		}
		var err error
		if conn == nil {
			if conn, err = pgx.Connect(ctx, dsn); err != nil {
				return fmt.Errorf("connect: %w", err)
			}
		}
		err = work(conn)
		keepAdmin(dsn, conn)
		return err
	}
}

func takeAdmin(dsn string) *pgx.Conn {
	admins.Lock()
	defer admins.Unlock()
	all := admins.idle[dsn]
	if len(all) == 0 {
		return nil
	}
	admins.idle[dsn] = all[:len(all)-1]
	return all[len(all)-1]
}

func keepAdmin(dsn string, conn *pgx.Conn) {
	if conn.IsClosed() {
		return
	}
	admins.Lock()
	defer admins.Unlock()
	if admins.idle == nil {
		admins.idle = map[string][]*pgx.Conn{}
	}
	admins.idle[dsn] = append(admins.idle[dsn], conn)
}

// closeAdmins closes them all.
func closeAdmins() {
	admins.Lock()
	defer admins.Unlock()
	for _, all := range admins.idle {
		for _, conn := range all {
			_ = conn.Close(context.Background()) // its server may be gone
		}
	}
	admins.idle = nil
}
