package apply

import (
	"context"
	"errors"

	"portal.example/syncer/internal/wire"
)

// Holder stops the applying side between transactions, exactly. A Writer is one.
//
// Joining a table needs the main stream and the table's own stream at one position:
//
//	at, release, err := main.HoldAt(ctx, 0)    // wherever it is
//	other, done, err := table.HoldAt(ctx, at)  // everything up to there and nothing after
//	if other > at { release(); at, release, err = main.HoldAt(ctx, other) }  // the table's goes on standing
//
// and then any transaction of the caller's own connection (guarded by the epoch) sees and changes the replica
// as of that position.
type Holder interface {
	// HoldAt applies everything that ends at or before lsn and nothing that ends after it, waits until all of it
	// is durable, and stands there until release is called (once; further calls do nothing). A writer that is
	// beyond lsn already stands at the next place between transactions. at is where it stands: lsn exactly in
	// the sense that no transaction lies between, or a later position in the second case.
	//
	// It ends with ctx's error. Several holds may be asked for; each is reached in turn.
	// release is never nil. It ends with ErrStreamEnded when the writer ends.
	HoldAt(ctx context.Context, lsn wire.LSN) (at wire.LSN, release func(), err error)
	// Stands returns up to where everything is committed here, and a number that grows with whatever is applied, the parts of
	// a large transaction too.
	Stands() (at wire.LSN, applied uint64)
	// Ended is closed when the writer ends.
	Ended() <-chan struct{}
}

// ErrStreamEnded is what a hold ends with when its writer does; why, the writer's Run says.
var ErrStreamEnded = errors.New("target: the stream ended")
