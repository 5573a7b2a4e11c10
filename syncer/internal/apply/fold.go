package apply

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"slices"

	"portal.example/syncer/internal/wire"
)

// Folding turns the changes of many transactions into at most one change per row, so that they can be applied as sets. Only the
// result remains; the order of changes to different rows is lost.
//
// Rows stay in the slabs they arrived in; rows that must be combined are built in an arena.

type state byte

const (
	complete state = iota // every column is known: insert or overwrite
	partial               // the row exists; some columns keep their values
	gone
)

// entry is the net change of one row.
type entry struct {
	hash  uint64
	key   []byte      // values of the key's columns in the key's order, raw
	row   wire.RawRow // nil if the row is deleted
	state state
	here  bool // the row was on the target before, as the first change was no insert
}

// folded holds the net changes of one table.
type folded struct {
	entries []entry
	slots   []int32 // open addressing by hash: number of the entry + 1
}

var seed = maphash.MakeSeed()

// find returns the entry of key, which is new when found is false.
func (f *folded) find(key []byte) (e *entry, found bool) {
	if len(f.entries)*2 >= len(f.slots) {
		f.grow()
	}
	hash := maphash.Bytes(seed, key)
	mask := uint64(len(f.slots) - 1)
	at := hash & mask
	for ; f.slots[at] != 0; at = (at + 1) & mask {
		if e := &f.entries[f.slots[at]-1]; e.hash == hash && bytes.Equal(e.key, key) {
			return e, true
		}
	}
	f.entries = append(f.entries, entry{hash: hash, key: key})
	f.slots[at] = int32(len(f.entries)) //nolint:gosec // a batch is a few MiB
	return &f.entries[len(f.entries)-1], false
}

// grow makes room for twice as many.
func (f *folded) grow() {
	size := max(256, 4*len(f.entries))
	for size&(size-1) != 0 {
		size &= size - 1
	}
	f.slots = make([]int32, 2*size)
	mask := uint64(len(f.slots) - 1)
	for n := range f.entries {
		at := f.entries[n].hash & mask
		for f.slots[at] != 0 {
			at = (at + 1) & mask
		}
		f.slots[at] = int32(n + 1) //nolint:gosec // as above
	}
}

// keptEntries bounds the memory that an empty fold keeps.
const keptEntries = 16 << 10

func (f *folded) reset() {
	if cap(f.entries) > keptEntries {
		*f = folded{}
		return
	}
	clear(f.entries)
	clear(f.slots)
	f.entries = f.entries[:0]
}

// put folds one change in. It returns false if the change cannot be folded and must be applied by itself: the row gets another
// key and keeps values that only the target has.
func (t *table) put(a *arena, c *wire.RawChange) (bool, error) {
	f := &t.fold
	switch c.Kind {
	case wire.KindDelete:
		f.remove(t.keyOf(a, c.Old))
		return true, nil
	case wire.KindInsert:
		if c.Partial {
			return false, fmt.Errorf("%w: an insert without all its values", wire.ErrFrame)
		}
	case wire.KindUpdate:
		if from, moves := t.moves(a, c); moves {
			return t.move(a, from, c), nil
		}
	}
	key := t.keyOf(a, c.New)
	e, found := f.find(key)
	switch {
	case !found:
		*e = entry{e.hash, key, c.New, complete, c.Kind == wire.KindUpdate}
		if c.Partial {
			e.state = partial
		}
	case !c.Partial:
		e.row, e.state = c.New, complete
	case e.state == gone:
		e.row, e.state = c.New, partial
	default:
		e.row, e.state = t.overlay(a, e.row, c.New)
	}
	return true, nil
}

func (f *folded) remove(key []byte) {
	e, found := f.find(key)
	e.row, e.state, e.here = nil, gone, e.here || !found
}

// moves reports whether the change changes the row's key, and returns the old one.
func (t *table) moves(a *arena, c *wire.RawChange) (from []byte, moves bool) {
	if c.Kind != wire.KindUpdate || len(c.Old) == 0 {
		return nil, false
	}
	from = t.keyOf(a, c.Old)
	return from, !bytes.Equal(from, t.keyOf(a, c.New))
}

