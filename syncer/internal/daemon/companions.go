package daemon

import (
	"context"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/documents"
)

// companion runs beside the stream. It works until ctx ends, and repeats what fails by itself.
type companion interface {
	Run(ctx context.Context) error
	// CatchUp does once what is there to do.
	CatchUp(ctx context.Context) error
}

// finishWithin limits what a run with Until does after its stream has ended.
const finishWithin = 10 * time.Minute

// finish lets the companions catch up once before a run with Until ends.
func finish(ctx context.Context, companions []companion) error {
	ctx, cancel := context.WithTimeout(ctx, finishWithin)
	defer cancel()
	for _, c := range companions {
		if err := c.CatchUp(ctx); err != nil {
			return err
		}
	}
	return nil
}

// companions returns the companions of the writer, which keeps the objects that the replica's rows name.
func (w *Writer) companions() ([]companion, error) {
	c := w.Config.Documents
	if c == nil {
		return nil, nil
	}
	store, err := bucket("documents.target", c.Target)
	if err != nil {
		return nil, err
	}
	return []companion{&documents.Keeper{
		TargetDSN: w.Config.Target.DSN, List: w.list, Store: store, Workers: c.Workers,
		Dial: w.Dial, Touched: w.touched, OnObject: w.Live.Object, Log: w.Log,
	}}, nil
}

func (w *Writer) list() (*whitelist.List, error) { return whitelist.Load(w.Config.Whitelist) }

// open prepares what the reader needs before it accepts connections.
func (r *Reader) open() error {
	r.Live.Reads()
	r.loads.DSN, r.loads.Slot, r.loads.MaxRow, r.loads.Log = r.Config.Source.DSN, r.Config.Source.Slot, r.Config.MaxRow(), r.Log
	list := func() (*whitelist.List, error) { return whitelist.Load(r.Config.Whitelist) }
	r.blocks.DSN, r.blocks.List = r.Config.Source.DSN, list
	c := r.Config.Documents
	if c == nil || r.offers != nil {
		return nil
	}
	store, err := bucket("documents.source", c.Source)
	if err != nil {
		return err
	}
	r.offers = &documents.Offers{
		DSN: r.Config.Source.DSN, List: list,
		Store: store, Log: r.Log,
	}
	return nil
}

func bucket(name string, c blob.Config) (*blob.Bucket, error) {
	b, err := blob.Open(c)
	if err != nil {
		return nil, fault.Usagef("%s: %w", name, err)
	}
	return b, nil
}
