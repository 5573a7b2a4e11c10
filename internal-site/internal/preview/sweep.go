package preview

import (
	"context"
	"errors"
	"time"

	"portal.example/shared/blob"
)

// keptFor is how long a view is kept after it was made. It is made anew in seconds when somebody wants to see it again, so nothing of
// a document stays long after the document itself is gone.
const keptFor = 30 * 24 * time.Hour

// Sweep removes views that have been kept long enough.
func Sweep(ctx context.Context, shelf *blob.Bucket, now time.Time) error {
	var old []string
	err := shelf.Keys(ctx, folder, func(o blob.Info) error {
		if o.Modified.Before(now.Add(-keptFor)) {
			old = append(old, o.Key)
		}
		return nil
	})
	for _, key := range old {
		err = errors.Join(err, shelf.Remove(ctx, key))
	}
	return err
}
