package fault

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestStatusKindAndKeyThroughWrapping(t *testing.T) {
	cause := errors.New("row 17")
	for _, c := range []struct {
		err    error
		kind   Kind
		key    string
		status int
	}{
		{New(NotFound, "case.missing"), NotFound, "case.missing", 404},
		{fmt.Errorf("load: %w", Wrap(Conflict, cause, "")), Conflict, "fault.conflict", 409},
		{InvalidFields(FieldError{Field: "name", Key: "form.required"}), Invalid, "fault.invalid", 422},
		{New(Forbidden, ""), Forbidden, "fault.forbidden", 403},
		{New(Unsigned, ""), Unsigned, "fault.unsigned", 401},
		{New(TooMany, ""), TooMany, "fault.too_many", 429},
		{New(TooLarge, ""), TooLarge, "fault.too_large", 413},
		{New(TooLong, ""), TooLong, "fault.too_long", 414},
		{New(NotAllowed, ""), NotAllowed, "fault.not_allowed", 405},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), Unavailable, "fault.unavailable", 503},
		{errors.New("anything"), Internal, "fault.internal", 500},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			if KindOf(c.err) != c.kind || MessageKey(c.err) != c.key || Status(c.err) != c.status || !Is(c.err, c.kind) {
				t.Errorf("%v: kind %s key %s status %d", c.err, KindOf(c.err), MessageKey(c.err), Status(c.err))
			}
		})
	}
	if err := Wrap(Invalid, cause, "x"); !errors.Is(err, cause) {
		t.Error("the cause must stay in the chain")
	}
	if InvalidFields() != nil {
		t.Error("no field errors must be no error")
	}
	if Is(nil, Internal) {
		t.Error("nil has no kind")
	}
}

func TestExitCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("x"), 1},
		{fmt.Errorf("load: %w", Usagef("flag %s", "x")), 2},
		{fmt.Errorf("init: %w", Unsafef("differs")), 3},
	} {
		if got := ExitCode(c.err); got != c.want {
			t.Errorf("ExitCode(%v) = %d, want %d", c.err, got, c.want)
		}
	}
}
