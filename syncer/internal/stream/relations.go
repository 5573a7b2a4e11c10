package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	rel "portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/watch"
	"portal.example/syncer/internal/wire"
)

// tableDescription is a table as the stream describes it before its changes.
type tableDescription struct {
	id     uint16
	table  *publisher.Table
	order  []int // column of the message → column of the whitelist
	key    []int // columns of the whitelist that name a row
	filter *whitelist.Bound
	rel    wire.Relation
	drop   bool // changes of the table are not wanted on this connection
	// compared has the operators by which the table's indexes compare, by column; nil until they were asked for.
	compared map[string]rel.Comparison
	bare     bool   // the table had no replica identity, so its changes identify no row
	alien    string // the table's name if it is not on the whitelist: a row of it is an alarm
}

// relations knows the tables that the stream describes, and asks the catalog about them. It is the second wall: what it
// does not find on the whitelist stops the stream.
type relations struct {
	o          *Options
	tables     []publisher.Table
	side       *pgx.Conn // reads catalogs, and rows again
	types      map[typeID]string
	byOID      map[uint32]*tableDescription // as committed transactions left them
	unverified bool                         // a relation message came since the publication was looked at
	watched    *watch.Watch                 // hears of partitions; nil for nobody
	lastOf     *publisher.Table             // described last; right behind a partitioned table comes the partition that a row stands in
}

func newRelations(o *Options, tables []publisher.Table) *relations {
	return &relations{o: o, tables: tables, types: map[typeID]string{}, byOID: map[uint32]*tableDescription{}}
}

// judgeUnlisted decides about changes of a table that is not on the whitelist. If the publication matches the whitelist by now,
// `syncer table drop` has removed the table, and older changes of it are ignored. Otherwise they are an alarm.
func (r *relations) judgeUnlisted(ctx context.Context, of *tableDescription) error {
	side, err := r.catalogConn()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	err = publisher.Verify(ctx, side, r.o.Publication, r.tables, r.o.Filters)
	if err != nil && link.Temporary(err) {
		return err
	}
	if err != nil {
		return &alarm{what: "the source sent table " + of.alien + ", which is not on the whitelist", way: "what the log still holds of the table is left out then"}
	}
	r.o.Log.Info("changes of a table that was on the whitelist until lately are left out", "table", of.alien)
	of.drop = true
	return nil
}

const askDeadline = 20 * time.Second // for a question to the catalog

// describeTable checks a table's description against the whitelist: the second wall. If it has a column that is not listed, or
// lacks a listed one, the stream stops before any of its rows is read.
func (r *relations) describeTable(ctx context.Context, msg relationMessage) (*tableDescription, error) {
	r.unverified = true
	id := slices.IndexFunc(r.tables, func(t publisher.Table) bool { return t.Schema == msg.schema && t.Name == msg.name })
	if id < 0 { // renamed for a while and back: it is that table all the same, if it is published under its name again
		id = slices.IndexFunc(r.tables, func(t publisher.Table) bool { return t.Info != nil && t.Info.OID == msg.oid })
	}
	if id < 0 {
		// Beside a partitioned table the source describes the partition that a row stands in; only rows of it would be an alarm.
		if of := r.lastOf; of != nil && of.Info != nil && of.Info.Kind == 'p' && !of.Joining && r.watched != nil {
			r.watched.Saw(msg.oid, msg.schema+"."+msg.name, of.FullName())
		}
		r.lastOf = nil
		return &tableDescription{alien: msg.schema + "." + msg.name}, nil
	}
	t := &r.tables[id]
	r.lastOf = t
	if t.Released {
		return &tableDescription{id: uint16(id), table: t, drop: true}, nil //nolint:gosec // the whitelist is at most 1 MiB
	}
	order, err := matchColumns(t, msg.columns)
	if err != nil && t.Joining { // the table before it was redefined; its own connection loads it as it is now
		return &tableDescription{id: uint16(id), table: t, drop: true}, nil //nolint:gosec // the whitelist is at most 1 MiB
	}
	if err != nil {
		return nil, err
	}
	of := &tableDescription{id: uint16(id), table: t, order: order} //nolint:gosec // the whitelist is at most 1 MiB
	of.drop = r.o.Only != nil && *r.o.Only != of.id
	if of.key, of.bare = keyOf(t, msg.columns, order); len(of.key) == 0 {
		return nil, fault.Unsafef("source: %s has no replica identity, and no listed columns of it are unique and NOT NULL, so nothing identifies its rows; give it a primary key of listed columns, then load it anew with `syncer table resync %s`",
			t.FullName(), t.FullName())
	}
	if t.Filter != nil {
		if err := r.bindFilter(ctx, of, msg.columns); err != nil {
			return nil, err
		}
		if of.filter == nil {
			return nil, fault.Unsafef("source: the row filter of %s reads a column that is not listed; list it (whitelist, %s)", t.FullName(), t.At)
		}
	}
	if err := r.buildRelation(ctx, of, msg.columns); err != nil {
		return nil, err
	}
	return of, nil
}

