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

// Rows that a transaction left out are read as they are now, which is later than the transaction. So the transaction may become
// visible only together with everything up to now (Hold). A row that is gone by now stays left out: what the log still says
// about it, up to its end, does not matter.

const (
	rereadFirst = 200 // rows per query until their size is known
	rereadMost  = 5000
	rereadBytes = 2 << 20 // approximate size of the rows of one query
	// rereadPause limits how long the source may take for the next row.
	rereadPause = time.Minute
	// invisiblePause is the time between two checks whether a committed transaction is visible.
	invisiblePause = time.Millisecond
)

// rereader reads the rows that transactions left out, and sends them at the end of their transaction.
type rereader struct {
	relations *relations
	frames    *frameBuffer
	weigher   *weigher
	source    *sourceConn
	urge      chan struct{} // wakes the heartbeat: a later position is waited for

	prepared   map[string]string // names of statements, by their SQL
	statements int
	batchRows  int // rows per query
}

// rereadLeftOut reads and sends the rows that t left out.
func (r *rereader) rereadLeftOut(ctx context.Context, t *transaction) error {
	if t.leftOut.isEmpty() {
		return nil
	}
	defer t.leftOut.close()
	if err := r.relations.verifyPublication(ctx); err != nil {
		return err
	}
	parts := map[int][][]byte{}
	err := t.leftOut.forEachKey(func(key []byte) error {
		id := tableOfKey(key)
		parts[id] = append(parts[id], append([]byte(nil), key...))
		if len(parts[id]) < r.batchRows {
			return nil
		}
		keys := parts[id]
		delete(parts, id)
		return r.rereadBatch(ctx, t, t.leftOutTables[uint16(id)], keys) //nolint:gosec // it was made of 16 bits
	})
	for id, keys := range parts {
		if err == nil {
			err = r.rereadBatch(ctx, t, t.leftOutTables[uint16(id)], keys) //nolint:gosec // it was made of 16 bits
		}
	}
	poke(r.urge)
	r.source.heard = time.Now() // the time spent here does not count as silence of the source
	return err
}

// rereadBatch reads and sends the rows with these keys, and notes which exist.
func (r *rereader) rereadBatch(ctx context.Context, t *transaction, of *tableDescription, keys [][]byte) error {
	if err := r.compares(ctx, of); err != nil {
		return err
	}
	sql, args := rereadSQL(of, keys)
	args[0] = fmt.Append(nil, t.xid)
	for {
		if err := r.source.reportWhenDue(); err != nil {
			return err
		}
		found := &found{keys: keys, is: make([]bool, len(keys))}
		visible, err := r.queryRows(ctx, t, of, sql, args, found)
		if link.Code(err) == codeOtherPlan { // the table was altered after the statement was prepared; no row has been read yet
			visible, err = r.queryRows(ctx, t, of, sql, args, found)
		}
		if err != nil {
			return r.refuseAgain(ctx, t, of, keys, err)
		}
		if visible {
			r.noteFound(found)
			return r.frames.handOverLarge(ctx)
		}
		if err := link.Pause(ctx, invisiblePause); err != nil {
			return err
		}
	}
}

// compares asks once by which operators the indexes of the table compare its key.
func (r *rereader) compares(ctx context.Context, of *tableDescription) error {
	if of.compared != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, askDeadline)
	defer cancel()
	side, err := r.relations.catalogConn()
	if err != nil {
		return err
	}
	if of.compared, err = rel.Comparisons(ctx, side, of.table.Schema, of.table.Name); err != nil {
		return link.Fail("source", err)
	}
	return nil
}

// operator compares a column of the key as its index does; one that no index holds any more, as = does for it.
func (of *tableDescription) operator(column string) string {
	if operator := of.compared[column].Equal; operator != "" {
		return operator
	}
	return "="
}

// codeOtherPlan says that a prepared statement would return other types than before.
const codeOtherPlan = "0A000"

// prepareStatement returns the name of a prepared statement. For many small transactions, planning would take longer than
// reading.
func (r *rereader) prepareStatement(ctx context.Context, side *pgconn.PgConn, sql string) (string, error) {
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

// noteFound records for each key whether its row exists.
func (r *rereader) noteFound(found *found) {
	for i, key := range found.keys {
		if found.is[i] {
			r.weigher.doubts.setRow(key, isHere)
		} else {
			r.weigher.doubts.setRow(key, isGone)
		}
	}
}

// rereadSQL returns a query that reads rows by their keys, together with the log's position and whether transaction $1 is
// visible yet: a commit reaches the log, and so this program, a moment before others can see it. Transaction numbers in the
// stream lack their upper half; the right one is within 2^31 of the snapshot's.
//
// OFFSET 0 makes the planner look up each key separately. Rows that have just begun to pass the filter are not in the table's
// statistics, and without it the planner would compare every row with every key.
func rereadSQL(of *tableDescription, keys [][]byte) (string, [][]byte) {
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

// keyArray returns value number i of every key as the text of an array.
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

// keyValue returns value number i of a key built by rowKey.
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

// queryRows runs the query and sends the rows. visible is false if the transaction is not visible yet; nothing was sent then.
func (r *rereader) queryRows(ctx context.Context, t *transaction, of *tableDescription, sql string, args [][]byte, found *found) (visible bool, err error) {
	side, err := r.relations.catalogConn()
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := time.AfterFunc(rereadPause, cancel)
	defer late.Stop()
	name, err := r.prepareStatement(ctx, side.PgConn(), sql)
	if err != nil {
		return false, err
	}
	result := side.PgConn().ExecPrepared(ctx, name, args, nil, nil)
	rows, bytes := 0, 0
	for err == nil && result.NextRow() {
		late.Reset(rereadPause)
		values := result.Values()
		if visible = string(values[1]) == "t"; !visible {
			continue
		}
		if err = r.noteReadPosition(string(values[0])); err != nil || values[2] == nil {
			continue
		}
		before := len(r.frames.buf)
		err = r.sendRow(t, of, values[2:], found)
		rows, bytes = rows+1, bytes+len(r.frames.buf)-before
		if err == nil && len(r.frames.buf) > 2*rereadBytes {
			late.Stop() // from here on it is the writer that takes long
			err = r.frames.handOver(ctx)
			late.Reset(rereadPause)
		}
	}
	if _, failed := result.Close(); failed != nil && err == nil {
		err = failed
		delete(r.prepared, sql)
	}
	if rows > 0 {
		r.batchRows = min(max(rereadBytes*rows/max(bytes, 1), 1), rereadMost)
	}
	return visible, err
}

// noteReadPosition notes the position that the stream must reach before the rows just read are right.
func (r *rereader) noteReadPosition(text string) error {
	now, err := pglogrepl.ParseLSN(text)
	r.weigher.doubts.passing = max(r.weigher.doubts.passing, now)
	return err
}

// sendRow sends one row. Its first value is its number among the keys of the query.
func (r *rereader) sendRow(t *transaction, of *tableDescription, values [][]byte, found *found) error {
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
	return r.weigher.passChange(t, of, &wire.Change{Kind: wire.KindInsert, Table: of.id, New: row})
}
