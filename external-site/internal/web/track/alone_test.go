package track_test

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/track"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// followed is one application that is followed by two numbers with one code, in memory.
type followed struct {
	code   seal.Code
	status tracking.Status
}

// openAlone is this area over an application in memory, which waits on this node.
func openAlone(t *testing.T) *site {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	f := &followed{code: code, status: tracking.Status{ReceiptNumber: receipt, Number: "01-2026-000001"}}
	s := areatest.New(t, track.Area(track.Deps{Tracking: f, Vault: f, Freshness: f}))
	return &site{t: t, code: code, handler: s.Handler}
}

func (f *followed) Check(_ context.Context, n tracking.Number, code seal.Code) error {
	if n.Receipt != f.status.ReceiptNumber && n.Own != f.status.Number || code != f.code {
		return fault.New(fault.NotFound, "track.no_match")
	}
	return nil
}

func (f *followed) Status(ctx context.Context, n tracking.Number, code seal.Code) (tracking.Status, error) {
	if err := f.Check(ctx, n, code); err != nil {
		return tracking.Status{}, err
	}
	return f.status, nil
}

func (f *followed) Version(ctx context.Context, n tracking.Number, code seal.Code) (string, error) {
	return f.status.Version, f.Check(ctx, n, code)
}

func (*followed) Open(context.Context, tracking.Status, uuid.UUID, seal.Code) (tracking.Result, []byte, error) {
	return tracking.Result{}, nil, fault.New(fault.NotFound, "")
}

func (*followed) Read(context.Context) freshness.Reading {
	return freshness.Reading{Link: freshness.Up}
}
