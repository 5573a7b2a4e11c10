package prepare

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/syncer/internal/indexes"
	"portal.example/syncer/internal/relation"
	"portal.example/syncer/internal/replica"
)

// targetTables examines the replica's tables: whether they can hold the rows, and what of them would change or hide rows.
type targetTables struct {
	*Report

	db     *pgx.Conn
	slot   string
	rights *rightsPlan
}

// examineTables examines whether the listed tables are there and fit, and adds the steps that make them.
func (x *targetTables) examineTables(ctx context.Context) error {
	var wanted []replica.Wanted
	for i, t := range x.Tables {
		if t.Info == nil || t.Released || slices.ContainsFunc(t.Judge(), isRefused) {
			continue
		}
		t.Key = t.PlannedKey()
		wanted = append(wanted, Wanted(t, i))
	}
	all, err := replica.JudgeAll(ctx, x.db, wanted)
	if err != nil {
		return err
	}
	if err := x.noteAside(ctx, all); err != nil {
		return err
	}
	for _, findings := range all {
		x.Findings = append(x.Findings, findings...)
		for _, f := range findings {
			if f.Level != relation.Todo {
				continue
			}
			for _, sql := range f.Mend { // many tables want the same schema
				x.rights.addOnce("target", sql)
			}
		}
	}
	return nil
}

// noteAside finds the tables whose indexes were dropped for a first load and are not made again yet. What else was found about such a
// table's indexes does not count.
func (x *targetTables) noteAside(ctx context.Context, all [][]relation.Finding) error {
	var err error
	if x.aside, err = indexes.Aside(ctx, x.db, x.slot); err != nil || len(x.aside) == 0 {
		return err
	}
	loading, err := replica.IsClaimed(ctx, x.db, x.slot)
	if err != nil {
		return err
	}
	level, text := relation.Refuse, "is without its indexes, which were put aside for a first load that was interrupted; `syncer init` makes them and goes on"
	if loading {
		level, text = relation.Warning, "is being loaded; its indexes are made behind the rows"
	}
	for n, findings := range all {
		for _, i := range x.aside {
			if len(findings) > 0 && findings[0].Subject == i.Table {
				all[n] = nil
			}
		}
	}
	for _, i := range x.aside {
		x.addFinding(level, "target", i.Table, text, slices.Clone(i.SQL)...)
	}
	if loading { // the loader makes them itself
		x.aside = nil
	}
	return nil
}
