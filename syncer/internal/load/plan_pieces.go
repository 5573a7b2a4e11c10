package load

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// span is a range of heap blocks: from, up to but without to; to 0 is open.
type span struct{ from, to int64 }

// piece is a span of one table. For a partitioned table it is that span of every partition: so the reader needs
// no rights on partitions, and none is forgotten.
type piece struct {
	frame wire.Piece
	sql   string // COPY … TO STDOUT
	table string
}

// extent is how large a table is and where its rows are kept.
type extent struct {
	blocks int64  // of its largest partition
	bytes  int64  // with TOAST, of all
	ranges bool   // the reader's role may name blocks
	files  string // changes when rows move to other blocks without the log telling so
}

const (
	smallestPiece = 4 << 20
	largestPiece  = 64 << 20
	mostPieces    = 20000 // of one table; their names must fit into a Have
)

// planPieces cuts the missing tables into pieces and leaves out those that the target has. It reads no rows.
func (l *firstLoad) planPieces(ctx context.Context, m Missing) error {
	var all [][]piece
	for _, id := range m.IDs {
		e, err := l.extent(ctx, m.Tables[id])
		if err != nil {
			return err
		}
		pieces := cutPieces(m.Tables[id], id, e, l.PieceBytes, m.Have.Pieces)
		for i := range pieces {
			pieces[i].table = m.Tables[id].FullName()
		}
		all = append(all, pieces)
		l.open += len(pieces)
	}
	// One of each table in turn: lanes that load different tables do not wait for each other's pages.
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

// extentSQL measures a table, or all leaves of a partitioned one.
const extentSQL = `
	WITH leaves AS (
	  SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	   WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'r'
	  UNION ALL
	  SELECT p.relid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
	         pg_catalog.pg_partition_tree(c.oid) p
	   WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'p' AND p.isleaf)
	SELECT coalesce(max(pg_catalog.pg_relation_size(oid) / current_setting('block_size')::int), 0),
	       coalesce(sum(pg_catalog.pg_table_size(oid)), 0)::bigint,
	       pg_catalog.has_column_privilege(pg_catalog.quote_ident($1) || '.' || pg_catalog.quote_ident($2), 'ctid', 'SELECT'),
	       left(md5(coalesce(string_agg(oid || '.' || pg_catalog.pg_relation_filenode(oid), ',' ORDER BY oid), '')), 16)
	  FROM leaves`

// extent measures the table once its rows can no longer move: reading it locks out VACUUM FULL and the like
// until the load is over.
func (l *firstLoad) extent(ctx context.Context, t publisher.Table) (e extent, err error) {
	if _, err := l.keeper.Exec(ctx, "SELECT FROM "+t.From()+" LIMIT 0"); err != nil {
		return e, link.Fail(fmt.Sprintf("source: read %s", t.FullName()), err)
	}
	err = l.keeper.QueryRow(ctx, extentSQL, t.Schema, t.Name).Scan(&e.blocks, &e.bytes, &e.ranges, &e.files)
	if err != nil {
		return e, link.Fail(fmt.Sprintf("source: measure %s", t.FullName()), err)
	}
	return e, nil
}

// cutPieces divides the blocks that are missing into pieces of about pieceBytes.
func cutPieces(t publisher.Table, id uint16, e extent, pieceBytes int64, done []string) []piece {
	if pieceBytes == 0 {
		pieceBytes = min(max(e.bytes/16, smallestPiece), largestPiece)
	}
	count := min(max(e.bytes/pieceBytes, 1), mostPieces)
	if !e.ranges {
		count = 1
	}
	blocks := max((e.blocks+count-1)/count, 1)
	prefix := t.FullName() + "@" + e.files + ":"
	missing := gapsOf(span{0, 0}, spans(prefix, done))
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
	had := len(spans(prefix, done))
	for i := range all {
		all[i].frame.Number, all[i].frame.Of = uint32(had+i+1), uint32(had+len(all)) //nolint:gosec // at most mostPieces and what a Have holds
		all[i].frame.Bytes = e.bytes / int64(had+len(all))
	}
	return all
}

func newPiece(t publisher.Table, id uint16, prefix string, s span) piece {
	p := piece{frame: wire.Piece{Table: id, ID: prefix + s.String(), Binary: mayBinary(t)}}
	p.sql = fmt.Sprintf("COPY (SELECT %s FROM %s WHERE %s%s) TO STDOUT", relation.QuoteList("", t.Columns), t.From(), t.Condition(), s.where())
	if p.frame.Binary {
		p.sql += " (FORMAT binary)"
	}
	return p
}

// String is how a piece's name ends: "from-to", or "from-" to the end.
func (s span) String() string {
	if s.to == 0 {
		return fmt.Sprintf("%d-", s.from)
	}
	return fmt.Sprintf("%d-%d", s.from, s.to)
}

// where restricts a scan to the span.
func (s span) where() string {
	sql := ""
	if s.from > 0 {
		sql += fmt.Sprintf(" AND ctid >= '(%d,0)'", s.from)
	}
	if s.to > 0 {
		sql += fmt.Sprintf(" AND ctid < '(%d,0)'", s.to)
	}
	return sql
}

// spans reads the names of pieces that begin with prefix, in order. A name that is none of ours names nothing.
func spans(prefix string, names []string) []span {
	var all []span
	for _, name := range names {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		from, to, ok := strings.Cut(rest, "-")
		s := span{block(from), block(to)}
		if ok && s.from >= 0 && s.to >= 0 && (s.to == 0 || s.to > s.from) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b span) int { return int(a.from - b.from) })
	return all
}

func block(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return -1
	}
	return int64(n) //nolint:gosec // 32 bits
}

// gapsOf returns what of whole (open at its end) is in none of the sorted parts.
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
