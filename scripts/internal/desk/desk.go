// Package desk measures the desk of the staff site as it is after years of work: a region with a million cases and ten million events,
// and fifty people at work in it. It makes the region once and keeps it, starts the real internal-site over it, and asks for pages as
// browsers do. It may import shared and scripts/internal/stats; what it knows of the portal are its tables and its pages.
package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"portal.example/shared/blobtest"
	"portal.example/shared/pgtest"
)

// Options of a run.
type Options struct {
	Site     string        // the program internal-site
	Folder   string        // where the region is kept
	Cases    int           // in the large region; the small one has a tenth
	People   int           // at work at a time
	Think    time.Duration // between two pages of one of them, in the mean
	Leg      time.Duration // how long each of the legs lasts
	Rounds   int           // of both regions, one after the other
	Clerks   int           // who register at a time
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
	l := &lab{Options: o}
	if l.dir, err = os.MkdirTemp("", "portal-desk-"); err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if l.store, err = blobtest.Launch(); err != nil {
		return nil, err
	}
	sizes := []int{o.Cases / 10, o.Cases}
	if err := l.provide(ctx, sizes); err != nil {
		return nil, err
	}
	if l.cluster, err = pgtest.Launch(pgtest.Options{Folder: o.Folder, Settings: working}); err != nil {
		return nil, err
	}
	return l.measure(ctx, sizes)
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
