package compare

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

// finding is a row that differs, by the source's text of its key where the source has it.
type finding struct {
	kind  Kind
	key   key
	rekey bool // the target writes the same key otherwise, such as 1.0 and 1.00
}

const lookUp = 1000 // rows at a time

// compareAgain looks the suspects up by key at a second fence: what is equal there is no finding.
func (c *comparison) compareAgain(ctx context.Context, report *Report) error {
	var total int64
	for _, t := range c.tables {
		total += int64(len(t.suspect))
	}
	if total == 0 {
		return nil
	}
	m, err := c.sides.takeMoment(ctx, false, nil)
	if err != nil {
		return err
	}
	defer m.close()
	report.Fenced = report.Fenced || m.fenced
	c.tally.beginPhase(PhaseAgain, total)
	todo := make(chan *table)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(todo)
		for _, t := range c.tables {
			if len(t.suspect) == 0 || t.hasFailed() {
				continue
			}
			select {
			case todo <- t:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range min(c.Workers, len(c.tables)) {
		g.Go(func() error { return c.recheckTables(ctx, m, todo) })
	}
	return g.Wait()
}

func (c *comparison) recheckTables(ctx context.Context, m *moment, todo <-chan *table) error {
	l, err := m.openLane(ctx)
	if err != nil {
		return err
	}
	defer func() { l.close() }()
	for t := range todo {
		if why := m.whyUnready(t.FullName()); why != "" { // a resync began between the fences
			t.skipTable(why)
			continue
		}
		keys := make([]key, len(t.suspect))
		for i, s := range t.suspect {
			keys[i] = s.key
		}
		t.suspect = nil
		t.wrong, err = c.rows.findDiffering(ctx, l, t, keys)
		var moved bool
		if err == nil {
			moved, err = t.wereMoved(ctx, l.source, l.target)
		}
		if moved {
			t.skipTable(rewritten)
		}
		if err == nil {
			continue
		}
		if ctx.Err() != nil || !t.noteFailure(err) {
			return err
		}
		l.close()
		if l, err = m.openLane(ctx); err != nil {
			return err
		}
	}
	return nil
}

// findDiffering returns which of the rows named by keys differ at the lane's moment, each once.
func (f *rowSearch) findDiffering(ctx context.Context, l *lane, t *table, keys []key) ([]finding, error) {
	var wrong []finding
	seen := map[string]bool{}
	for len(keys) > 0 {
		n := min(lookUp, len(keys))
		var here, there map[int64]print
		err := onBothSides(
			func() (err error) { here, err = t.from.lookUp(ctx, l.source, f.hash, keys[:n]); return err },
			func() (err error) { there, err = t.to.lookUp(ctx, l.target, f.hash, keys[:n]); return err })
		if err != nil {
			return nil, err
		}
		for i := range int64(n) {
			one, differs := judgeRow(here, there, i+1)
			if id := one.key.id(); differs && !seen[id] {
				seen[id] = true
				wrong = append(wrong, one)
			}
		}
		keys = keys[n:]
		f.tally.tellProgress(PhaseAgain, int64(n))
	}
	return wrong, nil
}

func judgeRow(here, there map[int64]print, n int64) (finding, bool) {
	s, inSource := here[n]
	t, onTarget := there[n]
	switch {
	case inSource && onTarget:
		return finding{kind: Changed, key: s.key, rekey: s.key.id() != t.key.id()}, s.h1 != t.h1 || s.h2 != t.h2
	case inSource:
		return finding{kind: Missing, key: s.key}, true
	case onTarget:
		return finding{kind: Extra, key: t.key}, true
	}
	return finding{}, false
}

// lookUp returns the rows that the keys name, by their place among keys (from 1).
func (s *side) lookUp(ctx context.Context, db *pgx.Conn, h hashing, keys []key) (map[int64]print, error) {
	query := fmt.Sprintf("SELECT x.n, %s AS k, %s AS r FROM %s JOIN %s AS t ON %s",
		s.keyTexts(), s.rowText(), s.givenKeysSQL(), s.base, s.sameKeySQL())
	rows, err := db.Query(ctx, "SELECT n, k, h1, h2 FROM ("+h.sumOver(query)+") AS q", columnsOf(keys, len(s.key))...)
	if err != nil {
		return nil, err
	}
	found := map[int64]print{}
	var n int64
	var p print
	_, err = pgx.ForEachRow(rows, []any{&n, &p.key, &p.h1, &p.h2}, func() error {
		found[n] = p
		p = print{}
		return nil
	})
	return found, err
}
