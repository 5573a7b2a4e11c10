package apply

import (
	"context"

	"portal.example/syncer/internal/wire"
)

// Holder stops the applying side between transactions, exactly. A Writer is one.
//
// Joining a table needs the main stream and the table's own stream at one position:
//
//	at, release, err := main.HoldAt(ctx, 0)    // wherever it is
//	other, done, err := table.HoldAt(ctx, at)  // everything up to there and nothing after
//	if other > at { release(); at, release, err = main.HoldAt(ctx, other) }
//
// and then any transaction of the caller's own connection (guarded by the epoch) sees and changes the replica
// as of that position.
type Holder interface {
	// HoldAt applies everything that ends at or before lsn and nothing that ends after it, waits until all of it
	// is durable, and stands there until release is called (once; further calls do nothing). A writer that is
	// beyond lsn already stands at the next place between transactions. at is where it stands: lsn exactly in
	// the sense that no transaction lies between, or a later position in the second case.
	//
	// It ends with ctx's error, or when the writer ends. Several holds may be asked for; each is reached in turn.
	HoldAt(ctx context.Context, lsn wire.LSN) (at wire.LSN, release func(), err error)
}
