// Package public measures the public site: kept pages beside nginx, which sends the same bytes from disk, what a page costs
// that has to be made, how pages grow with the region, and whether slow connections hold up the others. It makes regions of
// its own in a PostgreSQL cluster of its own, and starts the real external-site over them. It may import shared and
// scripts/internal/stats; what it knows of the portal are its tables and its pages.
package public

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
	Site        string // the program external-site
	Services    int    // in the large region; the small one has a hundredth of them
	Rounds      int
	Leg         time.Duration // how long each measurement of a round lasts
	Connections []int         // at a time
	Slow        int           // connections that say next to nothing
	Progress    io.Writer
}

// region is one of the two that pages are measured over.
type region struct {
	name              string
	services, centres int
}

// lab is what a run stands on.
type lab struct {
	Options
	cluster *pgtest.Cluster
	store   *blobtest.Store
	dir     string // configurations, logs, and what nginx sends
}

// Run measures and reports. A goal that is missed is no error.
func Run(ctx context.Context, o Options) (r *Report, err error) {
	l := &lab{Options: o}
	if l.dir, err = os.MkdirTemp("", "portal-public-"); err != nil {
		return nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	if err := os.Chmod(l.dir, 0o755); err != nil { //nolint:gosec // nginx reads it as another user
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, l.close()) }()
	if l.store, err = blobtest.Launch(); err != nil {
		return nil, err
	}
	if l.cluster, err = pgtest.Launch(pgtest.Options{Settings: map[string]string{"shared_buffers": "1GB", "random_page_cost": "1.1", "fsync": "off"}}); err != nil {
		return nil, err
	}
	if err := l.cluster.Roles(ctx); err != nil {
		return nil, err
	}
	return l.measure(ctx)
}

// close stops what runs.
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

// page is one that is measured.
type page struct{ Name, Path string }

// pages are those of the goals first.
var pages = []page{
	{"home", "/"},
	{"service", "/services/s00007"},
	{"search", "/services?q=%D1%81%D1%83%D0%B1%D1%81%D0%B8%D0%B4%D1%96%D1%8F"},
	{"list", "/services"},
	{"category", "/categories/c3"},
	{"centres", "/centres"},
	{"centre", "/centres/z2"},
}

// beside are how many of the pages are measured beside nginx.
const beside = 3

func (l *lab) measure(ctx context.Context) (r *Report, err error) {
	regions := []region{{"small", max(l.Services/100, 100), 20}, {"large", l.Services, 60}}
	r = &Report{Services: [2]int{regions[0].services, regions[1].services}, Centres: [2]int{regions[0].centres, regions[1].centres}, Rounds: l.Rounds}
	sites := make([]*server, len(regions))
	for i, region := range regions {
		l.note("making a region of %d services", region.services)
		if err := l.provide(ctx, region); err != nil {
			return nil, err
		}
		if sites[i], err = l.serve(ctx, region.name); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, sites[i].stop()) }()
	}
	small, large := sites[0], sites[1]
	if r.Visit, err = visit(ctx, small.url, pages[1].Path); err != nil {
		return nil, err
	}
	if err := l.besideNginx(ctx, small, r); err != nil {
		return nil, err
	}
	if err := l.made(ctx, small, large, r); err != nil {
		return nil, err
	}
	if l.Slow > 0 {
		if r.Slow, err = l.slow(ctx, small); err != nil {
			return nil, err
		}
	}
	return r, context.Cause(ctx)
}
