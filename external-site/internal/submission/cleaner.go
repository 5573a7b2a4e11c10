package submission

import (
	"context"
	"log/slog"
	"time"

	"portal.example/shared/blob"
)

// Cleaner removes drafts that ended and the files of those that were never sent. It needs no key to seal to.
type Cleaner struct {
	Store  *Store
	Bucket *blob.Bucket // inbound
	Log    *slog.Logger
}

// CleanEvery is how often drafts that ended are to be looked for.
const CleanEvery = 10 * time.Minute

// CleanAll removes everything that ended an hour ago or more.
func (c Cleaner) CleanAll(ctx context.Context) error {
	for {
		n, err := c.Clean(ctx)
		if err != nil || n == 0 {
			return err
		}
		c.Log.InfoContext(ctx, "drafts that ended were removed", "number", n)
	}
}

// Clean removes some of what ended an hour ago or more, and returns how many drafts went.
func (c Cleaner) Clean(ctx context.Context) (int, error) {
	if err := c.Store.removeReceipts(ctx); err != nil {
		return 0, err
	}
	ids, keys, err := c.Store.expired(ctx, 500)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := removeObjects(ctx, c.Bucket, keys); err != nil {
		return 0, err // the rows stay, so that the files are found again
	}
	return len(ids), c.Store.remove(ctx, ids)
}
