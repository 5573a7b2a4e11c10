package apply

import (
	"time"

	"portal.example/syncer/internal/wire"
)

// flight is what was sent to one session up to a Sync and is answered as one: a batch, a piece of a transaction that
// stays open, or a word between them.
type flight struct {
	parts  []part   // frames that it applies, kept so that it can be applied again; nil when it cannot be
	origin []origin // of each statement
	kind   kind
	since  wire.LSN // where the replica stands when everything before is durable
	done   Applied
	fixed  Applied  // what it brings beside its frames
	opened Applied  // what the transaction that it commits brought before
	before standing // where the frames begin
	sent   time.Time
	began  time.Time
	size   int    // of its frames
	then   func() // once an aside is answered
}

// kind says what a flight does with the transaction of its session.
type kind byte

const (
	batch  kind = iota // is one of its own; see alone
	piece              // leaves it open; taken back by itself when it fails
	bare               // leaves it open; cannot be taken back by itself
	finish             // commits what was open
	aside              // ends it otherwise
)

// standing is where between frames a flight begins, and under which descriptions of tables.
type standing struct {
	begin    wire.Begin
	skipping bool
	tables   *catalog
}

// origin is what to say when a statement fails.
type origin struct {
	table *table
	lsn   wire.LSN
	key   []byte // raw values; nil when there are several rows
	whole bool   // what is checked once the transaction is whole
}

// Applied tells what a committed batch brought.
type Applied struct {
	LSN     wire.LSN
	Changes int
	// Transactions of the source that the batch held, their bytes on the wire, and whether the batch had to be
	// applied a second time in source order: for the metrics.
	Transactions int
	Bytes        int64
	Replayed     bool
	Tables       []string  // that were touched
	At           time.Time // commit of the last transaction, zero when there was none
	Fresh        time.Time // the source's clock when nothing newer was known
	Took         time.Duration
	Skipped      []Skipped // transactions that were left out because the operator asked for it

	last wire.Commit // the last transaction's, by position: what tells one history of the source from another
}

// Skipped is a transaction that was left out.
type Skipped struct {
	LSN     wire.LSN // of its commit record
	Changes int
	Tables  []string
}

// add joins what a part of an open transaction brought to what its other parts did.
func (a *Applied) add(b Applied) {
	a.LSN = max(a.LSN, b.LSN)
	a.Changes += b.Changes
	a.Transactions += b.Transactions
	a.Bytes += b.Bytes
	a.Replayed = a.Replayed || b.Replayed
	a.Skipped = append(a.Skipped, b.Skipped...)
	if b.last.End > a.last.End {
		a.last = b.last
	}
	for _, name := range b.Tables {
		a.touch(name)
	}
	if b.At.After(a.At) {
		a.At = b.At
	}
	if b.Fresh.After(a.Fresh) {
		a.Fresh = b.Fresh
	}
}

func (a *Applied) touch(name string) { a.Tables = appendNew(a.Tables, name) }

// appendNew adds name unless it is there: few tables are touched at a time.
func appendNew(names []string, name string) []string {
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}
