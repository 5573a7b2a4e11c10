package paths

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/pg"
)

func writeElsewhere(ctx context.Context, tx importing.Tx, list []Elsewhere, rows map[string]*report.Row, o importing.Options) error {
	stored, err := storedElsewhere(ctx, tx)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, e := range list {
		row := rows[e.Code]
		old, known := stored[e.Code]
		switch {
		case !known:
			row.Stored = report.Added
		case old.Elsewhere == e:
			row.Stored = report.Same
			continue
		case old.byStaff:
			row.Stored = report.Kept
			row.Note("staff_changed", "", e.Name)
			continue
		default:
			row.Stored = report.Updated
		}
		batch.Queue(`
			insert into catalogue.elsewhere (id, code, name, name_en, words, provider, provider_en, url, position)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			on conflict (code) do update set name = excluded.name, name_en = excluded.name_en, words = excluded.words,
			  provider = excluded.provider, provider_en = excluded.provider_en, url = excluded.url, position = excluded.position,
			  updated_at = now(), version = catalogue.elsewhere.version + 1, review_on = null`,
			o.NewID(), e.Code, e.Name, e.NameEN, e.Words, e.Provider, e.ProviderEN, e.URL, e.Position)
	}
	return pg.Fault("write what others give", tx.SendBatch(ctx, batch).Close())
}

// elsewhereRow is what the database has, and whether staff have written or changed it.
type elsewhereRow struct {
	Elsewhere
	byStaff bool
}

func storedElsewhere(ctx context.Context, tx pg.Queryer) (map[string]elsewhereRow, error) {
	rows, err := tx.Query(ctx, `
		select code, name, name_en, words, provider, provider_en, url, position, updated_by is not null from catalogue.elsewhere`)
	if err != nil {
		return nil, pg.Fault("read what others give", err)
	}
	stored := map[string]elsewhereRow{}
	var e elsewhereRow
	_, err = pgx.ForEachRow(rows, []any{&e.Code, &e.Name, &e.NameEN, &e.Words, &e.Provider, &e.ProviderEN, &e.URL, &e.Position, &e.byStaff}, func() error {
		stored[e.Code] = e
		return nil
	})
	return stored, pg.Fault("read what others give", err)
}

func writeSteps(ctx context.Context, tx importing.Tx, list []Step, rows map[string]*report.Row) error {
	relaid := map[string]bool{}
	for _, s := range list {
		row := rows[s.key()]
		var situation, service, known, same, byStaff bool
		err := tx.QueryRow(ctx, `
			select l.id is not null, s.id is not null, x.service_id is not null, coalesce((x.step, x.note, x.note_en) = ($3, $4, $5), false), l.updated_by is not null
			from (values (1)) one
			left join catalogue.life_situations l on l.code = $1
			left join catalogue.services s on s.code = $2
			left join catalogue.service_situations x on x.situation_id = l.id and x.service_id = s.id`,
			s.Situation, s.Service, s.Step, s.Note, s.NoteEN).Scan(&situation, &service, &known, &same, &byStaff)
		switch {
		case err != nil:
			return pg.Fault("read a step", err)
		case !situation:
			row.Refuse("situation_unknown", "situation", s.Situation)
			continue
		case !service:
			row.Refuse("service_unknown", "service", s.Service)
			continue
		case same:
			row.Stored = report.Same
			continue
		case byStaff:
			row.Stored = report.Kept
			row.Note("staff_changed", "situation", s.Situation)
			continue
		case known:
			row.Stored = report.Updated
		default:
			row.Stored = report.Added
		}
		relaid[s.Situation] = true
		_, err = tx.Exec(ctx, `
			insert into catalogue.service_situations (service_id, situation_id, step, note, note_en, service_published, situation_published)
			select s.id, l.id, $3, $4, $5, s.published, l.published from catalogue.services s, catalogue.life_situations l where s.code = $2 and l.code = $1
			for key share
			on conflict (service_id, situation_id) do update set step = excluded.step, note = excluded.note, note_en = excluded.note_en`,
			s.Situation, s.Service, s.Step, s.Note, s.NoteEN)
		if err != nil {
			return pg.Fault("write a step", err)
		}
	}
	// Whoever has the page of a situation open is told that its path is another.
	_, err := tx.Exec(ctx, `update catalogue.life_situations set version = version + 1, updated_at = now() where code = any($1)`,
		slices.Sorted(maps.Keys(relaid)))
	return pg.Fault("mark what changed", err)
}
