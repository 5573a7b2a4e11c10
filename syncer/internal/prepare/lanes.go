package prepare

import (
	"context"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
)

// lanes is how many tables of the source are worked on at a time. Each of thousands of small tables has to wait for the disk a little, and
// with two lanes one works while the other waits. More would burden the application's server.
const lanes = 2

// inLanes does fn for each of the tables, each lane with a connection of its own.
func (a *alteration) inLanes(ctx context.Context, tables []publisher.Table, fn func(context.Context, *alteration, publisher.Table) error) error {
	queue := make(chan publisher.Table, len(tables))
	for _, t := range tables {
		queue <- t
	}
	close(queue)
	g, ctx := errgroup.WithContext(ctx)
	for n := range min(lanes, len(tables)) {
		g.Go(func() error {
			lane := &alteration{cfg: a.cfg, list: a.list, report: a.report, conn: a.conn}
			defer func() { link.Close(lane.builder) }()
			if n > 0 {
				conn, err := link.Open(ctx, a.cfg.Source.AdminDSN, link.Options{Name: "source.admin_dsn", Application: "init"})
				if err != nil {
					return err
				}
				defer link.Close(conn)
				lane.conn = conn
			}
			for t := range queue {
				if err := fn(ctx, lane, t); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// buildingConn lends the lane's connection for statements that cannot run in a transaction. What they commit need not wait for
// the disk: nothing depends on an index before a later commit, which does wait, makes it the identity.
func (a *alteration) buildingConn(ctx context.Context) (*pgx.Conn, error) {
	if a.builder != nil && !a.builder.IsClosed() {
		return a.builder, nil
	}
	conn, err := link.Open(ctx, a.cfg.Source.AdminDSN, link.Options{
		Name: "source.admin_dsn", Application: "index", Settings: map[string]string{"synchronous_commit": "off"},
	})
	if err != nil {
		return nil, err
	}
	a.builder = conn
	return conn, yieldDeadlocks(ctx, conn)
}
