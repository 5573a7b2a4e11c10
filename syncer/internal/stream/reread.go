package stream

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pglogrepl"
	"github.com/jackc/pgx/v5/pgconn"

	"portal.example/syncer/internal/link"
	rel "portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// Rows that a transaction left out are read as they are now, later than the transaction, so it becomes visible only
// together with everything up to now (Hold). A row that is gone by now stays left out: whatever the log still
// tells of it before its end concerns nobody.

const (
	againFirst = 200 // rows asked for at once, until their size is known
	againMost  = 5000
	againBytes = 2 << 20 // rows asked for at once are about this much
	// againPause is how long the source may take for the next row.
	againPause = time.Minute
	// invisiblePause is between two looks whether a committed transaction is visible.
	invisiblePause = time.Millisecond
)

// rereader reads rows that transactions left out and sends them in their place.
type rereader struct {
	relations *relations
	frames    *frameBuffer
	weigher   *weigher
	source    *sourceConn
	urge      chan struct{} // a later position is waited for

	prepared   map[string]string // names of statements, by their SQL
	statements int
	again      int // rows to ask for at once
}

// readAgain sends the rows that t left out.
func (r *rereader) readAgain(ctx context.Context, t *transaction) error {
	if t.lacking.empty() {
		return nil
	}
	defer t.lacking.close()
	if err := r.relations.verify(ctx); err != nil {
		return err
	}
	parts := map[int][][]byte{}
	err := t.lacking.each(func(key []byte) error {
		id := table(key)
		parts[id] = append(parts[id], append([]byte(nil), key...))
		if len(parts[id]) < r.again {
			return nil
		}
		keys := parts[id]
		delete(parts, id)
		return r.readRows(ctx, t, t.lackingOf[uint16(id)], keys) //nolint:gosec // it was made of 16 bits
	})
	for id, keys := range parts {
		if err == nil {
			err = r.readRows(ctx, t, t.lackingOf[uint16(id)], keys) //nolint:gosec // it was made of 16 bits
		}
	}
	poke(r.urge)
	r.source.heard = time.Now() // this was not the source's silence
	return err
}

// readRows sends the rows with these keys that are there now, and notes which are.
func (r *rereader) readRows(ctx context.Context, t *transaction, of *described, keys [][]byte) error {
	if err := r.compares(ctx, of); err != nil {
		return err
	}
	sql, args := againSQL(of, keys)
	args[0] = fmt.Append(nil, t.xid)
	for {
		if err := r.source.status(); err != nil {
			return err
		}
		found := &found{keys: keys, is: make([]bool, len(keys))}
		visible, err := r.query(ctx, t, of, sql, args, found)
		if link.Code(err) == codeOtherPlan { // the table was altered since the statement was prepared, and no row came yet
			visible, err = r.query(ctx, t, of, sql, args, found)
		}
		if err != nil {
			return r.refuseAgain(ctx, t, of, keys, err)
		}
		if visible {
			r.note(found)
			return r.frames.handLarge(ctx)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(invisiblePause):
		}
	}
}

