package target

import (
	"context"
	"fmt"
	"strconv"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// step is one statement of a batch.
type step struct {
	sql     string
	name    string // of the prepared statement, "" to send sql itself
	params  [][]byte
	formats []int16
	table   *table
	origin  origin
}

// origin is what to say when a step fails.
type origin struct {
	lsn wire.LSN
	key string
}

const (
	maxRows  = 5000    // rows of one statement
	maxBytes = 4 << 20 // and about its size
)

// script turns frames into statements: folded into sets, or one by one in source order.
type script struct {
	w       *Writer
	fold    bool
	steps   []step
	folds   map[uint16]*folded
	begin   wire.Begin
	end     wire.Commit   // last of the batch
	idle    wire.Progress // last of the batch
	last    wire.LSN
	changes int
	touched map[uint16]bool
}

func (w *Writer) script(ctx context.Context, items []any, fold bool) (*script, error) {
	s := &script{w: w, fold: fold, folds: map[uint16]*folded{}, touched: map[uint16]bool{}}
	for _, item := range items {
		if err := s.add(ctx, item); err != nil {
			return nil, err
		}
	}
	return s, s.flush(ctx)
}

func (s *script) add(ctx context.Context, item any) error {
	switch f := item.(type) {
	case wire.Begin:
		s.begin = f
	case wire.Commit:
		s.end, s.last = f, f.End
	case wire.Progress:
		s.idle, s.last = f, f.LSN
	case *wire.Relation:
		if err := s.flush(ctx); err != nil {
			return err
		}
		return s.w.define(ctx, *f)
	case wire.Truncate:
		return s.truncate(ctx, f)
	case *wire.Change:
		return s.change(ctx, f)
	default:
		return fmt.Errorf("%w: %T does not belong here", wire.ErrFrame, item)
	}
	return nil
}

func (s *script) table(id uint16) (*table, error) {
	if t := s.w.tables[id]; t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("%w: a row of a table that was not described", wire.ErrFrame)
}

func (s *script) change(ctx context.Context, c *wire.Change) error {
	t, err := s.table(c.Table)
	if err != nil {
		return err
	}
	n := len(t.rel.Columns)
	if len(c.New.Values) != 0 && len(c.New.Values) != n || len(c.Old.Values) != 0 && len(c.Old.Values) != n {
		return fmt.Errorf("%w: a row of %s has another number of columns", wire.ErrFrame, t.rel.FullName())
	}
	s.changes++
	s.touched[c.Table] = true
	if !s.fold {
		return s.single(ctx, t, c)
	}
	f := s.folds[c.Table]
	if f == nil {
		f = newFolded()
		s.folds[c.Table] = f
	}
	if f.put(t, c) {
		return nil
	}
	if err := s.flush(ctx); err != nil {
		return err
	}
	return s.rekey(t, c)
}

// flush turns what was folded into statements: deletes first, so that keys and unique values are free.
func (s *script) flush(ctx context.Context) error {
	order := s.w.order
	for i := len(order) - 1; i >= 0; i-- {
		if f := s.folds[order[i]]; f != nil {
			if err := s.sets(ctx, s.w.tables[order[i]], f, gone); err != nil {
				return err
			}
		}
	}
	for _, id := range order {
		f := s.folds[id]
		if f == nil {
			continue
		}
		if err := s.sets(ctx, s.w.tables[id], f, partial); err != nil {
			return err
		}
		if err := s.sets(ctx, s.w.tables[id], f, whole); err != nil {
			return err
		}
	}
	clear(s.folds)
	return nil
}

// sets adds the statements for all entries in one state, grouped by which columns they leave alone.
func (s *script) sets(ctx context.Context, t *table, f *folded, want state) error {
	groups := map[string][]wire.Row{}
	var names []string
	for _, e := range f.entries {
		if e.state != want {
			continue
		}
		mask := maskOf(e.row, want)
		if groups[mask] == nil {
			names = append(names, mask)
		}
		groups[mask] = append(groups[mask], e.row)
	}
	for _, mask := range names {
		if err := s.pieces(ctx, t, groups[mask], want); err != nil {
			return err
		}
	}
	return nil
}

func maskOf(r wire.Row, s state) string {
	if s != partial {
		return ""
	}
	mask := make([]byte, len(r.Unchanged))
	for i, u := range r.Unchanged {
		if u {
			mask[i] = 1
		}
	}
	return string(mask)
}

// pieces splits rows so that no statement is too large.
func (s *script) pieces(ctx context.Context, t *table, rows []wire.Row, want state) error {
	for len(rows) > 0 {
		n, size := 0, 0
		for n < len(rows) && n < maxRows && (n == 0 || size < maxBytes) {
			for _, v := range rows[n].Values {
				size += len(v)
			}
			n++
		}
		if err := s.statement(ctx, t, rows[:n], want, origin{lsn: s.begin.Final}); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func (s *script) statement(ctx context.Context, t *table, rows []wire.Row, want state, from origin) error {
	var sql string
	at, counted := t.all(), false
	switch want {
	case whole:
		sql = t.upsertSQL()
	case gone:
		sql, at = t.deleteSQL(), t.key
	case partial:
		set := t.changed(rows[0])
		if len(set) == 0 {
			return nil
		}
		sql, at, counted = t.updateSQL(set), append(append([]int{}, t.key...), set...), true
	}
	name, err := s.w.prepare(ctx, t, sql)
	if err != nil {
		return err
	}
	st := step{name: name, table: t, origin: from}
	for _, c := range at {
		st.params, st.formats = append(st.params, textArray(rows, c)), append(st.formats, 1)
	}
	if counted {
		st.params, st.formats = append(st.params, []byte(strconv.Itoa(len(rows)))), append(st.formats, 0)
	}
	s.steps = append(s.steps, st)
	return nil
}

// changed lists the columns beside the key whose values came with the row.
func (t *table) changed(r wire.Row) []int {
	var set []int
	for c := range t.rel.Columns {
		if !t.isKey[c] && (r.Unchanged == nil || !r.Unchanged[c]) {
			set = append(set, c)
		}
	}
	return set
}

// single adds the statements of one change in source order.
func (s *script) single(ctx context.Context, t *table, c *wire.Change) error {
	if t.rekeys(c) {
		if c.New.Partial() {
			return s.rekey(t, c)
		}
		if err := s.statement(ctx, t, []wire.Row{c.Old}, gone, origin{s.begin.Final, t.keyText(c.Old)}); err != nil {
			return err
		}
	}
	row, want := c.New, whole
	switch {
	case c.Kind == wire.KindDelete:
		row, want = c.Old, gone
	case c.New.Partial():
		want = partial
	}
	return s.statement(ctx, t, []wire.Row{row}, want, origin{s.begin.Final, t.keyText(row)})
}

// rekey moves one row to another key, keeping what the change does not tell.
func (s *script) rekey(t *table, c *wire.Change) error {
	set := t.changed(c.New)
	set = append(set, t.key...)
	st := step{sql: t.rekeySQL(set), table: t, origin: origin{s.begin.Final, t.keyText(c.Old)}}
	for _, at := range set {
		st.params = append(st.params, c.New.Values[at])
	}
	for _, at := range t.key {
		st.params = append(st.params, c.Old.Values[at])
	}
	st.formats = []int16{0}
	s.steps = append(s.steps, st)
	return nil
}

// truncate empties tables. DELETE instead of TRUNCATE: readers with an older snapshot keep seeing the rows,
// nobody has to wait, and the role needs no further right.
func (s *script) truncate(ctx context.Context, f wire.Truncate) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	for _, id := range f.Tables {
		t, err := s.table(id)
		if err != nil {
			return err
		}
		s.touched[id] = true
		s.steps = append(s.steps, step{sql: "DELETE FROM " + t.sql(), table: t, origin: origin{lsn: s.begin.Final}})
	}
	s.changes++
	return nil
}

// keyText shows a row's key to people; it is the only part of a row that is ever shown.
func (t *table) keyText(r wire.Row) string {
	text := ""
	for i, c := range t.key {
		if i > 0 {
			text += ", "
		}
		text += t.rel.Columns[c].Name + "=" + string(r.Values[c])
	}
	return text
}

// define takes a table's description: what it knows must fit the table that is here.
func (w *Writer) define(ctx context.Context, r wire.Relation) error {
	info, err := relation.Inspect(ctx, w.conn, r.Schema, r.Name)
	if err != nil {
		return fmt.Errorf("target: %w; run `syncer check`", err)
	}
	if len(r.Key) == 0 || !info.HasUnique(KeyNames(&r)) {
		return fault.Unsafef("target: %s has no unique index over exactly its key; run `syncer check`", r.FullName())
	}
	for _, c := range r.Columns {
		have, ok := info.Column(c.Name)
		if !ok {
			return fault.Unsafef("target: %s has no column %s; run `syncer check`", r.FullName(), c.Name)
		}
		if have.Type != c.Type {
			return fault.Unsafef("column %s of %s is now %s in the source and %s on the target; mend it with: ALTER TABLE %s ALTER COLUMN %s TYPE %s; then start again",
				c.Name, r.FullName(), c.Type, have.Type, info.SQL(), relation.Quote(c.Name), c.Type)
		}
	}
	if w.tables[r.ID] == nil {
		w.order = append(w.order, r.ID)
	}
	w.tables[r.ID] = newTable(r)
	return nil
}
