package work

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/blob"
	"portal.example/shared/fault"
)

// People says who somebody is now; access.Store does.
type People interface {
	Present(ctx context.Context, id uuid.UUID) (access.Actor, error)
}

// Runner does what was asked for. Every field must be set.
type Runner struct {
	Store  *Store
	People People
	Files  *blob.Bucket // of documents
	Kinds  []Kind
	Log    *slog.Logger
}

// kind finds a kind by its name.
func (r *Runner) kind(name string) (Kind, bool) {
	for _, k := range r.Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}

// Next does the work that waits longest, if there is any. When ctx ends it is given back, and begun anew by whoever comes next.
func (r *Runner) Next(ctx context.Context) (found bool, err error) {
	c, found, err := r.Store.claim(ctx)
	if err != nil || !found {
		return false, err
	}
	timed, over := context.WithTimeout(ctx, longest)
	defer over()
	own, end := context.WithCancelCause(timed)
	defer end(nil)
	var at progress
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		r.follow(own, c, &at, end)
	}()
	file, reach, err := r.do(own, c, &at)
	end(nil)
	<-heard
	late := context.WithoutCancel(ctx)
	if err == nil {
		mine, failed := r.Store.finish(late, c, file, reach, at.done.Load(), at.total.Load())
		if failed == nil && !mine {
			failed = r.Files.Remove(late, file.key)
		}
		return true, failed // where the commit may have happened, Sweep decides about the file
	}
	switch {
	case errors.Is(context.Cause(own), errTaken):
		return true, nil
	case ctx.Err() != nil:
		return true, r.Store.giveBack(late, c)
	}
	r.Log.Warn("long work failed", "kind", c.kind, "work", c.id, "error", err)
	return true, r.Store.fail(late, c, reasonOf(err))
}

// progress is how far work is.
type progress struct{ done, total atomic.Int64 }

func (p *progress) set(done, total int64) {
	p.done.Store(done)
	p.total.Store(total)
}

// follow writes down how far it is until ctx ends, and ends it once it is not the runner's any more.
func (r *Runner) follow(ctx context.Context, c claimed, at *progress, end context.CancelCauseFunc) {
	every := time.NewTicker(beat)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		mine, err := r.Store.hear(ctx, c, at.done.Load(), at.total.Load())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.Log.Warn("long work could not be followed", "work", c.id, "error", err)
		case !mine:
			end(errTaken)
			return
		}
	}
}

// do makes the file, with the rights that the one who asked has now.
func (r *Runner) do(ctx context.Context, c claimed, at *progress) (f File, reach []byte, err error) {
	kind, known := r.kind(c.kind)
	switch {
	case !known:
		return f, nil, fault.New(fault.Invalid, "work.failed.unknown")
	case c.begun > mostBegun:
		return f, nil, fault.New(fault.Invalid, "work.failed.interrupted")
	}
	actor, err := r.People.Present(ctx, c.by)
	if err == nil {
		err = access.RequireEver(actor, kind.Needs)
	}
	if err != nil {
		return f, nil, err
	}
	f, err = r.make(ctx, kind, Task{actor, c.asked, c.language}, c, at)
	return f, reachOf(actor, kind.Needs), err
}

// make writes the file to the disk, so that its size in memory does not depend on its rows, and then into the object store. On the disk it has no
// name: it is gone with the process, whatever ends it.
func (r *Runner) make(ctx context.Context, kind Kind, t Task, c claimed, at *progress) (f File, err error) {
	disk, err := os.CreateTemp("", "work-*")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, disk.Close()) }()
	if err := os.Remove(disk.Name()); err != nil {
		return f, err
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(disk, sum), 1<<16)
	if f.Named, err = run(ctx, kind, t, out, at.set); err != nil {
		return f, err
	}
	if err := out.Flush(); err != nil {
		return f, err
	}
	if f.Size, err = disk.Seek(0, io.SeekCurrent); err == nil {
		_, err = disk.Seek(0, io.SeekStart)
	}
	if err != nil {
		return f, err
	}
	f.SHA256, f.key = hex.EncodeToString(sum.Sum(nil)), folder+c.id.String()+"/"+c.runner.String()
	_, err = r.Files.Put(ctx, f.key, disk, f.Size, f.MediaType, f.SHA256)
	return f, err
}

// run is kind.Run that fails where it panics: the next piece of work is not to blame.
func run(ctx context.Context, kind Kind, t Task, out io.Writer, progress func(done, total int64)) (n Named, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	n, err = kind.Run(ctx, t, out, progress)
	if err == nil {
		err = ctx.Err() // what was stopped has not been made, even where the kind did not notice
	}
	return n, err
}

// sweptAtOnce is how many files are removed before the next are looked up.
const sweptAtOnce = 500

// Sweep removes files whose time is over and those that no row names, and forgets work of long ago.
func (r *Runner) Sweep(ctx context.Context) error {
	for {
		keys, err := r.Store.past(ctx, sweptAtOnce)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := r.Files.Remove(ctx, key); err != nil {
				return err
			}
			if err := r.Store.unname(ctx, key); err != nil {
				return err
			}
		}
		if len(keys) < sweptAtOnce {
			break
		}
	}
	if err := r.sweepUnnamed(ctx); err != nil {
		return err
	}
	return r.Store.forget(ctx)
}

// sweepUnnamed removes objects that no row names: their process died between the object and the row.
func (r *Runner) sweepUnnamed(ctx context.Context) error {
	before := r.Store.now().Add(-unnamedAfter)
	return r.Files.Keys(ctx, folder, func(o blob.Info) error {
		if !o.Modified.Before(before) {
			return nil
		}
		named, err := r.Store.named(ctx, o.Key)
		if err != nil || named {
			return err
		}
		return r.Files.Remove(ctx, o.Key)
	})
}
