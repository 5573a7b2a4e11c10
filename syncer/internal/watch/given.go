package watch

import (
	"strings"

	"portal.example/syncer/internal/wire"
)

// given is what the target is given to remember of a table's leaves. It notes beside them that it has stored a TRUNCATE of the whole
// table. So leaves of after a TRUNCATE must not come to it before the TRUNCATE itself: the note would stand beside them, and the next stream
// would take it for one that is still to be seen. New leaves are held back until the target has stored everything up to where the
// source was at the end of the look that accepted them.
type given struct {
	text string
	next string // held back; "" for nothing
	at   wire.LSN
}

// textOf is how a table's leaves are remembered; "" when it has none or too many.
func textOf(l leaves) string {
	if text := l.String(); l != nil && len(text) <= wire.MaxMark {
		return text
	}
	return ""
}

// files are the leaves of a text without what was seen of their rows.
func files(text string) string { return strings.ReplaceAll(text, "+", "") }

// giveLeaves gives what was held back long enough, and what no TRUNCATE has to do with.
func (w *Watch) giveLeaves() {
	for i := range w.given {
		g, now := &w.given[i], textOf(w.leaves[i])
		if g.next != "" && w.emptied.settled >= g.at {
			g.text, g.next = g.next, ""
		}
		if now == "" || files(now) == files(g.text) && !w.emptied.pending[i] {
			g.text, g.next = now, ""
		}
	}
}

// holdLeaves holds the leaves back that this look has accepted. at is where the source is now. Those of an earlier look that are still held
// back come first.
func (w *Watch) holdLeaves(at wire.LSN) {
	for i := range w.given {
		if g, now := &w.given[i], textOf(w.leaves[i]); g.next == "" && files(now) != files(g.text) {
			g.next, g.at = now, at
		}
	}
}
