package apply

import (
	"time"

	"portal.example/syncer/internal/wire"
)

// flight is what is sent to a session up to one Sync and is answered as one: a batch, a piece of a transaction that stays open,
// or a single command in between.
type flight struct {
	parts  []part   // the frames that it applies, kept to apply them again; nil if that is impossible
	origin []origin // of each statement
	kind   kind
	since  wire.LSN // the replica's position once everything before is durable
	done   Applied
	fixed  Applied  // what it brings in addition to its frames
	opened Applied  // what earlier flights brought to the transaction that it commits
	before standing // where the frames begin
	sent   time.Time
	began  time.Time
	size   int    // of its frames
	then   func() // is called when an aside is answered
}

// kind says what a flight does with the transaction of its session.
type kind byte

const (
	batch  kind = iota // is a transaction of its own; see isOwnTransaction
	piece              // leaves it open; can be rolled back by itself
	bare               // leaves it open; cannot be rolled back by itself
	finish             // commits the open transaction
	aside              // ends it in another way
)

// standing is the reader position a flight starts from, with the table descriptions in force there.
type standing struct {
	begin    wire.Begin
	skipping bool
	skipped  Skipped // what was left out of the transaction by then
	tables   *catalog
}

// origin says where a statement came from, for the error if it fails.
type origin struct {
	table *table
	lsn   wire.LSN
	key   []byte // raw values; nil if there are several rows
	whole bool   // a check of the whole transaction
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
	Tables       []string  // names of the changed tables
	At           time.Time // commit of the last transaction, zero when there was none
	Fresh        time.Time // the source's clock up to which nothing is missing
	Took         time.Duration
	Skipped      []Skipped // transactions that an operator asked to skip

	last wire.Commit // the last transaction's, by position: what tells one history of the source from another
}

// Skipped is a transaction that was left out.
type Skipped struct {
	LSN     wire.LSN // of its commit record
	Changes int
	Tables  []string
}

// add adds what another part of the same transaction brought.
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

// appendNew adds name unless it is there. A linear search is enough, as a batch changes few tables.
func appendNew(names []string, name string) []string {
	for _, n := range names {
		if n == name {
			return names
		}
	}
	return append(names, name)
}
