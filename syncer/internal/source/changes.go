package source

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pglogrepl"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/link"
	rel "portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// change handles one pgoutput message.
func (r *Reader) change(ctx context.Context, data []byte) error {
	if len(data) == 0 {
		return errMessage
	}
	m := &message{rest: data[1:]}
	switch data[0] {
	case msgBegin:
		return r.begin(m)
	case msgCommit:
		return r.commit(ctx, m)
	case msgRelation:
		return r.relation(ctx, m)
	case msgInsert, msgUpdate, msgDelete:
		return r.row(ctx, data[0], m)
	case msgTruncate:
		return r.truncate(m)
	case msgOrigin, msgType:
		return nil
	}
	return fmt.Errorf("%w: kind %q", errMessage, data[0])
}

func (r *Reader) begin(m *message) error {
	b := wire.Begin{Final: m.lsn(), Commit: m.time(), XID: m.uint32()}
	if r.inTx {
		return errMessage
	}
	r.inTx, r.skip, r.xid = true, b.Final < r.o.Start.Applied, b.XID
	if !r.skip {
		r.buf = wire.AppendBegin(r.buf, b)
	}
	return m.end()
}

func (r *Reader) commit(ctx context.Context, m *message) error {
	m.byte() // flags
	m.lsn()  // of the commit record; End is what to stream on from
	c := wire.Commit{End: m.lsn(), Time: m.time()}
	if err := m.end(); err != nil || !r.inTx {
		return errors.Join(errMessage, err)
	}
	r.inTx = false
	if r.skip {
		return nil
	}
	if r.hold > 0 {
		r.heldUntil, r.hold = max(r.heldUntil, r.hold), 0
		r.wake()
	}
	c.Hold, r.sent = r.heldUntil, c.End
	r.forget()
	r.buf = wire.AppendCommit(r.buf, c)
	return r.hand(ctx)
}

// forget forgets what reading again found once the stream has passed the moment of the last reading.
func (r *Reader) forget() {
	if r.sent >= r.heldUntil {
		clear(r.doubt)
	}
}

func (r *Reader) wake() {
	select {
	case r.urge <- struct{}{}:
	default:
	}
}

// relation checks a table's description against the whitelist: the second wall. A column that is not
// listed, or a listed one that is gone, stops the stream before one of its rows is looked at.
func (r *Reader) relation(ctx context.Context, m *message) error {
	msg := m.relation()
	if err := m.end(); err != nil {
		return err
	}
	id := slices.IndexFunc(r.tables, func(t Table) bool { return t.Schema == msg.schema && t.Name == msg.name })
	if id < 0 {
		// Beside a partitioned table the source describes the partition that a row stands in; only rows of it would be an alarm.
		r.relations[msg.oid] = &described{alien: msg.schema + "." + msg.name}
		return nil
	}
	info, err := rel.Inspect(ctx, r.side, msg.schema, msg.name)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	r.tables[id].Info = info
	t := &r.tables[id]
	order, err := t.match(msg.columns)
	if err != nil {
		return err
	}
	if err := Verify(ctx, r.side, r.o.Publication, r.tables, r.o.Filters); err != nil {
		return err
	}
	r.relations[msg.oid] = &described{id: uint16(id), table: t, order: order} //nolint:gosec // the whitelist is at most 1 MiB
	r.buf = wire.AppendRelation(r.buf, t.Relation(id))
	return nil
}

// alarm stops the stream at the first sign of a table that may not leave.
func (d *described) alarm() error {
	return fault.Unsafef("ALARM: the source sent table %s, which is not on the whitelist; nothing of it was passed on. See `syncer plan`", d.alien)
}

// match maps the message's columns to the whitelist's.
func (t *Table) match(columns []string) ([]int, error) {
	order := make([]int, len(columns))
	for i, name := range columns {
		if order[i] = slices.Index(t.Columns, name); order[i] < 0 {
			return nil, fault.Unsafef("ALARM: the source sent column %q of %s, which is not on the whitelist; nothing of it was passed on. See `syncer plan`", name, t.FullName())
		}
	}
	if gone := without(t.Columns, columns); len(gone) > 0 {
		return nil, fault.Unsafef("source: column %q of %s is on the whitelist but no longer in the table or the publication; put it back or take it off the whitelist (line %d), then run `syncer plan`",
			gone[0], t.FullName(), t.Line)
	}
	return order, nil
}

