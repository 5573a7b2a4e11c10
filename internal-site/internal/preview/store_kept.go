package preview

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/kept"
	"portal.example/shared/blob"
	"portal.example/shared/pg"
)

// Views are what the bucket has of previews; blob.Bucket has them.
type Views interface {
	kept.Shelf
	Keys(ctx context.Context, prefix string, fn func(blob.Info) error) error
}

// KeptKinds is the views. One is made anew in seconds when somebody wants to see it again, so nothing of a document need stay long after
// the document itself is gone.
func KeptKinds(shelf Views) []kept.Kind {
	return []kept.Kind{{Name: "previews", Default: 30, Least: 1, Most: 365, Owner: kept.Site, Data: views{shelf}}}
}

type views struct{ shelf Views }

// errEnough ends a listing that has what it needs.
var errEnough = errors.New("enough")

// old lists up to most views from before a moment. The store lists them by name, so they are not the oldest, and it is asked about
// kept.MostCounted of them at most; more says that some were left out.
func (v views) old(ctx context.Context, before time.Time, most, looked int) (list []blob.Info, more bool, err error) {
	seen := 0
	err = v.shelf.Keys(ctx, folder, func(o blob.Info) error {
		if seen++; seen > looked || len(list) == most {
			return errEnough
		}
		if o.Modified.Before(before) {
			list = append(list, o)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return list, true, nil
	}
	return list, false, err
}

// Look implements kept.Data.
func (v views) Look(ctx context.Context, _ pg.Queryer, before time.Time, _ int) (f kept.Found, err error) {
	list, more, err := v.old(ctx, before, kept.MostCounted, kept.MostCounted)
	f.More = more
	for _, o := range list {
		f.Rows++
		f.Bytes += o.Size
		if f.Oldest.IsZero() || o.Modified.Before(f.Oldest) {
			f.Oldest = o.Modified
		}
		if o.Modified.After(f.Newest) {
			f.Newest = o.Modified
		}
	}
	return f, err
}

// Remove implements kept.Data. No row names a view.
func (v views) Remove(ctx context.Context, _ pgx.Tx, before time.Time, most int) (g kept.Gone, err error) {
	list, _, err := v.old(ctx, before, min(most, viewsAtOnce), int(^uint(0)>>1))
	if err != nil {
		return g, err
	}
	for _, o := range list {
		if err := v.shelf.Remove(ctx, o.Key); err != nil {
			return g, err
		}
		g.Rows++
		g.Bytes += o.Size
	}
	return g, nil
}

// viewsAtOnce bounds one batch: views go while its transaction is open.
const viewsAtOnce = 100
