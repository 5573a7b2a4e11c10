package demo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
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

// makers are the slow steps of a build, which tests of other things replace.
type makers struct {
	hash func(password string) string
	draw func(paragraphs []string) ([]byte, error)
}

var realMakers = makers{hash: hash, draw: scan}

// hash has no deadline, as no request waits for it.
func hash(password string) string {
	phc, err := access.HashPassword(context.Background(), password)
	if err != nil {
		panic(err) // only a context that ended is an error
	}
	return phc
}

// Load writes the demo region into an empty database and its documents into the object store. The rows come in
// one transaction after the objects; when it fails, loading again puts the same objects under the same keys.
func (s *Store) Load(ctx context.Context, objects Objects, o Options) (Report, error) {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	c, err := readContent()
	if err != nil {
		return Report{}, err
	}
	already, err := s.loaded(ctx, c.landmark())
	if err != nil || already {
		return Report{Already: already}, err
	}
	o.Progress("build", 0, 0)
	d, err := build(c, o.Today, s.makers)
	if err != nil {
		return Report{}, err
	}
	if err := s.refuseForeign(ctx, d.tables); err != nil {
		return Report{}, err
	}
	if err := upload(ctx, objects, d.objects, o.Progress); err != nil {
		return Report{}, err
	}
	o.Progress("write", 0, 0)
	report := Report{Rows: map[string]int{}, Objects: len(d.objects)}
	for _, t := range d.tables {
		report.Rows[t.name] = len(t.rows)
	}
	if already, err = s.save(ctx, c.landmark(), d.tables, report.Rows); already {
		report = Report{Already: true}
	}
	return report, err
}

// landmark is the row by which a loaded region is known.
func (c *content) landmark() uuid.UUID { return idOf("centre", c.centres[0].Key) }

// build works out all rows and objects of the region for one day.
func build(c *content, today time.Time, m makers) (*dataset, error) {
	b := &builder{content: c, makers: m, today: time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)}
	b.all()
	return &b.dataset, b.err
}

// all builds every part, until one fails.
func (b *builder) all() {
	list, err := arranged(parts)
	if err != nil {
		b.err = err
	}
	for _, p := range list {
		if b.err == nil {
			p.build(b)
		}
	}
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
