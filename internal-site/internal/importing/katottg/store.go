package katottg

import (
	"context"

	"github.com/jackc/pgx/v5"

	"portal.example/shared/pg"
	"portal.example/shared/ukr"
)

func load(ctx context.Context, tx pg.Queryer) (map[ukr.KATOTTG]Unit, error) {
	rows, err := tx.Query(ctx, `select code, coalesce(parent_code, ''), level, category, name from org.units`)
	if err != nil {
		return nil, pg.Fault("read units", err)
	}
	defer rows.Close()
	units := map[ukr.KATOTTG]Unit{}
	for rows.Next() {
		var u Unit
		if err := rows.Scan(&u.Code, &u.Parent, &u.Level, &u.Category, &u.Name); err != nil {
			return nil, pg.Fault("read units", err)
		}
		units[u.Code] = u
	}
	return units, pg.Fault("read units", rows.Err())
}

func insert(ctx context.Context, tx pg.Execer, units []Unit) error {
	columns := []string{"code", "parent_code", "level", "category", "name"}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"org", "units"}, columns, pgx.CopyFromSlice(len(units), func(i int) ([]any, error) {
		u := units[i]
		return []any{string(u.Code), nullable(u.Parent), int16(u.Level), string(u.Category), u.Name}, nil //nolint:gosec // 1 to 5
	}))
	return pg.Fault("add units", err)
}

func update(ctx context.Context, tx pg.Execer, units []Unit) error {
	batch := &pgx.Batch{}
	for _, u := range units {
		batch.Queue(`update org.units set parent_code = $2, level = $3, category = $4, name = $5 where code = $1`,
			string(u.Code), nullable(u.Parent), u.Level, string(u.Category), u.Name)
	}
	return pg.Fault("update units", tx.SendBatch(ctx, batch).Close())
}

func nullable(code ukr.KATOTTG) *string {
	if code == "" {
		return nil
	}
	s := string(code)
	return &s
}
