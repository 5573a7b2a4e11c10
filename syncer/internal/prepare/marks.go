package prepare

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/watch"
	"portal.example/syncer/internal/wire"
)

// readMarks reads the marks of the tables that are about to be loaded, as they are before the load begins. Nothing of redefined tables is
// published at that moment.
func (c *change) readMarks(ctx context.Context) ([]wire.Mark, error) {
	marks, err := watch.ReadMarks(ctx, c.source, c.cfg.Source.Publication, c.report.Tables)
	if errors.Is(err, publisher.ErrNoPublication) {
		return nil, fault.Unsafef("source: publication %q is gone, so the other tables cannot follow either; run `syncer init --resync`", c.cfg.Source.Publication)
	}
	return marks, err
}

// readEntries returns the oids of the tables' entries in the publication, by table.
func readEntries(ctx context.Context, db relation.Queryer, publication string) (map[string]uint32, error) {
	p, err := publisher.ReadPublication(ctx, db, publication)
	if errors.Is(err, publisher.ErrNoPublication) {
		return map[string]uint32{}, nil
	}
	if err != nil {
		return nil, err
	}
	all := make(map[string]uint32, len(p.Tables))
	for _, t := range p.Tables {
		all[t.Schema+"."+t.Name] = t.OID
	}
	return all, nil
}

type execer interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

var _ execer = pgx.Tx(nil)

// keepEntries records the entries that this command has made anew in the publication. If an entry was not as recorded before, somebody else
// has changed it, and changes that were not published meanwhile are lost. Its record stays, so that the stream will say so.
func keepEntries(ctx context.Context, from relation.Queryer, to execer, cfg *config.Config, before map[string]uint32) error {
	now, err := readEntries(ctx, from, cfg.Source.Publication)
	if err != nil {
		return err
	}
	var names []string
	var is, was []int64
	for name, entry := range now {
		names, is, was = append(names, name), append(is, int64(entry)), append(was, int64(before[name]))
	}
	_, err = to.Exec(ctx, `
		UPDATE sync.tables t SET published = u.entry FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS u(name, entry, before)
		 WHERE t.slot = $1 AND t.name = u.name AND t.published IN (0, u.before) AND t.published <> u.entry`, cfg.Source.Slot, names, is, was)
	if err != nil {
		return targetError("record the publication", err)
	}
	return nil
}
