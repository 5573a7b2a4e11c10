package replica

import (
	"fmt"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/wire"
)

// Poison is a change that the target, or the reader before it, refuses. It names the row by its key, never by what it holds.
type Poison struct {
	Table string
	Key   string
	LSN   wire.LSN
	Cause error
	// Refused is why the reader did not pass the change on; "" when the target refused it.
	Refused string
}

func (p *Poison) Error() string {
	row := ""
	if p.Key != "" {
		row = ", row " + p.Key
	}
	if p.Refused != "" {
		return fmt.Sprintf("source: a change of %s%s, transaction %s, cannot be replicated: %s; load the table anew with `syncer table resync %s`, "+
			"or leave the whole transaction out with `syncer skip --lsn %s` and let `syncer compare` show what is missing",
			p.Table, row, p.LSN, p.Refused, p.Table, p.LSN)
	}
	return fmt.Sprintf("target: cannot apply a change of %s%s, transaction %s: %s; mend the row or the table and start again, "+
		"or leave the whole transaction out with `syncer skip --lsn %s` and let `syncer compare` show what is missing",
		p.Table, row, p.LSN, link.Scrub(p.Cause), p.LSN)
}

// Unwrap returns the server's error.
func (p *Poison) Unwrap() error { return p.Cause }
