package demo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/pg"
)

// Objects is where the bytes of documents go; the bucket `documents` is one.
type Objects interface {
	PutBytes(ctx context.Context, key string, data []byte, mediaType string) (string, error)
}

// Options of a load.
type Options struct {
	// Today is the day that all dates of the region are counted from; only its date matters.
	Today time.Time
	// Progress is told what goes on and how far it is; total is 0 where that is not known. nil is silent.
	Progress func(step string, done, total int)
}

// Report says what was loaded.
type Report struct {
	Already bool           // the region was there, nothing was done
	Rows    map[string]int // rows by table
	Objects int
}

// uploads is how many objects are on their way at a time.
const uploads = 8

// Load writes the demo region into an empty database and its documents into the object store. The rows come in
// one transaction after the objects; when it fails, loading again puts the same objects under the same keys.
func Load(ctx context.Context, pool *pgxpool.Pool, objects Objects, o Options) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	c, err := readContent()
	if err != nil {
		return Report{}, err
	}
	centre := idOf("centre", c.centres[0].Key)
	s, err := look(ctx, pool, centre)
	if err != nil || s.demo {
		return Report{Already: s.demo}, err
	}
	if err := s.refuse(); err != nil {
		return Report{}, err
	}
	o.Progress("build", 0, 0)
	d, err := build(c, o.Today, access.HashPassword)
	if err != nil {
		return Report{}, err
	}
	if err := upload(ctx, objects, d.objects, o.Progress); err != nil {
		return Report{}, err
	}
	report := Report{Rows: map[string]int{}, Objects: len(d.objects)}
	for _, t := range d.tables {
		report.Rows[t.name] = len(t.rows)
	}
	err = pg.InTx(ctx, pool, func(tx pgx.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		again, err := look(ctx, tx, centre)
		if err != nil || again.demo {
			report = Report{Already: again.demo}
			return err
		}
		if err := again.refuse(); err != nil {
			return err
		}
		o.Progress("write", 0, 0)
		if err := write(ctx, tx, d.tables); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.System("import demo"), audit.Entry{
			Action: "demo.load", ObjectType: "region", ObjectID: "demo", Detail: report.Rows,
		})
	})
	return report, err
}

// build works out all rows and objects of the region for one day.
func build(c *content, today time.Time, hash func(string) string) (*dataset, error) {
	b := &builder{content: c, today: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)}
	b.accounts(hash)
	b.organisations()
	b.law()
	b.classify()
	b.catalogue()
	if b.err == nil {
		b.cases()
	}
	return &b.dataset, b.err
}

// upload puts the objects into the store, several at a time, and stops at the first failure.
func upload(ctx context.Context, objects Objects, list []object, progress func(string, int, int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan object)
	var done atomic.Int64
	var told sync.Mutex
	var wg sync.WaitGroup
	for range uploads {
		wg.Go(func() {
			for o := range work {
				if _, err := objects.PutBytes(ctx, o.key, o.data, o.mediaType); err != nil {
					cancel(fmt.Errorf("store document: %w", err))
					return
				}
				told.Lock()
				progress("documents", int(done.Add(1)), len(list))
				told.Unlock()
			}
		})
	}
	feed(ctx, work, list)
	wg.Wait()
	return context.Cause(ctx)
}

func feed(ctx context.Context, work chan<- object, list []object) {
	defer close(work)
	for _, o := range list {
		select {
		case work <- o:
		case <-ctx.Done():
			return
		}
	}
}
