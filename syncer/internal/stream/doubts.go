package stream

import "portal.example/syncer/internal/wire"

// doubt says what the target holds under a key whose row was reread. The row was read at a later moment than the one the
// stream has reached, so until the stream passes that moment, it may not be the row that the log is talking about.
type doubt byte

const (
	noDoubt  doubt = iota
	isHere         // there is a row with the values of the later moment; it may be a different row
	isGone         // there is no row
	mayBeAny       // unknown: too many rows were reread to remember each
)

// doubtsMost is the maximum number of rows to remember.
const doubtsMost = 1 << 16

// doubts holds the doubt about each row that was reread.
type doubts struct {
	of      map[string]doubt
	rest    doubt    // about all other rows
	passing wire.LSN // once the stream is here, no doubt is left
}

func (d *doubts) anyRow() bool { return d.rest != noDoubt || len(d.of) > 0 }

func (d *doubts) aboutRow(key []byte) doubt {
	if !d.anyRow() {
		return noDoubt
	}
	if found, ok := d.of[string(key)]; ok {
		return found
	}
	return d.rest
}

func (d *doubts) setRow(key []byte, what doubt) {
	switch {
	case d.rest != noDoubt:
		return
	case len(d.of) >= doubtsMost:
		clear(d.of)
		d.rest = mayBeAny
		return
	case d.of == nil:
		d.of = map[string]doubt{}
	}
	d.of[string(key)] = what
}

// doubtEveryRow replaces what is remembered by mayBeAny: a table's key has changed, so the remembered keys no longer identify
// its rows.
func (d *doubts) doubtEveryRow() {
	if d.anyRow() {
		d.of, d.rest = nil, mayBeAny
	}
}

// settleRow removes the doubt about a key: the target has just been told its whole row.
func (d *doubts) settleRow(key []byte) {
	if d.rest == noDoubt {
		delete(d.of, string(key))
	}
}

// forgetPassed removes all doubts once the stream has passed the last reread.
func (d *doubts) forgetPassed(at wire.LSN) {
	if d.anyRow() && at >= d.passing {
		clear(d.of)
		d.rest = noDoubt
	}
}
