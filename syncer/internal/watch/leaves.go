package watch

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/publisher"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// leaf is a partition that holds rows of a listed table, as the catalog describes it.
type leaf struct {
	oid      uint32
	file     uint32 // changed by TRUNCATE, VACUUM FULL, CLUSTER and some forms of ALTER TABLE
	attached uint32 // transaction that last attached it, or a partition it is in
	held     bool   // it has held rows, as far as is known

	beside   lost              // why its changes are not in the log; what of a leaf is not remembered begins here
	identity relation.Identity // of its own, by which its rows are named
	name     string            // quoted, of one where either is not as it should be
}

// lost says why changes of a partition are not in the log.
type lost byte

const (
	logged lost = iota
	unlogged
	foreign
)

// remembered is what is compared with an earlier look.
func (l leaf) remembered() leaf {
	l.beside, l.identity, l.name = logged, 0, ""
	return l
}

// leaves are the leaves of one table, ordered by oid.
type leaves []leaf

func (l leaves) find(oid uint32) (leaf, bool) {
	i, ok := slices.BinarySearchFunc(l, oid, func(a leaf, oid uint32) int { return int(int64(a.oid) - int64(oid)) })
	if !ok {
		return leaf{}, false
	}
	return l[i], true
}

// String is the form in which the target remembers them: "p", then " oid.file.transaction" for each, with a "+" if it has held
// rows.
func (l leaves) String() string {
	var b strings.Builder
	b.WriteByte('p')
	for _, x := range l {
		fmt.Fprintf(&b, " %d.%d.%d", x.oid, x.file, x.attached)
		if x.held {
			b.WriteByte('+')
		}
	}
	return b.String()
}

// parseLeaves parses what String returned; ok is false for anything else, and nothing is known then.
func parseLeaves(text string) (all leaves, ok bool) {
	words := strings.Split(text, " ")
	if words[0] != "p" {
		return nil, false
	}
	all = leaves{} // known, and none
	for _, w := range words[1:] {
		numbers, held := strings.CutSuffix(w, "+")
		var of [3]uint32
		parts := strings.Split(numbers, ".")
		if len(parts) != len(of) {
			return nil, false
		}
		for i, p := range parts {
			n, err := strconv.ParseUint(p, 10, 32)
			if err != nil {
				return nil, false
			}
			of[i] = uint32(n)
		}
		all = append(all, leaf{oid: of[0], file: of[1], attached: of[2], held: held})
	}
	return all, slices.IsSortedFunc(all, func(a, b leaf) int { return int(int64(a.oid) - int64(b.oid)) })
}

// leavesSQL reads the leaves of partitioned tables from the catalog, which needs no rights on them and waits for no lock. A
// partition that is being detached CONCURRENTLY no longer counts.
const leavesSQL = `
	WITH RECURSIVE tree AS (
	  SELECT u.at, c.oid AS rel, c.relkind, NULL::xid AS attached
	    FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(nsp, rel, at)
	    JOIN pg_catalog.pg_namespace n ON n.nspname = u.nsp
	    JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = u.rel AND c.relkind = 'p'
	  UNION ALL
	  SELECT t.at, i.inhrelid, c.relkind,
	         CASE WHEN t.attached IS NULL OR pg_catalog.age(i.xmin) <= pg_catalog.age(t.attached) THEN i.xmin ELSE t.attached END
	    FROM tree t
	    JOIN pg_catalog.pg_inherits i ON i.inhparent = t.rel AND NOT i.inhdetachpending
	    JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
	   WHERE t.relkind = 'p')
	SELECT t.at::int - 1, c.oid, c.relfilenode, coalesce(t.attached::text::bigint, 0),
	       coalesce(c.reltuples > 0 OR pg_catalog.pg_stat_get_live_tuples(c.oid) > 0, false),
	       CASE WHEN c.relkind = 'f' THEN 2 WHEN c.relpersistence <> 'p' THEN 1 ELSE 0 END, CASE WHEN c.relkind = 'f' THEN 'd' ELSE coalesce(c.relreplident::text, 'd') END,
	       CASE WHEN c.relkind = 'f' OR c.relpersistence <> 'p' OR c.relreplident <> 'd' AND c.relkind <> 'p' THEN
	         (SELECT pg_catalog.format('%I.%I', m.nspname, c.relname) FROM pg_catalog.pg_namespace m WHERE m.oid = c.relnamespace) ELSE '' END
	  FROM tree t LEFT JOIN pg_catalog.pg_class c ON c.oid = t.rel AND t.relkind <> 'p' ORDER BY 1, 2 NULLS FIRST`