// matchColumns maps the message's columns to the whitelist's.
func matchColumns(t *publisher.Table, columns []columnMessage) ([]int, error) {
	order, seen := make([]int, len(columns)), make([]bool, len(t.Columns))
	for i, c := range columns {
		at := slices.Index(t.Columns, c.name)
		if at < 0 {
			return nil, &alarm{what: fmt.Sprintf("the source sent column %q of %s, which is not on the whitelist", c.name, t.FullName()), way: passBy(t)}
		}
		if seen[at] {
			return nil, errMessage
		}
		order[i], seen[at] = at, true
	}
	if gone := slices.Index(seen, false); gone >= 0 {
		return nil, fault.Unsafef("source: column %q of %s is on the whitelist but no longer in the table or the publication; put it back or take it off the whitelist (%s); then %s",
			t.Columns[gone], t.FullName(), t.At, passBy(t))
	}
	return order, nil
}

// keyOf returns the columns that name a row, in the whitelist's order: the table's key while the replica identity
// of these changes holds it, otherwise the identity itself. Without an identity (bare) the source lets nobody change or remove
// a row, and for rows that are inserted the key that was known before is enough.
func keyOf(t *publisher.Table, columns []columnMessage, order []int) (key []int, bare bool) {
	var identity []int
	for i, c := range columns {
		if c.key {
			identity = append(identity, order[i])
		}
	}
	for i, name := range t.Columns {
		if slices.Contains(t.PlannedKey(), name) {
			key = append(key, i)
		}
	}
	if len(identity) == 0 {
		return key, true
	}
	if len(key) > 0 && !slices.ContainsFunc(key, func(k int) bool { return !slices.Contains(identity, k) }) {
		return key, false
	}
	slices.Sort(identity)
	return identity, false
}

// buildRelation builds the table's frame. The types come from the message: the catalog may be older or newer than the log.
func (r *relations) buildRelation(ctx context.Context, of *tableDescription, columns []columnMessage) error {
	of.rel = wire.Relation{ID: of.id, Schema: of.table.Schema, Name: of.table.Name, Columns: make([]wire.Column, len(columns))}
	if err := r.readTypeNames(ctx, columns); err != nil {
		return err
	}
	var late *rel.Table
	for i, c := range columns {
		at := of.order[i]
		name := r.types[c.typed]
		if known, ok := of.table.Info.Column(c.name); ok && known.Type != name {
			if late == nil {
				var err error
				if late, err = r.inspectTable(ctx, of.table); err != nil {
					return err
				}
			}
			// If the type is the one the stream began with, these changes are older than a change of type that both
			// sides already have, and their text can be read as the present type. Otherwise the type has changed while
			// streaming, and the writer compares it with the target's.
			if now, ok := late.Column(c.name); ok && now.Type == known.Type {
				name = known.Type
			}
		}
		of.rel.Columns[at] = wire.Column{Name: c.name, Type: name}
	}
	for _, k := range of.key {
		of.rel.Key = append(of.rel.Key, uint16(k)) //nolint:gosec // at most 1600 columns
	}
	return nil
}

func (r *relations) inspectTable(ctx context.Context, t *publisher.Table) (*rel.Table, error) {
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	side, err := r.catalogConn()
	if err != nil {
		return nil, err
	}
	info, err := rel.Inspect(ctx, side, t.Schema, t.Name)
	if errors.Is(err, rel.ErrMissing) {
		return &rel.Table{}, nil // dropped or renamed since then: only the message counts
	}
	if err != nil {
		return nil, link.Fail("source", err)
	}
	return info, nil
}

// catalogConn returns the connection for reading catalogs and tables.
func (r *relations) catalogConn() (*pgx.Conn, error) {
	if r.side == nil {
		return nil, fmt.Errorf("source: nobody to ask: %w", net.ErrClosed)
	}
	return r.side, nil
}

// readTypeNames reads the names of types that are not known yet.
func (r *relations) readTypeNames(ctx context.Context, columns []columnMessage) error {
	var oids []uint32
	var modifiers []int32
	for _, c := range columns {
		if _, ok := r.types[c.typed]; !ok {
			oids, modifiers = append(oids, c.typed.oid), append(modifiers, c.typed.modifier)
		}
	}
	if len(oids) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	side, err := r.catalogConn()
	if err != nil {
		return err
	}
	rows, err := side.Query(ctx, `
		SELECT pg_catalog.format_type(t, m) FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS u(t, m, n) ORDER BY n`, oids, modifiers)
	if err != nil {
		return link.Fail("source: names of types", err)
	}
	defer rows.Close()
	for i := 0; rows.Next(); i++ {
		var name string
		if err := rows.Scan(&name); err != nil {
			return link.Fail("source: names of types", err)
		}
		r.types[typeID{oids[i], modifiers[i]}] = name
	}
	if err := rows.Err(); err != nil {
		return link.Fail("source: names of types", err)
	}
	return nil
}

// verifyPublication checks again that the publication matches the whitelist. A relation message is the first sign that it may
// not, so no frame after one is handed over without this check. One check covers all frames that wait.
func (r *relations) verifyPublication(ctx context.Context) error {
	if !r.unverified {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	side, err := r.catalogConn()
	if err != nil {
		return err
	}
	if err := publisher.Verify(ctx, side, r.o.Publication, r.tables, r.o.Filters); err != nil {
		return err
	}
	r.unverified = false
	return nil
}

// checkFilter is the second wall for rows: each new row must pass the row filter, if this program can evaluate it.
func (of *tableDescription) checkFilter(c *wire.Change) error {
	if of.filter == nil || c.New.Values == nil || of.filter.Match(c.New.Values, c.New.Unchanged) {
		return nil
	}
	return &alarm{what: "the source sent a row of " + of.table.FullName() + " that the whitelist's filter does not let out", way: passBy(of.table)}
}