func (r *Reader) row(ctx context.Context, kind byte, m *message) error {
	of, ok := r.relations[m.uint32()]
	if !ok || !r.inTx {
		return fmt.Errorf("%w: a row of a table that was not described", errMessage)
	}
	if of.alien != "" {
		return of.alarm()
	}
	if r.skip {
		return nil
	}
	c, err := read(kind, m, of)
	if err != nil {
		return err
	}
	if err := of.check(c); err != nil {
		return err
	}
	changes := []wire.Change{c}
	if r.lacks(of, c) {
		if changes, err = r.complete(ctx, of, c); err != nil {
			return err
		}
	}
	for _, c := range changes {
		before := len(r.buf)
		r.buf = wire.AppendChange(r.buf, c)
		if len(r.buf)-before > wire.MaxFrame {
			return fault.Unsafef("source: a row of %s is larger than %d bytes", of.table.FullName(), wire.MaxFrame)
		}
	}
	if len(r.buf) >= chunkSize {
		return r.hand(ctx)
	}
	return nil
}

func read(kind byte, m *message, of *described) (wire.Change, error) {
	c := wire.Change{Kind: wire.Kind(kind), Table: of.id}
	for len(m.rest) > 0 && !m.bad {
		switch m.byte() {
		case 'K', 'O':
			c.Old = m.tuple(of.order)
		case 'N':
			c.New = m.tuple(of.order)
		default:
			m.bad = true
		}
	}
	if (c.Kind == wire.KindDelete) != (c.New.Values == nil) || c.Kind == wire.KindDelete && c.Old.Values == nil {
		return c, errMessage
	}
	return c, m.end()
}

// check is the second wall for rows: where this program can evaluate the row filter, each new row must pass it.
func (of *described) check(c wire.Change) error {
	f := of.table.Filter
	if f == nil || c.New.Values == nil {
		return nil
	}
	pass := f.Match(func(column string) (string, bool) {
		v := c.New.Values[slices.Index(of.table.Columns, column)]
		return string(v), v != nil
	})
	if !pass {
		return fault.Unsafef("ALARM: the source sent a row of %s that the whitelist's filter does not let out; nothing of it was passed on. Compare the publication with `syncer plan`", of.table.FullName())
	}
	return nil
}

// lacks reports whether the target cannot know the values that the change leaves out: the row enters the
// filter, the snapshot is not one moment yet, or what the target has under the row's key was read again and
// may be the values of a later row, or none.
func (r *Reader) lacks(of *described, c wire.Change) bool {
	if !c.New.Partial() {
		if len(r.doubt) > 0 && c.New.Values != nil {
			delete(r.doubt, of.rowKey(c.New)) // now every value is known
		}
		return false
	}
	if c.Kind == wire.KindInsert || r.sent < r.o.Settled {
		return true
	}
	if len(r.doubt) == 0 {
		return false
	}
	key := of.rowKey(c.New)
	if c.Old.Values != nil {
		if before := of.rowKey(c.Old); before != key {
			_, doubtful := r.doubt[before]
			return doubtful
		}
	}
	return r.doubt[key] == isGone
}

// doubt is what reading a row again found, until the stream has passed that moment.
type doubt byte

const (
	isHere doubt = iota + 1 // the values under this key are right then, but perhaps not of the row that is meant now
	isGone                  // there is no row of this key then
)

// complete reads again what the log left out. The row is read now, later than the change, so the transaction
// becomes visible only together with everything up to now (Hold). A row that is gone by now is left out
// altogether: whatever the log still tells of it before its end concerns nobody.
func (r *Reader) complete(ctx context.Context, of *described, c wire.Change) ([]wire.Change, error) {
	row, now, err := r.reread(ctx, of.table, c.New)
	if err != nil {
		return nil, err
	}
	r.hold = max(r.hold, now)
	if row == nil {
		r.doubt[of.rowKey(c.New)] = isGone
		return of.deletes(c), nil
	}
	r.doubt[of.rowKey(c.New)] = isHere
	for i, unchanged := range c.New.Unchanged {
		if unchanged {
			c.New.Values[i] = row[i]
		}
	}
	c.New.Unchanged = nil
	return []wire.Change{c}, nil
}

