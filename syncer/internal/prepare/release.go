package prepare

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/whitelist"
	"portal.example/syncer/internal/config"
	"portal.example/syncer/internal/relation"
)

// noTable selects no released table.
func noTable(string) bool { return false }

// everyTable selects every one.
func everyTable(string) bool { return true }

// Release takes tables out of the publication so that their application may be migrated: PostgreSQL refuses ALTER TYPE and DROP
// COLUMN of listed columns as long as they are published. Readers of the replica see the rows of that moment until the
// tables are loaded anew. Each step leaves a state from which the same command goes on:
//
//	1  the target records it, and the running syncer reads that: it no longer misses the tables in the publication
//	2  the publication loses them
func Release(ctx context.Context, cfg *config.Config, list *whitelist.List, names []string) (*Changed, error) {
	turn, err := takeTurn(ctx, cfg, "table")
	if err != nil {
		return nil, err
	}
	defer turn.endTurn()
	c := &change{cfg: cfg, list: list, admin: turn.admin}
	if err := c.openConns(ctx); err != nil {
		return nil, err
	}
	defer c.closeConns()
	if c.diff, err = Differs(ctx, c.ddl, cfg.Source.Slot, list); err != nil {
		return nil, err
	}
	for _, name := range names {
		if r, ok := c.diff.recordedAs(name); !ok {
			return nil, fault.Usagef("table release %s: it is not in the replica", name)
		} else if r.State == "waiting" || r.State == "copying" {
			return nil, fault.Usagef("table release %s: it is being loaded for the first time; let `syncer run` finish that", name)
		}
	}
	if err := c.findSyncer(ctx); err != nil {
		return nil, err
	}
	if err := c.recordReleased(ctx, names); err != nil {
		return nil, err
	}
	if err := c.awaitTaken(ctx); err != nil {
		return nil, err
	}
	_, err = c.newAlteration(&Report{}).unpublishTables(ctx, names)
	return &Changed{Released: names, Running: c.running}, err
}

func (c *change) recordReleased(ctx context.Context, names []string) error {
	err := pgx.BeginFunc(ctx, c.target, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			UPDATE sync.tables SET state = 'released', joined = false, since = now(), error = NULL, harm = ''
			 WHERE slot = $1 AND name = ANY ($2) AND state <> 'released'`, c.cfg.Source.Slot, names)
		if err == nil {
			err = tx.QueryRow(ctx, `UPDATE sync.progress SET generation = generation + 1 WHERE slot = $1 RETURNING epoch`, c.cfg.Source.Slot).Scan(&c.epoch)
		}
		if err == nil {
			_, err = tx.Exec(ctx, `SELECT pg_catalog.pg_notify('sync_control', '')`)
		}
		return err
	})
	if err != nil {
		return targetError("record the release", err)
	}
	return nil
}

// widerTables returns the numbers of the tables that have columns of wider types on the target than in the source.
func (r *Report) widerTables(ctx context.Context, db relation.Queryer) (map[int]bool, error) {
	names := make([]relation.Name, len(r.Tables))
	for i, t := range r.Tables {
		names[i] = relation.Name{Schema: t.Schema, Name: t.Name}
	}
	infos, err := relation.InspectAll(ctx, db, names)
	if err != nil {
		return nil, targetError("read tables", err)
	}
	wide := map[int]bool{}
	for i, t := range r.Tables {
		if infos[i] != nil && t.Info != nil && len(relation.Wider(t.Info, infos[i], t.Columns)) > 0 {
			wide[i] = true
		}
	}
	return wide, nil
}
