package stream

import "portal.example/syncer/internal/wire"

// doubt is what the target holds under a key whose row was read again, later than the changes that come now: until
// the stream has passed the moment of that reading, it may be another row than the one the log speaks of.
type doubt byte

const (
	noDoubt  doubt = iota
	isHere         // the values are right at that moment, but perhaps not of the row that is meant now
	isGone         // there is none
	mayBeAny       // too many rows were read again to remember them
)

// doubtsMost is how many rows are remembered.
const doubtsMost = 1 << 16

// doubts are those rows.
type doubts struct {
	of      map[string]doubt
	rest    doubt    // of all others
	passing wire.LSN // when the stream is here they are all gone
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

// doubtEveryRow doubts every row of every table: the keys that are remembered name rows by columns that are the key no more.
func (d *doubts) doubtEveryRow() {
	if d.anyRow() {
		d.of, d.rest = nil, mayBeAny
	}
}

// settleRow says that what the target holds under key is what the log says, whatever it was.
func (d *doubts) settleRow(key []byte) {
	if d.rest == noDoubt {
		delete(d.of, string(key))
	}
}

// forgetPassed forgets everything once the stream has passed the last reading.
func (d *doubts) forgetPassed(at wire.LSN) {
	if d.anyRow() && at >= d.passing {
		clear(d.of)
		d.rest = noDoubt
	}
}
