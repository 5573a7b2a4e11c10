// Package desk measures the desk of the staff site as it is after years of work: a region with a million cases and ten million events,
// and fifty people at work in it. It makes the region once and keeps it, starts the real internal-site over it, and asks for pages as
// browsers do. It may import shared and scripts/internal/stats; what it knows of the portal are its tables and its pages.
package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"time"

	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

// Options of a run.
type Options struct {
	Site     string        // the program internal-site
	Folder   string        // where the region is kept
	Cases    int           // in the large region
	Small    int           // in the small region
	People   int           // at work at a time
	Think    time.Duration // between two pages of one of them, in the mean
	Leg      time.Duration // how long each of the legs lasts
	Rounds   int           // of both regions, one after the other
	Clerks   int           // who register at a time
	Of       string        // the kinds that are counted begin with that; "" counts all
	Progress io.Writer
}

// lab is what a run stands on.
type lab struct {
	Options
	cluster *pgtest.Cluster
	store   *blobtest.Store
	dir     string // configurations and logs
}

// Run measures and reports. A goal that is missed is no error.
func Run(ctx context.Context, o Options) (r *Report, err error) {
	err = inLab(ctx, o, nil, func(l *lab, sizes []int) error {
		r, err = l.measure(ctx, sizes)
		return err
	})
	return r, err
}

// inLab does work over both regions, on a server with the settings beside those that all work is measured with.
func inLab(ctx context.Context, o Options, settings map[string]string, work func(*lab, []int) error) (err error) {
	l := &lab{Options: o}
	if l.dir, err = os.MkdirTemp("", "portal-desk-"); err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if l.store, err = blobtest.Launch(); err != nil {
		return err
	}
	sizes := []int{o.Small, o.Cases}
	if err := l.provide(ctx, sizes); err != nil {
		return err
	}
	all := maps.Clone(working)
	maps.Copy(all, settings)
	if l.cluster, err = pgtest.Launch(pgtest.Options{Folder: o.Folder, Settings: all}); err != nil {
		return err
	}
	return work(l, sizes)
}

// close stops what runs; the region stays.
func (l *lab) close() error {
	var errs []error
	if l.cluster != nil {
		errs = append(errs, l.cluster.Close())
	}
	if l.store != nil {
		errs = append(errs, l.store.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(l.dir))...)
}

func (l *lab) note(format string, args ...any) {
	_, _ = fmt.Fprintf(l.Progress, time.Now().Format(time.TimeOnly)+"  "+format+"\n", args...)
}
