// Package load brings the rows of one moment of the source to the writer before their changes are streamed: it takes the
// moment, cuts the tables into pieces and hands them to the writer's lanes. Serve puts load and stream together for one
// connection.
//
// It parses no rows and knows no target beyond what the writer says it holds. It may import publisher, stream, watch,
// failpoint, locks, link, socket, wire and pgx.
package load

import (
	"context"

	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// Missing says which tables must be loaded before their changes can be streamed.
type Missing struct {
	Have   wire.Have
	Tables []publisher.Table // the whitelist's, each at its number; all have passed Judge
	IDs    []uint16          // numbers of those that are to be loaded
	// Slot is the one of a table which is loaded beside the stream; "" for a first load, whose slot is the syncer's own. It is
	// made anew when Have.Applied is 0, and left alone when it is not (a load that was interrupted).
	Slot    string
	Copying bool // that table's load was interrupted
	// Publication is set for a load of which the target has no record: Loaded has the marks then.
	Publication string
}

// isComplete reports whether the target lacks no rows, so that the stream can begin at once.
func (m Missing) isComplete() bool { return len(m.IDs) == 0 && m.Have.Applied != 0 }

// Loaded says where the stream continues after a load.
type Loaded struct {
	Slot     string
	Position publisher.Position
	Settled  wire.LSN
	// Replication is the connection to stream on: the one that made the table's slot. The stream closes it. nil opens
	// another.
	Replication *stream.Replication
	// Marks are what the catalog said at the moment of the rows, to compare with from there on; nil for one that is recorded already.
	Marks []wire.Mark
}

// Loader brings missing rows to the target, in pieces that lanes fetch.
type Loader interface {
	// Load takes the snapshot that the tables are loaded from, calls hello exactly once with it (Start, Settled, SystemID,
	// Timeline, Session, Copy; the caller fills in the rest), offers the pieces to lanes that name the session, and returns
	// once every piece is durable on the target.
	Load(ctx context.Context, m Missing, hello func(wire.Hello) error) (Loaded, error)
}