// move folds a change of key.
func (t *table) move(a *arena, from []byte, c *wire.RawChange) bool {
	f := &t.fold
	row := c.New
	if c.Partial {
		e, found := f.find(from)
		if !found {
			f.undo()
			return false
		}
		if e.state == gone {
			return false
		}
		merged, state := t.overlay(a, e.row, c.New)
		if state == partial {
			return false
		}
		row = merged
	}
	f.remove(from)
	key := t.keyOf(a, c.New)
	e, _ := f.find(key) // a new one was not here before
	e.key, e.row, e.state = key, row, complete
	return true
}

// undo takes back the last find, which found nothing.
func (f *folded) undo() {
	n := len(f.entries)
	mask := uint64(len(f.slots) - 1)
	at := f.entries[n-1].hash & mask
	for f.slots[at] != int32(n) { //nolint:gosec // as above
		at = (at + 1) & mask
	}
	f.slots[at] = 0 // it was the last one of its run
	f.entries = f.entries[:n-1]
}

// overlay returns old overwritten by the values of row. An unchanged value never overwrites an earlier one.
func (t *table) overlay(a *arena, old, row wire.RawRow) (wire.RawRow, state) {
	merged, state := a.take(len(old) + len(row))[:0], complete
	for range t.rel.Columns {
		was, _, oldRest := old.Next()
		is, size, rest := row.Next()
		if size == wire.Unchanged {
			is = was
		}
		if len(is) == 4 && wire.RawRow(is).IsUnchanged() {
			state = partial
		}
		merged = append(merged, is...)
		old, row = oldRest, rest
	}
	return merged, state
}

// keyOf returns the raw values of the key columns, as a slice of the row if they are adjacent in it.
func (t *table) keyOf(a *arena, row wire.RawRow) []byte {
	if t.keyTogether {
		for range t.key[0] {
			_, _, row = row.Next()
		}
		rest := row
		for range t.key {
			_, _, rest = rest.Next()
		}
		n := len(row) - len(rest)
		return row[:n:n]
	}
	values := t.scratch[:0]
	size := 0
	for range t.rel.Columns {
		var raw []byte
		raw, _, row = row.Next()
		values = append(values, raw)
	}
	t.scratch = values
	for _, c := range t.key {
		size += len(values[c])
	}
	key := a.take(size)[:0]
	for _, c := range t.key {
		key = append(key, values[c]...)
	}
	return key
}

// withKey fills key values that were not sent because they did not change from the old row, where PostgreSQL sends them if they
// are stored out of line.
func (t *table) withKey(a *arena, c *wire.RawChange) {
	if !c.Partial || len(c.Old) == 0 {
		return
	}
	lacking := false
	for n, row := 0, c.New; n < c.Columns; n++ {
		var size wire.Size
		_, size, row = row.Next()
		lacking = lacking || size == wire.Unchanged && t.isKey[n]
	}
	if !lacking {
		return
	}
	filled := a.take(len(c.Old) + len(c.New))[:0]
	c.Partial = false
	for n, old, row := 0, c.Old, c.New; n < c.Columns; n++ {
		var was, is []byte
		var size wire.Size
		was, _, old = old.Next()
		is, size, row = row.Next()
		if size == wire.Unchanged && t.isKey[n] {
			is = was
		} else if size == wire.Unchanged {
			c.Partial = true
		}
		filled = append(filled, is...)
	}
	c.New = filled
}

// arena is memory for values that are built while a batch is composed.
type arena struct{ b []byte }

const arenaBlock = 64 << 10

// take returns n bytes that are valid until reset.
func (a *arena) take(n int) []byte {
	if n > cap(a.b)-len(a.b) {
		a.b = make([]byte, 0, max(n, arenaBlock))
	}
	at := len(a.b)
	a.b = a.b[:at+n]
	return a.b[at : at+n : at+n]
}

func (a *arena) reset() {
	if cap(a.b) > arenaBlock {
		a.b = nil
	}
	a.b = a.b[:0]
}

// sort sorts rows roughly in the order of the key's index, if they begin with the key, so that neighbouring rows are changed one
// after another. A raw value begins with its length, so numbers sort correctly.
func (t *table) sort(rows []wire.RawRow) {
	if t.keyTogether && t.key[0] == 0 {
		slices.SortFunc(rows, func(a, b wire.RawRow) int { return bytes.Compare(a, b) })
	}
}

// together reports whether the key's columns are adjacent in the row and in the key's order.
func together(key []int) bool {
	return slices.IsSortedFunc(key, func(a, b int) int { return a - b }) && key[len(key)-1]-key[0] == len(key)-1
}
