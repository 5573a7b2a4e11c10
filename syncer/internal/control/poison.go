package control

import (
	"regexp"

	"portal.example/syncer/internal/wire"
)

var transaction = regexp.MustCompile(`\btransaction ([0-9A-F]{1,8}/[0-9A-F]{1,8})\b`)

// Poisoned returns the position of the transaction that the writer cannot apply, as its error names it.
func (s State) Poisoned() (wire.LSN, bool) {
	m := transaction.FindStringSubmatch(s.Error)
	if m == nil {
		return 0, false
	}
	var lsn wire.LSN
	return lsn, lsn.Scan(m[1]) == nil
}
