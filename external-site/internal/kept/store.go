package kept

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/shared/pg"
)

// channel is where triggers of the replica's tables say that one has changed (migrations/kept).
const channel = "replica_changed"

const (
	pulse = time.Second // how often the database is asked whether it still speaks
	retry = time.Second // between two connections
)

// objectsTable is the syncer's register of objects, which the syncer makes and so no trigger of ours stands on.
const objectsTable = "sync.objects"

// Listener hears what changes in a database.
type Listener struct {
	Changes *Changes
	// Config says where the database is.
	Config *pgx.ConnConfig
	Log    *slog.Logger
}

// Run listens until ctx ends. A connection that is lost is made anew; meanwhile nobody listens.
func (l Listener) Run(ctx context.Context) {
	for ctx.Err() == nil {
		err := l.listen(ctx)
		l.Changes.end()
		if ctx.Err() != nil {
			return
		}
		l.Log.ErrorContext(ctx, "changes of the replica are not heard; pages are made anew each time", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
	}
}

// listen hears changes over one connection until it is lost.
func (l Listener) listen(ctx context.Context) error {
	cfg := l.Config.Copy()
	var heard *era
	cfg.Tracer = nil
	cfg.OnNotification = func(_ *pgconn.PgConn, n *pgconn.Notification) {
		if heard != nil { // what is said before an era begins is about what was before
			heard.change(n.Payload)
		}
	}
	conn, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return pg.Fault("listen", err)
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // there is nothing left to do with it
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		return pg.Fault("listen", err)
	}
	asked := time.Now()
	tables, schemas, objects, err := l.look(ctx, conn)
	if err != nil {
		return err
	}
	heard = l.Changes.begin(append(tables, objectsTable), schemas, asked)
	l.Log.InfoContext(ctx, "changes of the replica are heard", "tables", len(tables))
	for {
		if err := wait(ctx, conn); err != nil {
			return err
		}
		asked := time.Now()
		now, err := l.ask(ctx, conn)
		if err != nil {
			return err
		}
		if now != objects {
			objects = now
			heard.change(objectsTable)
		}
		heard.hear(asked)
	}
}

// wait handles what is said for a pulse.
func wait(ctx context.Context, conn *pgx.Conn) error {
	soon, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	for {
		err := conn.PgConn().WaitForNotification(soon)
		switch {
		case err == nil:
		case ctx.Err() == nil && errors.Is(soon.Err(), context.DeadlineExceeded) && !conn.IsClosed():
			return nil
		default:
			return pg.Fault("wait for changes", err)
		}
	}
}

// look finds the tables whose changes are told of, every schema that has tables, and the state of the objects.
func (l Listener) look(ctx context.Context, conn *pgx.Conn) (tables, schemas []string, objects string, err error) {
	err = conn.QueryRow(ctx, `
		select array(select n.nspname || '.' || c.relname from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid
		             join pg_catalog.pg_namespace n on n.oid = c.relnamespace where t.tgname = 'replica_changed' and t.tgenabled = 'A'),
		       array(select distinct n.nspname::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
		             where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'public')
		               and n.nspname not like 'pg\_%')`).Scan(&tables, &schemas)
	if err != nil {
		return nil, nil, "", pg.Fault("tables that are watched", err)
	}
	objects, err = l.ask(ctx, conn)
	return tables, append(schemas, "sync"), objects, err
}

// ask returns a name for the state of the objects behind public files. When it answers, everything that was committed before
// it was asked has been told.
func (l Listener) ask(ctx context.Context, conn *pgx.Conn) (state string, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.Changes.Silence)
	defer cancel()
	var there bool
	if err := conn.QueryRow(ctx, `select pg_catalog.to_regclass('sync.objects') is not null`).Scan(&there); err != nil || !there {
		return "", pg.Fault("state of objects", err)
	}
	err = conn.QueryRow(ctx, `
		select coalesce(sum(pg_catalog.hashtextextended(o.key || ' ' || o.sha256 || ' ' || o.state, 0)), 0)::text
		from documents.files f join sync.objects o on o.key = f.object_key
		where f.published and f.purpose = 'template'`).Scan(&state)
	return state, pg.Fault("state of objects", err)
}