// compares asks once by which operators the indexes of the table compare its key.
func (r *rereader) compares(ctx context.Context, of *described) error {
	if of.equal != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	side, err := r.relations.asking()
	if err != nil {
		return err
	}
	if of.equal, err = rel.Equality(ctx, side, of.table.Schema, of.table.Name); err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// operator compares a column of the key as its index does; one that no index holds any more, as = does for it.
func (of *described) operator(column string) string {
	if operator := of.equal[column]; operator != "" {
		return operator
	}
	return "="
}

// codeOtherPlan says that a prepared statement would return other types than before.
const codeOtherPlan = "0A000"

// prepare returns the name of a statement: with many small transactions planning would take longer than reading.
func (r *rereader) prepare(ctx context.Context, side *pgconn.PgConn, sql string) (string, error) {
	if name := r.prepared[sql]; name != "" {
		return name, nil
	}
	r.statements++
	name := fmt.Sprintf("again %d", r.statements)
	if _, err := side.Prepare(ctx, name, sql, nil); err != nil {
		return "", err
	}
	r.prepared[sql] = name
	return name, nil
}

// found says which of the keys that were asked for name a row now.
type found struct {
	keys [][]byte
	is   []bool
	key  []byte
}

// note remembers what reading again found.
func (r *rereader) note(found *found) {
	for i, key := range found.keys {
		if found.is[i] {
			r.weigher.doubts.set(key, isHere)
		} else {
			r.weigher.doubts.set(key, isGone)
		}
	}
}

// againSQL reads rows by their keys, together with the log's position and with whether the transaction, whose
// number is $1, is visible yet: its commit reaches the log, and so us, a moment before it becomes visible.
// The number lacks its upper half; it is the one within two thousand million of the snapshot's.
//
// OFFSET 0 keeps it one look by key for each row. Rows that just began to pass the filter are not in the table's
// statistics, by which the planner would compare every row with every key.
func againSQL(of *described, keys [][]byte) (string, [][]byte) {
	var arrays, names, join []string
	args := make([][]byte, 1, len(of.key)+1)
	for i, at := range of.key {
		arrays = append(arrays, fmt.Sprintf("$%d::text[]", i+2))
		names = append(names, fmt.Sprintf(`"syncer key %d"`, i))
		join = append(join, fmt.Sprintf(`%s %s "syncer keys"."syncer key %d"::%s`,
			rel.Quote(of.rel.Columns[at].Name), of.operator(of.rel.Columns[at].Name), i, of.rel.Columns[at].Type))
		args = append(args, keyArray(keys, i))
	}
	sql := fmt.Sprintf(`
	WITH now AS MATERIALIZED (
	  SELECT pg_current_wal_insert_lsn()::text AS lsn, pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS top),
	tx AS (SELECT top - ((top - $1::bigint + 2147483648) & 4294967295) + 2147483648 AS id FROM now)
	SELECT now.lsn, pg_visible_in_snapshot(tx.id::text::xid8, pg_current_snapshot()), x.*
	  FROM now, tx LEFT JOIN (
	    SELECT "syncer keys"."syncer number", "syncer row".*
	      FROM unnest(%s) WITH ORDINALITY AS "syncer keys" (%s, "syncer number"),
	           LATERAL (SELECT %s FROM %s WHERE %s AND %s OFFSET 0) AS "syncer row") AS x ON true`,
		strings.Join(arrays, ", "), strings.Join(names, ", "),
		rel.QuoteList("", of.table.Columns), of.table.From(), strings.Join(join, " AND "), of.table.Condition())
	return sql, args
}

// keyArray is value number i of each key as the text of an array.
func keyArray(keys [][]byte, i int) []byte {
	text := []byte{'{'}
	for n, key := range keys {
		if n > 0 {
			text = append(text, ',')
		}
		text = append(text, '"')
		for _, c := range keyValue(key, i) {
			if c == '"' || c == '\\' {
				text = append(text, '\\')
			}
			text = append(text, c)
		}
		text = append(text, '"')
	}
	return append(text, '}')
}

// keyValue is value number i of a key that rowKey made.
func keyValue(key []byte, i int) []byte {
	key = key[2:]
	for {
		size, n := binary.Uvarint(key)
		value := key[n : n+int(size)] //nolint:gosec // rowKey wrote it
		if i == 0 {
			return value
		}
		key, i = key[n+len(value):], i-1
	}
}

// query sends the rows it finds; visible is false when the transaction is not visible yet and nothing was sent.
func (r *rereader) query(ctx context.Context, t *transaction, of *described, sql string, args [][]byte, found *found) (visible bool, err error) {
	side, err := r.relations.asking()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(againPause, cancel)
	defer late.Stop()
	name, err := r.prepare(ctx, side.PgConn(), sql)
	if err != nil {
		return false, err
	}
	result := side.PgConn().ExecPrepared(ctx, name, args, nil, nil)
	rows, bytes := 0, 0
	for err == nil && result.NextRow() {
		late.Reset(againPause)
		values := result.Values()
		if visible = string(values[1]) == "t"; !visible {
			continue
		}
		if err = r.readUntil(string(values[0])); err != nil || values[2] == nil {
			continue
		}
		before := len(r.frames.buf)
		err = r.sendAgain(t, of, values[2:], found)
		rows, bytes = rows+1, bytes+len(r.frames.buf)-before
		if err == nil && len(r.frames.buf) > 2*againBytes {
			late.Stop() // now it is the writer who takes long
			err = r.frames.hand(ctx)
			late.Reset(againPause)
		}
	}
	if _, failed := result.Close(); failed != nil && err == nil {
		err = failed
		delete(r.prepared, sql)
	}
	if rows > 0 {
		r.again = min(max(againBytes*rows/max(bytes, 1), 1), againMost)
	}
	return visible, err
}

// readUntil notes up to where the stream must come before what was read now is right.
func (r *rereader) readUntil(text string) error {
	now, err := pglogrepl.ParseLSN(text)
	r.weigher.doubts.passing = max(r.weigher.doubts.passing, now)
	return err
}

// sendAgain sends one row: its number among those that were asked for, then its values.
func (r *rereader) sendAgain(t *transaction, of *described, values [][]byte, found *found) error {
	n := 0
	for _, digit := range values[0] {
		n = n*10 + int(digit-'0')
	}
	row := wire.Row{Values: values[1:]}
	found.key, _ = of.rowKey(found.key[:0], row)
	switch {
	case n < 1 || n > len(found.keys):
		return fmt.Errorf("%w: a row that nobody asked for", errMessage)
	case string(found.key) != string(found.keys[n-1]):
		return nil // a row that is equal by its type (citext, …) has another key by now, of which the log tells
	case found.is[n-1]:
		return fmt.Errorf("%w: the key names more than one row", errMessage)
	}
	found.is[n-1] = true
	return r.weigher.pass(t, of, &wire.Change{Kind: wire.KindInsert, Table: of.id, New: row})
}
