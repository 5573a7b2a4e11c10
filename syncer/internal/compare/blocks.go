package compare

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// rowSearch finds the rows in which tables differ.
type rowSearch struct {
	hash     hashing
	leafRows int64 // so few are fetched by key at a time
	mostRows int   // of one table that are followed up
	tally    *tally
}

const (
	pageBytes  = 8192
	blockPages = 10     // pages of each block that are looked at to find where to cut
	mostPages  = 20_000 // and of a table in all
)

// findCuts are the keys at which the table is divided, found in a sample of the source's pages. They need not be
// exact: any keys would do.
func (t *table) findCuts(ctx context.Context, db *pgx.Conn, blockBytes int64) ([]key, error) {
	blocks, pages := t.from.bytes/blockBytes, float64(t.from.bytes/pageBytes)
	if blocks < 2 {
		return nil, nil
	}
	percent := 100 * min(1, min(float64(blocks*blockPages), mostPages)/pages)
	rows, err := db.Query(ctx, fmt.Sprintf(`
		SELECT %s FROM (
		  SELECT %s, row_number() OVER (ORDER BY %s) AS n_, count(*) OVER () AS all_
		    FROM %s TABLESAMPLE SYSTEM (%f) REPEATABLE (1) WHERE %s) AS t
		 WHERE n_ %% greatest(1, all_ / $1::bigint) = 0 AND n_ < all_ ORDER BY n_`,
		t.from.keyTexts(), t.from.keyNames(""), t.from.keyNames(""), t.from.table, percent, t.from.condition), blocks)
	if err != nil {
		return nil, sideError("source", err)
	}
	cuts, err := pgx.CollectRows(rows, pgx.RowTo[key])
	if err != nil {
		return nil, sideError("source", err)
	}
	return cuts, nil
}

// compareBlock compares one range of keys and follows up what differs in it.
func (f *rowSearch) compareBlock(ctx context.Context, l *lane, b task) error {
	here, there, err := f.rangeSums(ctx, l, b)
	if err != nil {
		return err
	}
	b.table.countRows(here.rows)
	f.tally.tellProgress(PhaseRows, here.rows)
	if here == there {
		return nil
	}
	return f.narrowDown(ctx, l, b, here.rows, there.rows, 0)
}

// countRows adds compared rows to the table's.
func (t *table) countRows(rows int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Rows += rows
}

func (f *rowSearch) rangeSums(ctx context.Context, l *lane, b task) (here, there sums, err error) {
	err = onBothSides(
		func() error { return b.table.from.sumRange(ctx, l.source, f.hash, b, &here) },
		func() error { return b.table.to.sumRange(ctx, l.target, f.hash, b, &there) })
	return here, there, err
}

func (s *side) sumRange(ctx context.Context, db *pgx.Conn, h hashing, b task, out *sums) error {
	condition, args := s.withinSQL(b.low, b.high)
	query := "SELECT " + s.rowText() + " AS r FROM " + s.base + " AS t WHERE " + condition
	return db.QueryRow(ctx, "SELECT "+sumColumns+" FROM ("+h.sumOver(query)+") AS q", args...).Scan(&out.rows, &out.h1, &out.h2)
}

const (
	parts   = 32
	deepest = 8 // parts^deepest rows are beyond any table
)

// narrowDown cuts a differing range into parts until few enough rows are left to look at each.
func (f *rowSearch) narrowDown(ctx context.Context, l *lane, b task, here, there int64, depth int) error {
	if b.table.isFull(f.mostRows) {
		return nil
	}
	if max(here, there) <= f.leafRows || depth == deepest {
		return f.compareLeaf(ctx, l, b)
	}
	s, db := b.table.from, l.source
	if there > here {
		s, db = b.table.to, l.target
	}
	cuts, err := s.splitRange(ctx, db, b, max(1, max(here, there)/min(parts, max(here, there)/f.leafRows+1)))
	if err != nil {
		return sideError(s.name, err)
	}
	low := b.low
	for _, cut := range append(cuts, b.high) {
		part := task{table: b.table, low: low, high: cut}
		low = cut
		here, there, err := f.rangeSums(ctx, l, part)
		if err != nil {
			return err
		}
		if here == there {
			continue
		}
		if err := f.narrowDown(ctx, l, part, here.rows, there.rows, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// splitRange returns each step-th key of the range.
func (s *side) splitRange(ctx context.Context, db *pgx.Conn, b task, step int64) ([]key, error) {
	condition, args := s.withinSQL(b.low, b.high)
	args = append(args, step)
	rows, err := db.Query(ctx, fmt.Sprintf(`
		SELECT %s FROM (SELECT %s, row_number() OVER (ORDER BY %s) AS n_ FROM %s AS t WHERE %s) AS t
		 WHERE n_ %% $%d::bigint = 0 ORDER BY n_`,
		s.keyTexts(), s.keyNames("t."), s.keyNames("t."), s.base, condition, len(args)), args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[key])
}

// print of a row: which one and what it holds.
type print struct {
	key    key
	h1, h2 int64
}

// compareLeaf fetches keys and hashes of a small range and notes the rows that differ.
func (f *rowSearch) compareLeaf(ctx context.Context, l *lane, b task) error {
	var here, there map[string]print
	err := onBothSides(
		func() (err error) { here, err = b.table.from.readPrints(ctx, l.source, f.hash, b); return err },
		func() (err error) { there, err = b.table.to.readPrints(ctx, l.target, f.hash, b); return err })
	if err != nil {
		return err
	}
	b.table.addSuspects(f.mostRows, here, there)
	return nil
}

func (s *side) readPrints(ctx context.Context, db *pgx.Conn, h hashing, b task) (map[string]print, error) {
	condition, args := s.withinSQL(b.low, b.high)
	return collectPrints(ctx, db, h, "SELECT "+s.keyTexts()+" AS k, "+s.rowText()+" AS r FROM "+s.base+" AS t WHERE "+condition, args)
}

func collectPrints(ctx context.Context, db *pgx.Conn, h hashing, query string, args []any) (map[string]print, error) {
	rows, err := db.Query(ctx, "SELECT k, h1, h2 FROM ("+h.sumOver(query)+") AS q", args...)
	if err != nil {
		return nil, err
	}
	all := map[string]print{}
	var p print
	_, err = pgx.ForEachRow(rows, []any{&p.key, &p.h1, &p.h2}, func() error {
		all[p.key.id()] = p
		p = print{}
		return nil
	})
	return all, err
}

// suspect is a row that differed at the first fence.
type suspect struct{ key key }

// addSuspects notes the rows that are not the same on both sides, most of them at most.
func (t *table) addSuspects(most int, here, there map[string]print) {
	t.mu.Lock()
	defer t.mu.Unlock()
	note := func(p print) {
		if len(t.suspect) >= most {
			t.result.AtLeast = true
			return
		}
		t.suspect = append(t.suspect, suspect{p.key})
	}
	for id, p := range here {
		if o, ok := there[id]; !ok || o.h1 != p.h1 || o.h2 != p.h2 {
			note(p)
		}
	}
	for id, p := range there {
		if _, ok := here[id]; !ok {
			note(p)
		}
	}
}

// isFull reports whether more differing rows of the table would not be followed up.
func (t *table) isFull(most int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.suspect) >= most {
		t.result.AtLeast = true
	}
	return t.result.AtLeast
}
