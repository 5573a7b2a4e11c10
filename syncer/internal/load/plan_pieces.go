package load

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// span is a range of heap blocks, from inclusive to exclusive; to is 0 if it is open.
type span struct{ from, to int64 }

// piece is a span of one table. For a partitioned table it is that span of every partition, so that the reader needs no rights
// on partitions and none is missed.
type piece struct {
	frame wire.Piece
	sql   string // COPY … TO STDOUT
	table string
	from  string // the same, quoted for FROM
}

const (
	smallestPiece = 4 << 20
	largestPiece  = 64 << 20
	mostPieces    = 20000 // of one table; their names must fit into a Have
	// piecesOfTable and piecesOfLoad are how many pieces keep every lane busy until the end. More of them only cost a COPY and a
	// transaction each.
	piecesOfTable = 16
	piecesOfLoad  = 32
)

// planPieces cuts the missing tables into pieces, except for those that the target already has. It reads no rows.
func (l *firstLoad) planPieces(ctx context.Context, m Missing) error {
	tables := make([]publisher.Table, len(m.IDs))
	for i, id := range m.IDs {
		tables[i] = m.Tables[id]
	}
	extents, err := l.measureTables(ctx, tables)
	if err != nil {
		return err
	}
	var whole int64
	for _, e := range extents {
		whole += e.bytes
	}
	var all [][]piece
	for n, id := range m.IDs {
		pieces := cutPieces(m.Tables[id], id, extents[n], l.choosePieceBytes(extents[n], whole), m.Have.Pieces)
		for i := range pieces {
			pieces[i].table, pieces[i].from = m.Tables[id].FullName(), m.Tables[id].From()
		}
		all = append(all, pieces)
		l.open += len(pieces)
	}
	// Pieces of different tables take turns, so that lanes do not wait for each other's pages.
	for n := 0; len(l.queue) < l.open; n++ {
		for _, pieces := range all {
			if n < len(pieces) {
				l.queue = append(l.queue, pieces[n])
			}
		}
	}
	if l.open == 0 {
		close(l.ended)
	}
	return nil
}

// choosePieceBytes returns the approximate size of a table's pieces. whole is the size of all tables that are loaded.
func (s *Loads) choosePieceBytes(e extent, whole int64) int64 {
	if s.PieceBytes != 0 {
		return s.PieceBytes
	}
	return min(max(e.bytes/piecesOfTable, whole/piecesOfLoad, smallestPiece), largestPiece)
}

// cutPieces cuts the missing blocks into pieces of about pieceBytes.
func cutPieces(t publisher.Table, id uint16, e extent, pieceBytes int64, done []string) []piece {
	count := min(max(e.bytes/pieceBytes, 1), mostPieces)
	if !e.ranges {
		count = 1
	}
	blocks := max((e.blocks+count-1)/count, 1)
	prefix := t.FullName() + "@" + e.files + ":"
	missing := gapsOf(span{0, 0}, parseSpans(prefix, done))
	var all []piece
	for _, gap := range missing {
		for from := gap.from; ; from += blocks {
			to := from + blocks
			last := gap.to == 0 && to >= e.blocks || gap.to != 0 && to >= gap.to
			if last {
				to = gap.to
			}
			all = append(all, newPiece(t, id, prefix, span{from, to}))
			if last {
				break
			}
		}
	}
	had := len(parseSpans(prefix, done))
	for i := range all {
		all[i].frame.Number, all[i].frame.Of = uint32(had+i+1), uint32(had+len(all)) //nolint:gosec // at most mostPieces and what a Have holds
		all[i].frame.Bytes = e.bytes / int64(had+len(all))
	}
	return all
}

func newPiece(t publisher.Table, id uint16, prefix string, s span) piece {
	p := piece{frame: wire.Piece{Table: id, ID: prefix + s.String(), Binary: mayBinary(t)}}
	p.sql = fmt.Sprintf("COPY (SELECT %s FROM %s WHERE %s%s) TO STDOUT", relation.QuoteList("", t.Columns), t.From(), t.Condition(), s.condition())
	if p.frame.Binary {
		p.sql += " (FORMAT binary)"
	}
	return p
}

// String is the end of a piece's name: "from-to", or "from-" if it is open.
func (s span) String() string {
	if s.to == 0 {
		return fmt.Sprintf("%d-", s.from)
	}
	return fmt.Sprintf("%d-%d", s.from, s.to)
}

// condition restricts a scan to the span.
func (s span) condition() string {
	sql := ""
	if s.from > 0 {
		sql += fmt.Sprintf(" AND ctid >= '(%d,0)'", s.from)
	}
	if s.to > 0 {
		sql += fmt.Sprintf(" AND ctid < '(%d,0)'", s.to)
	}
	return sql
}

// parseSpans parses the names of pieces that begin with prefix, in order. It ignores names that are not ours.
func parseSpans(prefix string, names []string) []span {
	var all []span
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		from, to, ok := strings.Cut(rest, "-")
		s := span{parseBlock(from), parseBlock(to)}
		if ok && s.from >= 0 && s.to >= 0 && (s.to == 0 || s.to > s.from) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	return all
}

func parseBlock(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return -1
	}
	return int64(n) //nolint:gosec // 32 bits
}

// gapsOf returns the gaps that the sorted parts leave in whole, which is open.
func gapsOf(whole span, parts []span) []span {
	var gaps []span
	at := whole.from
	for _, p := range parts {
		if p.from > at {
			gaps = append(gaps, span{at, p.from})
		}
		if p.to == 0 {
			return gaps
		}
		at = max(at, p.to)
	}
	return append(gaps, span{at, 0})
}
