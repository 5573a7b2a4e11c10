package daemon

import (
	"context"
	"errors"
	"log/slog"

	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/inbound"
	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/status"
)

// Fetcher is the unit that brings sealed messages in. It has nothing to do with the replica.
type Fetcher struct {
	Config *config.Config
	Log    *slog.Logger
	Live   *status.Live
}

// Run fetches until ctx ends or a database refuses it for good.
func (f *Fetcher) Run(ctx context.Context) error {
	channel, err := channel(f.Config.Inbound, f.Log, f.Live)
	if err != nil {
		return err
	}
	channel.Strict = true
	channel.OnLook = func(err error) {
		if err != nil {
			f.Live.Set(status.Failed, link.Text(err))
			return
		}
		f.Live.Set(status.Fetching, "")
		f.Live.Heard()
	}
	if err := channel.Run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// channel is the inbound channel that the configuration describes.
func channel(c *config.Inbound, log *slog.Logger, live *status.Live) (*inbound.Fetcher, error) {
	outside, err := bucket("inbound.outside.store", c.Outside.Store)
	if err != nil {
		return nil, err
	}
	inside, err := bucket("inbound.inside.store", c.Inside.Store)
	if err != nil {
		return nil, err
	}
	return &inbound.Fetcher{
		OutsideDSN: c.Outside.DSN, InsideDSN: c.Inside.DSN, OutsideStore: outside, InsideStore: inside,
		Poll: c.Poll, OnMessage: live.Message, Log: log,
	}, nil
}