// readLeaves returns the leaves of each table; nil for a table that is not partitioned.
func readLeaves(ctx context.Context, db relation.Queryer, tables []publisher.Table) ([]leaves, error) {
	all := make([]leaves, len(tables))
	schemas, names := make([]string, len(tables)), make([]string, len(tables))
	for i, t := range tables {
		schemas[i], names[i] = t.Schema, t.Name
	}
	rows, err := db.Query(ctx, leavesSQL, schemas, names)
	if err != nil {
		return nil, link.Fail("source: partitions", err)
	}
	var at int
	var oid, file *uint32
	var l leaf
	var beside int16
	var identity string
	_, err = pgx.ForEachRow(rows, []any{&at, &oid, &file, &l.attached, &l.held, &beside, &identity, &l.name}, func() error {
		if all[at] == nil {
			all[at] = leaves{}
		}
		if oid != nil {
			l.oid, l.file, l.beside, l.identity = *oid, *file, lost(beside), relation.Identity(identity[0]) //nolint:gosec // 0, 1 or 2
			all[at] = append(all[at], l)
		}
		return nil
	})
	if err == nil {
		err = readFilled(ctx, db, all)
	}
	if err != nil {
		return nil, link.Fail("source: partitions", err)
	}
	return all, nil
}

// readFilled checks the size of leaves that are not known to have held rows, because statistics come late. It does not wait for
// locked ones.
func readFilled(ctx context.Context, db relation.Queryer, all []leaves) error {
	at := map[uint32]*leaf{}
	for _, of := range all {
		for i := range of {
			if !of[i].held {
				at[of[i].oid] = &of[i]
			}
		}
	}
	if len(at) == 0 {
		return nil
	}
	rows, err := db.Query(ctx, `
		SELECT u FROM unnest($1::oid[]) u
		 WHERE CASE WHEN u = ANY (ARRAY(SELECT relation FROM pg_catalog.pg_locks WHERE mode = 'AccessExclusiveLock' AND relation IS NOT NULL)) THEN false
		            ELSE pg_catalog.pg_relation_size(u) > 0 END`, slices.Collect(maps.Keys(at)))
	if err != nil {
		return err
	}
	var oid uint32
	_, err = pgx.ForEachRow(rows, []any{&oid}, func() error {
		at[oid].held = true
		return nil
	})
	return err
}

// ReadMarks reads the mark of each table. The parts that concern the publication or partitions are empty for a table that is
// not published or not partitioned.
func ReadMarks(ctx context.Context, db relation.Queryer, publication string, tables []publisher.Table) ([]wire.Mark, error) {
	p, err := publisher.ReadPublication(ctx, db, publication)
	if err != nil {
		return nil, err
	}
	of, err := readLeaves(ctx, db, tables)
	if err != nil {
		return nil, err
	}
	sights, err := readSights(ctx, db, tables)
	if err != nil {
		return nil, err
	}
	marks := make([]wire.Mark, len(tables))
	for i := range tables {
		var t trace
		if sights[i] != nil {
			t = sights[i].trace
			t.Publication, t.Owner = p.Version, p.Owner
		}
		marks[i] = newMark(i, p.Entry(&tables[i]), of[i], t)
	}
	return marks, nil
}

func newMark(table int, entry uint32, of leaves, t trace) wire.Mark {
	m := wire.Mark{Table: uint16(table), Published: entry} //nolint:gosec // the whitelist is at most 1 MiB
	if text := t.String(); len(text) <= wire.MaxMark {
		m.Catalog = text
	}
	if text := of.String(); of != nil && len(text) <= wire.MaxMark {
		m.Leaves = text
	}
	return m
}
