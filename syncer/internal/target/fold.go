package target

import (
	"encoding/binary"

	"portal.example/syncer/internal/wire"
)

// Folding turns the changes of many transactions into at most one change per row, so that they can be
// applied as sets. The result is what remains, not what happened: order between rows is lost.

type state byte

const (
	whole   state = iota // every column is known: insert or overwrite
	partial              // the row is there; some columns keep what they have
	gone
)

type entry struct {
	state state
	row   wire.Row // for gone only the key's values count
}

// folded is what remains of one table's changes.
type folded struct {
	at      map[string]int
	entries []entry
	size    int
}

func newFolded() *folded { return &folded{at: map[string]int{}} }

// rowKey is the row's key as one string.
func (t *table) rowKey(r wire.Row) string {
	b := make([]byte, 0, 48)
	for _, c := range t.key {
		b = binary.AppendUvarint(b, uint64(len(r.Values[c])))
		b = append(b, r.Values[c]...)
	}
	return string(b)
}

// rekeys reports whether the change gives a row another key.
func (t *table) rekeys(c *wire.Change) bool {
	return c.Kind == wire.KindUpdate && len(c.Old.Values) > 0 && t.rowKey(c.Old) != t.rowKey(c.New)
}

// put folds one change in. It returns false when the change cannot be folded and must be applied by
// itself: a row that moves to another key and keeps values only the target knows.
func (f *folded) put(t *table, c *wire.Change) bool {
	f.size += c.Size
	switch {
	case c.Kind == wire.KindDelete:
		f.set(t.rowKey(c.Old), entry{gone, c.Old})
		return true
	case t.rekeys(c):
		return f.move(t, c)
	}
	f.merge(t.rowKey(c.New), c.New)
	return true
}

func (f *folded) set(key string, e entry) {
	if i, ok := f.at[key]; ok {
		f.entries[i] = e
		return
	}
	f.at[key] = len(f.entries)
	f.entries = append(f.entries, e)
}

// merge lays row over what is known of key; a value that did not change never overwrites an earlier one.
func (f *folded) merge(key string, row wire.Row) {
	if !row.Partial() {
		f.set(key, entry{whole, row})
		return
	}
	i, ok := f.at[key]
	if !ok || f.entries[i].state == gone {
		f.set(key, entry{partial, row})
		return
	}
	f.entries[i] = entry{f.entries[i].state, overlay(f.entries[i].row, row)}
}

// overlay returns old with the values that changed in row.
func overlay(old, row wire.Row) wire.Row {
	merged := wire.Row{Values: make([][]byte, len(row.Values))}
	for c := range row.Values {
		switch {
		case !row.Unchanged[c]:
			merged.Values[c] = row.Values[c]
		case old.Unchanged != nil && old.Unchanged[c]:
			if merged.Unchanged == nil {
				merged.Unchanged = make([]bool, len(row.Values))
			}
			merged.Unchanged[c] = true
		default:
			merged.Values[c] = old.Values[c]
		}
	}
	return merged
}

// move folds a change of key.
func (f *folded) move(t *table, c *wire.Change) bool {
	from, to := t.rowKey(c.Old), t.rowKey(c.New)
	row := c.New
	if row.Partial() {
		i, ok := f.at[from]
		if !ok || f.entries[i].state == gone {
			return false
		}
		row = overlay(f.entries[i].row, row)
		if row.Partial() {
			return false
		}
	}
	f.set(from, entry{gone, c.Old})
	f.set(to, entry{whole, row})
	return true
}
