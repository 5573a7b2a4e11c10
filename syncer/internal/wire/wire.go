// Package wire defines what passes between reader and writer: typed, length-limited frames that hold whitelisted data only. The
// same bytes go through a Unix socket between two processes; within one process they go through a socket pair, and the rows of a load
// through memory.
//
// The writer opens every connection and says in its one Have what is durable on the target and what the
// connection is for; after that it only acknowledges, or says by number what it lacks. Everything else is the reader's decision.
//
//	stream, table:  Hello Relation* ( Begin change* Commit | Chunk change* ChunkEnd | StreamCommit | StreamAbort | Progress | Clock )*
//	copy:           Hello ( Piece Data* PieceEnd )* Done     the writer acknowledges each PieceEnd once it is durable
//	objects:        Hello ( Offer* Done )*                    each round after an Ack of number 0; the writer answers each Offer
//	  (its lanes)   Hello ( Offer ( Data* PieceEnd | End ) )* what was wanted; the writer acknowledges once it is done with it
//	reason, slot:   End                                       why the last stream ended; what a slot without a replica means
//	marks:          Mark*                                     whenever one differs from what the stream began with
//	compare:        Block Sums* Done ( Sums* Done | Moment | Prints* Done | Insert* Done | End )*   one for each Turn of the writer
//
// A frame is one byte of kind, four bytes of length (big endian), and the payload. Neither side trusts the other: every length
// is checked before memory is allocated. It may import pglogrepl for the type LSN.
package wire

import (
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pglogrepl"
)

// LSN is a position in the source's log.
type LSN = pglogrepl.LSN

// MaxFrame is the longest payload that any configuration allows; PostgreSQL makes no longer row. What is taken in fact is
// the configuration's max_row_mib, of which the operator gives both sides the same.
const MaxFrame = 1 << 30

// DefaultRow is the longest row, in bytes, that is replicated where the configuration does not say. MaxData bounds the
// frames of a load, which hold parts of rows.
const (
	DefaultRow = 64 << 20
	MaxData    = 4 << 20
)

// MaxHave and MaxAck limit the frames of the writer: its first one, and all others.
const (
	MaxHave = 4 << 20
	MaxAck  = 64
)

// MaxColumns is PostgreSQL's own limit.
const MaxColumns = 1600

// ErrFrame says that the peer violated the protocol.
var ErrFrame = errors.New("malformed frame")

// ErrPeer says that the other side ended the connection, for reasons only it knows.
var ErrPeer = errors.New("the other side of the wire ended")

// Kind is a frame's first byte.
type Kind byte

// The kinds of frames.
const (
	KindHave         Kind = 'h'
	KindHello        Kind = 'H'
	KindRelation     Kind = 'R'
	KindBegin        Kind = 'B'
	KindInsert       Kind = 'I'
	KindUpdate       Kind = 'U'
	KindDelete       Kind = 'D'
	KindTruncate     Kind = 'T'
	KindCommit       Kind = 'C'
	KindChunk        Kind = 'S'
	KindChunkEnd     Kind = 'E'
	KindStreamCommit Kind = 'c'
	KindStreamAbort  Kind = 'a'
	KindProgress     Kind = 'P'
	KindClock        Kind = 'k'
	KindPiece        Kind = 'p'
	KindData         Kind = 'd'
	KindPieceEnd     Kind = 'e'
	KindDone         Kind = 'z'
	KindOffer        Kind = 'o'
	KindAck          Kind = 'A'
	KindEnd          Kind = 'x'
	KindMark         Kind = 'm'
	KindRefusal      Kind = 'r'
	KindBlock        Kind = 'b'
	KindSums         Kind = 'u'
	KindPrints       Kind = 'y'
	KindMoment       Kind = 'v'
	KindTurn         Kind = 't'
)

// Purpose says what a connection is for.
type Purpose byte

// The purposes of a connection.
const (
	PurposeStream  Purpose = 's' // the changes of every whitelisted table
	PurposeTable   Purpose = 't' // one table from the start, then its changes
	PurposeCopy    Purpose = 'c' // a lane for the pieces of a stream's or table's first load
	PurposeObjects Purpose = 'o' // the objects that whitelisted rows name; with a Session, a lane for their bytes
	PurposeReason  Purpose = 'r' // why the reader ended the last stream
	PurposeSlot    Purpose = 'q' // whether the source keeps a slot, for a target that knows of no replica
	PurposeCompare Purpose = 'v' // whether a block of rows is what the source has
	PurposeMarks   Purpose = 'm' // what the reader sees of tables beside the log, to be remembered on the target
)

// TableState says how much of a table the target holds.
type TableState byte

// The states of a table on the target, as in sync.tables.
const (
	TableWaiting TableState = 'w' // nothing
	TableCopying TableState = 'c' // some pieces
	TableReady   TableState = 'r'
	TableJoining TableState = 'j' // being loaded by a connection of its own; the stream goes on without waiting
	// TableReleased is out of the publication until somebody lets it be loaded anew: its application is being changed.
	TableReleased TableState = 'l'
)

