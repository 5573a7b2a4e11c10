package cases

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/org"
)

// addStanding counts for suspended cases how many days are left and what the last one would be.
func (s *Store) addStanding(ctx context.Context, tx pgx.Tx, list []Row) error {
	works := map[uuid.UUID]*Work{}
	for _, r := range list {
		if r.State == Suspended {
			works[r.ID] = &Work{Case: Case{ID: r.ID, FiledAt: r.FiledAt}, now: s.now()}
		}
	}
	if len(works) == 0 {
		return nil
	}
	calendar, err := org.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	ids := slices.Collect(maps.Keys(works))
	if err := loadTerms(ctx, tx, works, ids); err != nil {
		return err
	}
	if err := loadPauses(ctx, tx, works, ids); err != nil {
		return err
	}
	for i := range list {
		if w := works[list[i].ID]; w != nil {
			w.calendar = calendar
			d := w.Deadline()
			list[i].Standing = &d
		}
	}
	return nil
}

// loadTerms reads the terms that many cases run on.
func loadTerms(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `
		select c.id, (card.content->'term'->>'days')::int, coalesce(card.content->'term'->>'days_in', ''),
		       coalesce((tech.content->>'statutory_days')::int, 0), coalesce(tech.content->>'statutory_in', ''), c.extensions
		from cases.cases c join catalogue.cards card on card.id = c.card_id left join catalogue.tech_cards tech on tech.id = c.tech_card_id
		where c.id = any($1)`, ids)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var o offered
	var by []Extension
	_, err = pgx.ForEachRow(rows, []any{&id, &o.Card.Term.Days, &o.Card.Term.DaysIn, &o.TechCard.StatutoryDays, &o.TechCard.StatutoryIn, &by}, func() error {
		works[id].Term, works[id].Case.Extensions = o.term(), by
		by = nil
		return nil
	})
	return err
}

// loadPauses reads when the work on many cases stood still.
func loadPauses(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `select case_id, at, kind from cases.events where case_id = any($1) and kind in ('suspended', 'resumed', 'withdrawn', 'reopened') order by at, id`, ids)
	if err != nil {
		return err
	}
	var e Event
	_, err = pgx.ForEachRow(rows, []any{&e.CaseID, &e.At, &e.Kind}, func() error {
		w := works[e.CaseID]
		w.Events = append(w.Events, e)
		return nil
	})
	return err
}