// deletes removes the row under its new key and, if it had another, under its old one.
func (of *described) deletes(c wire.Change) []wire.Change {
	all := []wire.Change{{Kind: wire.KindDelete, Table: c.Table, Old: of.key(c.New)}}
	if c.Old.Values != nil && of.rowKey(c.Old) != of.rowKey(c.New) {
		all = append(all, wire.Change{Kind: wire.KindDelete, Table: c.Table, Old: of.key(c.Old)})
	}
	return all
}

// key is the row with nothing but its key.
func (of *described) key(row wire.Row) wire.Row {
	key := wire.Row{Values: make([][]byte, len(row.Values))}
	for _, name := range of.table.Key {
		i := slices.Index(of.table.Columns, name)
		key.Values[i] = row.Values[i]
	}
	return key
}

// rowKey names a row of any table.
func (of *described) rowKey(row wire.Row) string {
	text := fmt.Appendf(nil, "%d", of.id)
	for _, name := range of.table.Key {
		v := row.Values[slices.Index(of.table.Columns, name)]
		text = append(fmt.Appendf(text, " %d ", len(v)), v...)
	}
	return string(text)
}

// rereadSQL reads one row together with the log's position and with whether the open transaction, whose
// number is $1, is visible yet: its commit reaches the log, and so us, a moment before it becomes visible.
// The number lacks its upper half; it is the one within two thousand million of the snapshot's.
const rereadSQL = `
	WITH now AS MATERIALIZED (
	  SELECT pg_current_wal_insert_lsn()::text AS lsn, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS top),
	tx AS (SELECT top - ((top - $1::bigint + 2147483648) & 4294967295) + 2147483648 AS id FROM now)
	SELECT now.lsn, pg_visible_in_snapshot(tx.id::text::xid8, pg_current_snapshot()), x.*
	  FROM now, tx LEFT JOIN (SELECT true, %s FROM %s WHERE %s%s) AS x ON true`

// reread returns the row with row's key as it is now, nil when it is gone or no longer passes the filter.
func (r *Reader) reread(ctx context.Context, t *Table, row wire.Row) ([][]byte, wire.LSN, error) {
	keys, args := "", [][]byte{fmt.Append(nil, r.xid)}
	for i, name := range t.Key {
		keys += fmt.Sprintf(" AND %s = $%d", rel.Quote(name), i+2)
		args = append(args, row.Values[slices.Index(t.Columns, name)])
	}
	sql := fmt.Sprintf(rereadSQL, rel.QuoteList("", t.Columns), t.From(), t.Condition(), keys)
	for {
		result := r.side.PgConn().ExecParams(ctx, sql, args, nil, nil, nil).Read()
		if result.Err != nil {
			return nil, 0, fmt.Errorf("source: read a row of %s again: %s: %w", t.FullName(), link.Scrub(result.Err), result.Err)
		}
		if len(result.Rows) != 1 {
			return nil, 0, fmt.Errorf("source: the key of %s names %d rows", t.FullName(), len(result.Rows))
		}
		found := result.Rows[0]
		if string(found[1]) == "t" {
			now, err := pglogrepl.ParseLSN(string(found[0]))
			if err != nil || found[2] == nil {
				return nil, now, err
			}
			return found[3:], now, nil
		}
		select {
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		case <-time.After(time.Millisecond):
		}
		if err := r.status(); err != nil {
			return nil, 0, err
		}
	}
}

func (r *Reader) truncate(m *message) error {
	n := int(m.uint32())
	m.byte() // CASCADE and RESTART IDENTITY mean nothing on the replica: every table concerned is named
	var t wire.Truncate
	for range n {
		of, ok := r.relations[m.uint32()]
		if !ok {
			return fmt.Errorf("%w: truncate of a table that was not described", errMessage)
		}
		if of.alien != "" {
			return of.alarm()
		}
		t.Tables = append(t.Tables, of.id)
	}
	if err := m.end(); err != nil || !r.inTx {
		return errors.Join(errMessage, err)
	}
	if !r.skip {
		r.buf = wire.AppendTruncate(r.buf, t)
	}
	return nil
}
