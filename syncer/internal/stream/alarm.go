package stream

import (
	"errors"
	"fmt"

	"portal.example/shared/fault"
	"portal.example/syncer/internal/publisher"
)

// alarm ends the stream at the first sign of something that may not leave. It cannot be skipped as a single transaction: what the
// publication should not have sent, or kept back with it, may be in any other as well.
type alarm struct {
	what string
	way  string // past what the log holds of it, once the publication is right
}

func (a *alarm) Error() string { return "ALARM: " + a.what }

// passBy is the way past changes of a table that came with what may not leave.
func passBy(t *publisher.Table) string {
	return "`syncer table resync " + t.FullName() + "` loads the table anew, and what the log still holds of it is left out"
}

// raise says in which transaction an alarm rang and what there is to do. Any other error it returns as it is.
func (t *transaction) raise(err error) error {
	var a *alarm
	if !errors.As(err, &a) {
		return err
	}
	where := "outside of any transaction"
	switch {
	case t == nil:
	case t.final != 0:
		where = "in transaction " + t.final.String()
	default:
		where = fmt.Sprintf("in a transaction that still runs (xid %d)", t.xid)
	}
	return fault.Unsafef("%s; it came %s, and nothing of it was passed on. Put the publication right with `syncer init` (`syncer plan` prints the SQL) and start again: %s", a, where, a.way)
}
