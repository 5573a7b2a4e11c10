// Package wire is what passes between reader and writer: typed, length-limited frames that hold
// whitelisted data only. The same bytes go through a pipe inside one process or a Unix socket between two.
//
//	reader → writer: Hello Relation* ( Begin (Insert|Update|Delete|Truncate|Relation)* Commit | Progress )*
//	writer → reader: Ack*
//
// A frame is one byte of kind, four bytes of length (big endian), and the payload. Neither side trusts
// the other: every length is checked before memory is taken. It may import pglogrepl for the type LSN.
package wire

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pglogrepl"
)

// LSN is a position in the source's log.
type LSN = pglogrepl.LSN

// Version of the frames; the writer refuses any other.
const Version = 1

// MaxFrame is the longest payload; a row beyond it stops the stream.
const MaxFrame = 64 << 20

// MaxColumns is PostgreSQL's own limit.
const MaxColumns = 1600

// ErrFrame says that the peer sent what no correct peer sends.
var ErrFrame = errors.New("malformed frame")

// ErrPeer says that the other side ended the conversation; why, only it knows.
var ErrPeer = errors.New("the other side of the wire ended")

// Kind is a frame's first byte.
type Kind byte

// The kinds of frames.
const (
	KindHello    Kind = 'H'
	KindRelation Kind = 'R'
	KindBegin    Kind = 'B'
	KindInsert   Kind = 'I'
	KindUpdate   Kind = 'U'
	KindDelete   Kind = 'D'
	KindTruncate Kind = 'T'
	KindCommit   Kind = 'C'
	KindProgress Kind = 'P'
	KindAck      Kind = 'A'
)

// Hello opens the conversation: which source this is and which whitelist the reader obeys.
type Hello struct {
	SystemID string
	Timeline int32
	Digest   string // of the whitelist
	Start    LSN    // everything up to here is on the target already
}

// Relation describes one whitelisted table; Table in later frames is its ID.
type Relation struct {
	ID      uint16 // position in the whitelist
	Schema  string
	Name    string
	Columns []Column // exactly the whitelisted columns, in the whitelist's order
	Key     []uint16 // which of them name a row
}

// Column of a Relation. Type is what the source calls it now.
type Column struct {
	Name string
	Type string
}

// FullName is "schema.name".
func (r *Relation) FullName() string { return r.Schema + "." + r.Name }

// Begin opens a source transaction.
type Begin struct {
	Final  LSN // of the commit record
	Commit time.Time
	XID    uint32
}

// Row is a tuple in text form. A nil value is NULL; where Unchanged (if not nil) says so, the value was
// not sent because it did not change.
type Row struct {
	Values    [][]byte
	Unchanged []bool
}

// Partial reports whether some value of the row is missing because it did not change.
func (r Row) Partial() bool {
	for _, u := range r.Unchanged {
		if u {
			return true
		}
	}
	return false
}

// Change is an insert, update or delete of one row.
type Change struct {
	Kind  Kind
	Table uint16
	Old   Row // key of the row before; no values when the key did not change (and for inserts)
	New   Row // no values for deletes
	Size  int
}

// Truncate empties tables together.
type Truncate struct{ Tables []uint16 }

// Commit closes a source transaction.
type Commit struct {
	End  LSN // stream on from here
	Time time.Time
	// Hold: some row was read later than this transaction, so what is applied may become visible only
	// together with everything up to here. 0 for none.
	Hold LSN
}

// Progress says that nothing between the last commit and LSN concerns the replica.
type Progress struct {
	LSN  LSN
	Time time.Time // the source's clock
	Hold LSN
}

// Ack says what is durable on the target.
type Ack struct{ LSN LSN }

func frameError(kind Kind, what string) error {
	return fmt.Errorf("%w: %q: %s", ErrFrame, byte(kind), what)
}
