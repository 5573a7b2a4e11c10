package replication

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/scripts/internal/clock"
	"portal.example/shared/pgtest"
)

// native is a replica that PostgreSQL's own subscription keeps, with the defaults of CREATE SUBSCRIPTION.
type native struct {
	a        *arena
	title    string
	database string // on the target; the slot and the subscription have the same name
	source   string // host:port as the target sees it; "" is the source itself
	// publication is what it subscribes to.
	publication string
	conn        *pgx.Conn
}

func (n *native) name() string       { return n.title }
func (n *native) slot() string       { return n.database }
func (n *native) replica() *pgx.Conn { return n.conn }

// ended asks the server's counters: the workers of a subscription fail and start again, for ever.
func (n *native) ended(ctx context.Context) error {
	var failures int64
	err := n.conn.QueryRow(ctx, `select coalesce(sum(apply_error_count + sync_error_count), 0)::bigint
		from pg_stat_subscription_stats where subname = $1`, n.database).Scan(&failures)
	if err != nil {
		return fmt.Errorf("counters of the subscription: %w", cause(ctx, err))
	}
	if failures > 0 {
		return fmt.Errorf("%s failed; the end of the target's log:\n%s", n.title, tail(n.a.target.LogPath()))
	}
	return nil
}

// addNative makes a replica without a subscription.
func (a *arena) addNative(ctx context.Context) (*native, error) {
	n := &native{a: a, title: nativeName, database: a.database + "_native", publication: publication}
	var err error
	n.conn, err = a.makeReplica(ctx, n.database)
	return n, err
}

// subscribe makes the subscription, which begins to copy at once. options are PostgreSQL's, or "".
func (n *native) subscribe(ctx context.Context, options string) error {
	if options != "" {
		options = " with (" + options + ")"
	}
	return execute(ctx, n.conn, fmt.Sprintf("create subscription %s connection '%s' publication %s%s",
		n.database, as(n.a.lab.source.DSN(n.a.database), pgtest.Superuser, n.source), n.publication, options))
}

// ready returns when every table is copied and streams.
func (n *native) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, seenLimit, fmt.Errorf("waited %s until %s has copied its tables", seenLimit, n.title))
	defer cancel()
	for {
		var waiting int
		if err := n.conn.QueryRow(ctx, "select count(*) from pg_subscription_rel where srsubstate <> 'r'").Scan(&waiting); err != nil {
			return fmt.Errorf("state of the subscription: %w", cause(ctx, err))
		}
		if waiting == 0 {
			return nil
		}
		clock.Sleep(lookPause)
	}
}

// prepare copies and stops.
func (n *native) prepare(ctx context.Context, options string) error {
	if err := n.subscribe(ctx, options); err != nil {
		return err
	}
	if err := n.ready(ctx); err != nil {
		return err
	}
	_, err := n.a.halt(ctx, n)
	return err
}

func (n *native) start(ctx context.Context) error {
	return execute(ctx, n.conn, "alter subscription "+n.database+" enable")
}

func (n *native) stop(ctx context.Context) (usage, error) {
	return usage{}, execute(ctx, n.conn, "alter subscription "+n.database+" disable")
}

// durable is the same subscription while its worker waits for the disk at each commit, as the syncer does: the default
// shows rows that a crash of the target takes back.
type durable struct{ *native }

func (d durable) name() string { return durableName }

func (d durable) start(ctx context.Context) error {
	return execute(ctx, d.conn, "alter subscription "+d.database+" set (synchronous_commit = on)", "alter subscription "+d.database+" enable")
}

func (d durable) stop(ctx context.Context) (usage, error) {
	u, err := d.native.stop(ctx)
	return u, errors.Join(err, execute(ctx, d.conn, "alter subscription "+d.database+" set (synchronous_commit = off)"))
}

// drop removes the subscription with its slot, and the replica.
func (n *native) drop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	closeConn(n.conn)
	var there bool
	conn, err := connect(ctx, n.a.target.DSN(n.database))
	if err != nil {
		return err
	}
	defer closeConn(conn)
	err = conn.QueryRow(ctx, "select exists (select from pg_subscription where subname = $1)", n.database).Scan(&there)
	if err == nil && there {
		err = execute(ctx, conn, "alter subscription "+n.database+" disable", "alter subscription "+n.database+" set (slot_name = none)",
			"drop subscription "+n.database)
	}
	closeConn(conn)
	return errors.Join(err,
		executeOn(ctx, n.a.lab.source.DSN("postgres"), dropSlot(n.database)),
		executeOn(ctx, n.a.target.DSN("postgres"), "drop database if exists "+n.database+" with (force)"))
}