// Have opens a connection and says what is durable on the target. The reader trusts it only where a lie would harm nobody but the
// writer, and uses its texts in SQL only as values of parameters.
type Have struct {
	Purpose  Purpose
	Digest   string // of the whitelist this side obeys
	SystemID string // of the source the replica was made from, "" before the first load
	Timeline int32
	Applied  LSN         // 0: the replica was prepared but holds nothing
	Settled  LSN         // a resumed load is one moment from here on
	LastEnd  LSN         // of the last applied transaction, 0 when none is known; with LastAt it tells one history
	LastAt   time.Time   // of the source from another
	Session  string      // copy, objects: of the Hello whose pieces or objects this lane takes
	Table    uint16      // table, compare: which one
	Tables   []HaveTable // stream: every whitelisted table
	Pieces   []string    // stream: loaded pieces of tables in state copying, as Piece.ID names them
	After    Key         // compare: up to which key Table is compared
	UpTo     Key         // compare: where to stop when that block is looked at again
	Plain    []uint16    // tables whose rows are wanted as text: columns are of wider types here
}

// HaveTable is what the target holds of one whitelisted table.
type HaveTable struct {
	ID        uint16
	State     TableState
	Filter    string // of the publication, as `init` recorded it
	Published uint32 // of its last Mark; 0 unknown
	Leaves    string // the same; "" unknown
	Catalog   string // the same
}

// Hello answers a Have: which source this is and where the stream begins.
type Hello struct {
	SystemID string
	Timeline int32
	Digest   string // of the whitelist
	Start    LSN    // everything up to here is on the target already, or comes in pieces
	Settled  LSN    // up to here the pieces may be of a later moment than Start
	Session  string // what lanes name
	Copy     bool   // pieces will be offered to lanes before the stream begins
}

// Piece opens a part of one table's first load; Data frames with bytes of COPY … TO STDOUT follow.
type Piece struct {
	Table  uint16
	ID     string // the reader's name of it, at most MaxPieceID bytes
	Number uint32 // 1 …
	Of     uint32 // pieces of this table, as far as is known
	Bytes  int64  // estimated
	Binary bool   // COPY's binary format instead of text
}

// MaxPieceID is the longest Piece.ID.
const MaxPieceID = 200

// Data are bytes of a piece or an object. They refer to the frame's memory.
type Data []byte

// PieceEnd ends a piece or an object, and says how many rows or bytes it had.
type PieceEnd struct{ Count uint64 }

// Done says that no more pieces come on this lane.
type Done struct{}

// Offer names an object that a whitelisted row names. The writer answers with Ack.
type Offer struct {
	Number uint32 // of the offer, in order
	Key    string
	SHA256 string // hexadecimal
	Size   int64  // bytes, -1 when the row does not tell
}

// Class says how to react to an End.
type Class byte

// The classes of ends.
const (
	EndAgain  Class = 'a' // trying again may help
	EndRepeat Class = 'r' // the same, and the next try is another than this one was
	EndFailed Class = 'f' // trying again does not help
	EndUsage  Class = 'u' // something is configured wrongly
	EndUnsafe Class = 's' // going on could lose or leak something
	EndLost   Class = 'l' // the same: what the replica lacks is no longer to be had, but the source is still the one it was made from
)

// MaxEnd is the longest End.Text.
const MaxEnd = 2000

// End says why something ended: one line without row data.
type End struct {
	Class Class
	Text  string
}

// Chunk begins a part of a transaction that is still running on the source, or continues it in another subtransaction. Its changes
// may still be rolled back.
type Chunk struct {
	XID uint32 // of the whole transaction
	Sub uint32 // of the subtransaction the next changes belong to; XID when of none
}

// ChunkEnd closes a chunk; other transactions may follow before the next one.
type ChunkEnd struct{}

// StreamCommit commits a transaction that was sent in chunks.
type StreamCommit struct {
	XID   uint32
	Final LSN // of the commit record
	End   LSN // stream on from here
	Time  time.Time
	Hold  LSN // as in Commit
}

// StreamAbort rolls back a transaction that was sent in chunks (Sub equals XID) or one of its subtransactions.
type StreamAbort struct{ XID, Sub uint32 }

// Relation describes one whitelisted table; later frames refer to it by its ID. It is valid for all frames after it, even if it is
// in a chunk whose transaction is rolled back: the reader sends another one if a later change needs it.
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

// Refusal takes the place of a change that the reader cannot send. The writer must not apply the transaction as if it were
// complete: it stops there, unless the transaction is to be skipped or a separate connection loads the table.
type Refusal struct {
	Table uint16
	Key   string // of the row, for people; "" when it cannot be told
	Why   string // one line without what the row holds
}

// MaxRefusal is the longest Refusal.Key and Refusal.Why.
const MaxRefusal = 2000

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

// Clock says which position the source's log had reached at a moment of the source's clock, even if not all of it has been sent.
// Lags are measured by it. It is sent between transactions and has no other effect.
type Clock struct {
	LSN  LSN
	Time time.Time
}

// Ack says what is durable on the target: everything up to LSN or, on lanes, the piece before it. On a connection for objects,
// LSN is the number of an offer, and Want says whether the object is wanted.
type Ack struct {
	LSN    LSN
	Want   bool
	Paused bool // stream: nothing is applied until the operator resumes; repeated each second meanwhile
	Over   bool // table: it has joined, so nothing more is wanted of its slot
}

func frameError(kind Kind, what string) error {
	return fmt.Errorf("%w: %q: %s", ErrFrame, byte(kind), what)
}
