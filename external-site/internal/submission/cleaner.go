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

// cleanEvery is how often drafts that ended are looked for.
const cleanEvery = 10 * time.Minute

// Run cleans until ctx ends.
func (c Cleaner) Run(ctx context.Context) {
	ticker := time.NewTicker(cleanEvery)
	defer ticker.Stop()
	for {
		if n, err := c.Clean(ctx); err != nil && ctx.Err() == nil {
			c.Log.WarnContext(ctx, "drafts that ended could not be cleaned", "error", err)
		} else if n > 0 {
			c.Log.InfoContext(ctx, "drafts that ended were removed", "number", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Clean removes once what ended an hour ago or more, and returns how many drafts went.
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
