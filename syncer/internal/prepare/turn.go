package prepare

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/locks"
)

// turn is the right to set up or change a slot's replica, which one command has at a time; otherwise two commands would both make what is
// missing. It is a lock of a transaction that does nothing else, so it works behind a connection pooler as well, and ends with its
// command, however that ends.
type turn struct {
	conn  *pgx.Conn
	admin string // the role that target.admin_dsn signs in as
}

// turnPause is how often a command that waits for its turn asks for it.
const turnPause = 250 * time.Millisecond

// takeTurn waits until no other command is at work on the replica, and says meanwhile which one is.
func takeTurn(ctx context.Context, cfg *config.Config, command string) (*turn, error) {
	conn, err := link.Open(ctx, cfg.Target.AdminDSN, link.Options{Name: "target.admin_dsn", Application: command + " turn", MaxAnswer: link.SmallAnswer, AnswerWithin: link.Soon})
	if err != nil {
		return nil, err
	}
	if err := awaitTurn(ctx, conn, cfg.Source.Slot, cfg.Source.LockPatience); err != nil {
		link.Close(conn)
		return nil, err
	}
	admin, err := userOf(ctx, conn)
	if err != nil {
		link.Close(conn)
		return nil, targetError("wait for other commands", err)
	}
	return &turn{conn, admin}, nil
}

func awaitTurn(ctx context.Context, conn *pgx.Conn, slot string, patience time.Duration) error {
	if _, err := conn.Exec(ctx, "BEGIN"); err != nil {
		return targetError("wait for other commands", err)
	}
	for began := time.Now(); ; {
		var got bool
		err := conn.QueryRow(ctx, `SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtext('portal syncer setup'), pg_catalog.hashtext($1))`, slot).Scan(&got)
		if err != nil {
			return targetError("wait for other commands", err)
		}
		if got {
			return nil
		}
		who, err := whoseTurn(ctx, conn, slot)
		switch {
		case err != nil:
			return err
		case who == "": // it has just ended
		case time.Since(began) > patience:
			return fmt.Errorf("target: another command is at work on this replica: %s; nothing was changed. Let it end, or stop it, and run the same command again", who)
		default:
			locks.Tell(ctx, "target: waiting for another command that is at work on this replica: "+who)
		}
		if err := link.Pause(ctx, turnPause); err != nil {
			return err
		}
	}
}

// whoseTurn says which command is at work; "" if none is.
func whoseTurn(ctx context.Context, conn *pgx.Conn, slot string) (who string, err error) {
	err = conn.QueryRow(ctx, `
		SELECT pg_catalog.format('`+"`%s`"+`, pid %s, from %s, since %s', regexp_replace(a.application_name, ' turn$', ''), l.pid,
		                         coalesce(pg_catalog.host(a.client_addr), 'the server''s machine'), to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS "UTC"'))
		  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
		 WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
		   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
		   AND l.classid::bigint = pg_catalog.hashtext('portal syncer setup')::bigint & 4294967295
		   AND l.objid::bigint = pg_catalog.hashtext($1)::bigint & 4294967295 LIMIT 1`, slot).Scan(&who)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", targetError("wait for other commands", err)
	}
	return who, nil
}

// endTurn lets the next command go on.
func (t *turn) endTurn() { link.Close(t.conn) }
