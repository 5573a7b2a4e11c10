package replica

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/link"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/wire"
)

// ReadHave returns what is durable on the target, to open a stream with. names are the whitelisted tables as "schema.name", in
// the order of their numbers. Tables that `init` did not prepare are left out.
func ReadHave(ctx context.Context, db relation.Queryer, p Progress, names []string) (wire.Have, error) {
	h := wire.Have{
		Purpose: wire.PurposeStream, Digest: p.Digest, SystemID: p.SystemID, Timeline: p.Timeline,
		Applied: p.Applied, Settled: p.Settled,
	}
	if p.LastAt != nil {
		h.LastEnd, h.LastAt = p.LastEnd, *p.LastAt
	}
	id := make(map[string]uint16, len(names))
	for i, name := range names {
		id[name] = uint16(i) //nolint:gosec // the whitelist is at most 1 MiB
	}
	rows, err := db.Query(ctx, `SELECT name, state, filter, published, leaves, catalog, plain FROM sync.tables WHERE slot = $1 ORDER BY name`, p.Slot)
	if err != nil {
		return h, link.Fail("target: read tables", err)
	}
	var name, state string
	var t wire.HaveTable
	var plain bool
	_, err = pgx.ForEachRow(rows, []any{&name, &state, &t.Filter, &t.Published, &t.Leaves, &t.Catalog, &plain}, func() error {
		if n, listed := id[name]; listed {
			t.ID, t.State = n, parseTableState(state)
			h.Tables = append(h.Tables, t)
			if plain {
				h.Plain = append(h.Plain, n)
			}
		}
		return nil
	})
	if err != nil {
		return h, link.Fail("target: read tables", err)
	}
	h.Pieces, err = readPieces(ctx, db, p.Slot)
	return h, err
}

func parseTableState(text string) wire.TableState {
	switch text {
	case "copying":
		return wire.TableCopying
	case "ready":
		return wire.TableReady
	case "joining":
		return wire.TableJoining
	case "released":
		return wire.TableReleased
	}
	return wire.TableWaiting
}

// readPieces returns the durable pieces of tables that are not completely loaded.
func readPieces(ctx context.Context, db relation.Queryer, slot string) ([]string, error) {
	rows, err := db.Query(ctx, `
		SELECT p.piece FROM sync.pieces p JOIN sync.tables t USING (slot, name)
		 WHERE p.slot = $1 AND t.state = 'copying' ORDER BY p.piece`, slot)
	if err == nil {
		var ids []string
		if ids, err = pgx.CollectRows(rows, pgx.RowTo[string]); err == nil {
			return ids, nil
		}
	}
	return nil, link.Fail("target: read pieces", err)
}
