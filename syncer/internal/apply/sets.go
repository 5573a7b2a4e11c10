package apply

import (
	"strconv"

	"portal.example/syncer/internal/wire"
)

// flushFolds turns what was folded into statements: deletes first, so that keys and unique values are free.
func (s *script) flushFolds() error {
	if len(s.pending) == 0 {
		return nil
	}
	if len(s.pending) > 1 {
		s.pending = s.pending[:0]
		for _, id := range s.at.tables.order {
			if t := s.at.tables.tables[id]; len(t.fold.entries) > 0 {
				s.pending = append(s.pending, t)
			}
		}
	}
	for i := len(s.pending) - 1; i >= 0; i-- {
		if err := s.addDeletes(s.pending[i]); err != nil {
			return err
		}
	}
	for _, t := range s.pending {
		if err := s.addWrites(t); err != nil {
			return err
		}
		s.f.done.touch(t.rel.FullName())
		t.fold.reset()
	}
	s.pending = s.pending[:0]
	if err := s.s.writeOut(len(s.s.out.bufs) > 0); err != nil { // what it refers to may lie in the arena
		return err
	}
	s.arena.reset()
	return nil
}

func (s *script) addDeletes(t *table) error {
	rows := s.line.rows[:0]
	for n := range t.fold.entries {
		if e := &t.fold.entries[n]; e.state == gone && (e.here || !s.trust) {
			rows = append(rows, e.key)
		}
	}
	s.line.rows = rows
	return s.addSet(t, t.delete, rows, len(t.key))
}

// addWrites adds updates before inserts.
func (s *script) addWrites(t *table) error {
	rows, some := s.line.rows[:0], false
	for n := range t.fold.entries {
		e := &t.fold.entries[n]
		some = some || e.state == partial
		if e.state == complete && e.here && s.trust {
			rows = append(rows, e.row)
		}
	}
	s.line.rows = rows
	t.sort(rows)
	if err := s.addUpdates(t, rows); err != nil {
		return err
	}
	if some {
		if err := s.addPartials(t); err != nil {
			return err
		}
	}
	return s.addInserts(t)
}

func (s *script) addUpdates(t *table, rows []wire.RawRow) error {
	if len(rows) < stageRows || t.stage.update == nil || !s.mayStage(t, rows) {
		return s.addSet(t, t.all, rows, len(t.rel.Columns))
	}
	return s.addStaged(t, rows, t.stage.update, []byte(strconv.Itoa(len(rows))))
}

// mayStage reports whether rows may go through a stage.
func (s *script) mayStage(t *table, rows []wire.RawRow) bool {
	return s.s.mayStage && t.mayCopy && slim(rows)
}

// slim reports whether rows are small enough for COPY, whose messages are composed in memory.
func slim(rows []wire.RawRow) bool {
	for _, r := range rows {
		if len(r) >= largeValue {
			return false
		}
	}
	return true
}

// addStaged brings rows to the session's stage and from there to the table by st.
func (s *script) addStaged(t *table, rows []wire.RawRow, st *statement, params ...[]byte) error {
	if s.s.stages[t] == stageUnknown {
		s.addStatement(t, nil, t.stage.create)
	}
	if s.s.stages[t] != stageEmpty {
		s.addStatement(t, nil, t.stage.clear)
	}
	s.openFlight()
	s.s.stages[t] = stageUsed
	s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final})
	if err := s.s.copyIn(t.stage.copy, rows, len(t.rel.Columns)); err != nil {
		return err
	}
	s.addStatement(t, params, st)
	return s.s.writeOut(false)
}

func (s *script) addInserts(t *table) error {
	rows := s.line.rows[:0]
	for n := range t.fold.entries {
		if e := &t.fold.entries[n]; e.state == complete && (!e.here || !s.trust) {
			rows = append(rows, e.row)
		}
	}
	s.line.rows = rows
	switch {
	case !s.trust && len(rows) >= stageRows && s.mayStage(t, rows):
		return s.addStaged(t, rows, t.stage.upsert)
	case !s.trust:
		return s.addSet(t, t.upsert, rows, len(t.rel.Columns))
	case len(rows) < copyRows || !t.mayCopy || !slim(rows):
		return s.addSet(t, t.insert, rows, len(t.rel.Columns))
	}
	s.openFlight()
	s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final})
	return s.s.copyIn(t.copy, rows, len(t.rel.Columns))
}

// addPartials adds the updates of rows of which some values stay, grouped by which.
func (s *script) addPartials(t *table) error {
	groups := map[string][]wire.RawRow{}
	var masks []string
	for n := range t.fold.entries {
		e := &t.fold.entries[n]
		if e.state != partial {
			continue
		}
		mask := maskOf(e.row, len(t.rel.Columns))
		if groups[mask] == nil {
			masks = append(masks, mask)
		}
		groups[mask] = append(groups[mask], e.row)
	}
	for _, mask := range masks {
		if err := s.addSet(t, t.updateSome(mask), groups[mask], len(t.rel.Columns)); err != nil {
			return err
		}
	}
	return nil
}

func maskOf(row wire.RawRow, n int) string {
	mask := make([]byte, n)
	for i := range mask {
		if row.IsUnchanged() {
			mask[i] = 1
		}
		_, _, row = row.Next()
	}
	return string(mask)
}

// addSet executes st for all rows, a few thousand at a time. st is nil where nothing is to be done.
func (s *script) addSet(t *table, st *statement, rows []wire.RawRow, width int) error {
	if st != nil && len(rows) <= fewRows {
		for _, row := range rows {
			if err := s.addRow(t, st.one, row, width); err != nil {
				return err
			}
		}
		return nil
	}
	for st != nil && len(rows) > 0 {
		n, size := 0, 0
		for n < len(rows) && n < maxRows && (n == 0 || size < maxBytes) {
			size += len(rows[n])
			n++
		}
		s.openFlight()
		s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final})
		s.s.arrays(st, rows[:n], width)
		if err := s.s.writeOut(false); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// addRow executes st for one row.
func (s *script) addRow(t *table, st *statement, row wire.RawRow, width int) error {
	s.openFlight()
	s.f.origin = append(s.f.origin, origin{table: t, lsn: s.at.begin.Final})
	s.s.values(st, row, width)
	return s.s.writeOut(false)
}
