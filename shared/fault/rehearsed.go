package fault

import (
	"context"
	"errors"
	"slices"
)

type rehearsalKey struct{}

// Rehearse returns a context in which stores undo whatever they did and return Rehearsed where they would have succeeded
// (pg.InTx does it for them). So a request that only asks to see its form again is judged like any other and changes
// nothing, whatever its handler calls.
func Rehearse(ctx context.Context) context.Context {
	return context.WithValue(ctx, rehearsalKey{}, true)
}

// Rehearses says whether ctx is one of Rehearse.
func Rehearses(ctx context.Context) bool { return ctx.Value(rehearsalKey{}) != nil }

// rehearsedKey marks the error of Rehearsed; nobody reads it.
const rehearsedKey = "fault.rehearsed"

// Rehearsed is the error of an act that would have succeeded and was undone. It is Invalid, so that whatever shows a form
// again after a mistake does so here too.
func Rehearsed() error { return InvalidFields(FieldError{Key: rehearsedKey}) }

// IsRehearsed says whether err says no more than that the act was undone.
func IsRehearsed(err error) bool {
	var e *Error
	return errors.As(err, &e) && slices.ContainsFunc(e.Fields, func(f FieldError) bool { return f.Key == rehearsedKey })
}
