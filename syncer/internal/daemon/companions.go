package daemon

import (
	"context"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/fault"
	"portal.example/syncer/internal/documents"
)

// companion runs beside the stream: it waits for work until ctx ends, and its failures are its own to repeat.
type companion interface {
	Run(ctx context.Context) error
	// CatchUp does once what is there to do.
	CatchUp(ctx context.Context) error
}

// finishWithin bounds what a run with an end does after its stream has ended.
const finishWithin = 10 * time.Minute

// finish lets the companions catch up once before a run with an end is over.
func finish(companions []companion) error {
	ctx, cancel := context.WithTimeout(context.Background(), finishWithin)
	defer cancel()
	for _, c := range companions {
		if err := c.CatchUp(ctx); err != nil {
			return err
		}
	}
	return nil
}

// companions makes those that the configuration asks for.
func (d *Daemon) companions(w *Writer) ([]companion, error) {
	var all []companion
	if c := d.Config.Documents; c != nil {
		from, to, err := buckets("documents.source", c.Source, "documents.target", c.Target)
		if err != nil {
			return nil, err
		}
		all = append(all, &documents.Worker{
			TargetDSN: d.Config.Target.DSN, Lists: d.List.Documents, Source: from, Target: to,
			Workers: c.Workers, Touched: w.touched, OnObject: d.Live.Object, Log: d.Log,
		})
	}
	if c := d.Config.Inbound; c != nil {
		channel, err := channel(c, d.Log, d.Live)
		if err != nil {
			return nil, err
		}
		all = append(all, channel)
	}
	return all, nil
}

func buckets(fromName string, from blob.Config, toName string, to blob.Config) (*blob.Bucket, *blob.Bucket, error) {
	a, err := blob.Open(from)
	if err != nil {
		return nil, nil, fault.Usagef("%s: %w", fromName, err)
	}
	b, err := blob.Open(to)
	if err != nil {
		return nil, nil, fault.Usagef("%s: %w", toName, err)
	}
	return a, b, nil
}
