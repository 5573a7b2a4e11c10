package documents

import (
	"context"
	"errors"
	"slices"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/pg"
)

// Datasets is where the objects of data sets lie.
const Datasets = "open-data/"

const (
	templates   = "templates/" // where the objects of templates lie
	sweepAfter  = time.Hour    // an upload puts its object first and its row, at the latest, minutes later
	sweepAtOnce = 500
)

// SweepTemplates removes the objects of templates that the register does not name any more and that are an hour old: of rows
// that were dropped, and of uploads whose row was never written. What cannot be removed is tried again by the next sweep.
func SweepTemplates(ctx context.Context, db pg.Queryer, bucket *blob.Bucket, now time.Time) error {
	return sweep(ctx, db, bucket, templates, now)
}

// SweepDatasets does the same for data sets.
func SweepDatasets(ctx context.Context, db pg.Queryer, bucket *blob.Bucket, now time.Time) error {
	return sweep(ctx, db, bucket, Datasets, now)
}

func sweep(ctx context.Context, db pg.Queryer, bucket *blob.Bucket, folder string, now time.Time) error {
	var keys []string
	err := bucket.Keys(ctx, folder, func(o blob.Info) error {
		if o.Modified.Before(now.Add(-sweepAfter)) {
			keys = append(keys, o.Key)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return RemoveUnnamed(ctx, db, bucket, keys)
}

// RemoveUnnamed removes those of the objects that no row of the register names.
func RemoveUnnamed(ctx context.Context, db pg.Queryer, bucket *blob.Bucket, keys []string) error {
	var failed error
	for some := range slices.Chunk(keys, sweepAtOnce) {
		unnamed, err := unregistered(ctx, db, some)
		if err != nil {
			return errors.Join(failed, err)
		}
		for _, key := range unnamed {
			failed = errors.Join(failed, bucket.Remove(ctx, key))
		}
	}
	return failed
}
