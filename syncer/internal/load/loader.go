// Package load brings the rows of one moment of the source to the writer before their changes are streamed: it takes the
// moment, cuts the tables into pieces and hands them to the writer's lanes. Serve puts load and stream together for one
// connection.
//
// It parses no rows and knows no target beyond what the writer says it holds. It may import publisher, stream, watch,
// failpoint, link, wire and pgx.
package load

import (
	"context"

	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/stream"
	"portal.example/syncer/internal/wire"
)

// Missing is what a connection's tables lack before their changes can be streamed.
type Missing struct {
	Have   wire.Have
	Tables []publisher.Table // the whitelist's, each at its number; all have passed Judge
	IDs    []uint16          // numbers of those that are to be loaded
	// Slot is the one that is made for a table which is loaded beside the stream; one that an earlier load left goes.
	// "" for a first load, whose slot is the syncer's own: made anew when Have.Applied is 0, left alone when it is not (a
	// load that was interrupted).
	Slot string
}

// Loaded is where the stream goes on after a load.
type Loaded struct {
	Slot     string
	Position publisher.Position
	Settled  wire.LSN
	// Replication is the connection to stream on: the one that made the table's slot. The stream closes it. nil opens
	// another.
	Replication *stream.Replication
}

// Loader brings the rows that are missing to the target, by pieces that lanes take.
type Loader interface {
	// Load makes the moment from which the tables are loaded, says it by hello exactly once (Start, Settled,
	// SystemID, Timeline, Session, Copy; the rest is filled in), offers the pieces to the lanes that name the session, and
	// returns when every one is durable on the target.
	Load(ctx context.Context, m Missing, hello func(wire.Hello) error) (Loaded, error)
}
