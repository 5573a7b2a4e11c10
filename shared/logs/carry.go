package logs

import (
	"context"
	"log/slog"
	"slices"
)

type carriedKey struct{}

// With returns a context whose log lines carry attrs, besides those that ctx has, so that lines of one request can be found
// together wherever they are written.
func With(ctx context.Context, attrs ...slog.Attr) context.Context {
	carried, _ := ctx.Value(carriedKey{}).([]slog.Attr)
	return context.WithValue(ctx, carriedKey{}, slices.Concat(carried, attrs))
}

// Carrying makes h write the attributes that With put into a context. A handler that already does is returned unchanged.
func Carrying(h slog.Handler) slog.Handler {
	if _, already := h.(carrying); already {
		return h
	}
	return carrying{h}
}

type carrying struct{ slog.Handler }

// Handle implements slog.Handler.
func (h carrying) Handle(ctx context.Context, r slog.Record) error {
	if attrs, ok := ctx.Value(carriedKey{}).([]slog.Attr); ok {
		r = r.Clone()
		r.AddAttrs(attrs...)
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h carrying) WithAttrs(attrs []slog.Attr) slog.Handler {
	return carrying{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h carrying) WithGroup(name string) slog.Handler { return carrying{h.Handler.WithGroup(name)} }
