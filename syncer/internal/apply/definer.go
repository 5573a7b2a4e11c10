package apply

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
	"portal.example/syncer/internal/wire"
)

// catalog holds the descriptions of tables at one place in the stream. It is immutable, so that a batch can be applied again
// under the descriptions it was first applied with.
type catalog struct {
	tables map[uint16]*table
	order  []uint16 // in which they were described: the whitelist's
}

func (c *catalog) withTable(t *table) *catalog {
	next := &catalog{tables: maps.Clone(c.tables), order: c.order}
	if next.tables == nil {
		next.tables = map[uint16]*table{}
	}
	if next.tables[t.rel.ID] == nil {
		next.order = append(slices.Clip(c.order), t.rel.ID)
		slices.Sort(next.order)
	}
	next.tables[t.rel.ID] = t
	return next
}

// definer checks descriptions of tables from the reader against the tables of the target.
type definer struct {
	allow  func(*wire.Relation) error
	into   func(*wire.Relation) (schema, name string)
	like   *pgx.Conn // whose role and database a connection to the catalog is of
	side   *pgx.Conn // connection to the catalog, opened when needed
	absent sync.Map  // table's ID → *atomic.Bool
}

// absence is whether the table is absent; it is shared by all descriptions of the table.
func (d *definer) absence(id uint16) *atomic.Bool {
	a, _ := d.absent.LoadOrStore(id, new(atomic.Bool))
	return a.(*atomic.Bool) //nolint:forcetypeassert // nothing else is stored
}

// defineTable checks a description against the target's table and returns a catalog that has it.
func (d *definer) defineTable(ctx context.Context, known *catalog, r wire.Relation) (*catalog, error) {
	if d.allow != nil {
		if err := d.allow(&r); err != nil {
			return nil, err
		}
	}
	schema, name := r.Schema, r.Name
	if d.into != nil {
		schema, name = d.into(&r)
	}
	info, err := d.inspectTable(ctx, schema, name)
	if err != nil {
		return nil, fmt.Errorf("target: %w; run `syncer check`", err)
	}
	if d.into == nil {
		if err := replica.MustPersist(info, r.FullName()); err != nil {
			return nil, err
		}
	}
	if len(r.Key) == 0 || !info.HasUnique(replica.KeyNames(&r)) {
		return nil, fault.Unsafef("target: %s has no unique index over exactly its key; run `syncer check`", r.FullName())
	}
	r.Columns = slices.Clone(r.Columns)
	for i, c := range r.Columns {
		have, ok := info.Column(c.Name)
		if !ok {
			return nil, fault.Unsafef("target: %s has no column %s; run `syncer check`", r.FullName(), c.Name)
		}
		if !relation.Fits(c.Type, have.Type) {
			return nil, fault.Unsafef("column %s of %s is now %s in the source and %s on the target; mend it with: ALTER TABLE %s ALTER COLUMN %s TYPE %s; then start again",
				c.Name, r.FullName(), c.Type, have.Type, info.SQL(), relation.Quote(c.Name), c.Type)
		}
		r.Columns[i].Type = have.Type // a wider type takes every value
	}
	t := known.tables[r.ID]
	if t == nil || !reflect.DeepEqual(t.rel, r) {
		compared, err := relation.Comparisons(ctx, d.side, schema, name)
		if err != nil {
			return nil, link.Fail("target: read operators", err)
		}
		t = newTable(r, schema, name, compared)
		t.mayCopy = !info.RowSecurity
		t.absent = d.absence(r.ID)
	}
	return known.withTable(t), nil
}

// inspectTable reads the catalog on a connection of its own: an applying session may be busy at any time.
func (d *definer) inspectTable(ctx context.Context, schema, name string) (*relation.Table, error) {
	if d.side == nil {
		conn, err := openLike(ctx, d.like, "writer catalog")
		if err != nil {
			return nil, err
		}
		d.side = conn
	}
	return relation.Inspect(ctx, d.side, schema, name)
}
