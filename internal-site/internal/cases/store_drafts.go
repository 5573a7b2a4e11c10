package cases

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// KeepDrafts keeps what the actor has typed at a case so far, by field; an empty text forgets it. It marks that the actor looks
// at the case, and returns who else does.
func (s *Store) KeepDrafts(ctx context.Context, actor access.Actor, id uuid.UUID, typed map[string]string) (others []Presence, err error) {
	for field, text := range typed {
		if err := checkDraft(field, text); err != nil {
			return nil, err
		}
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var sees bool
		args := pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"id": id}))
		if err := tx.QueryRow(ctx, `select exists (select from cases.cases c where c.id = @id and `+ScopeSQL+`)`, args).Scan(&sees); err != nil {
			return err
		}
		if !sees {
			return fault.New(fault.NotFound, "")
		}
		batch := &pgx.Batch{}
		for field, text := range typed {
			if text == "" {
				batch.Queue(`delete from cases.drafts where case_id = $1 and person = $2 and field = $3`, id, actor.UserID, field)
				continue
			}
			batch.Queue(`insert into cases.drafts as d (case_id, person, field, text, at) values ($1, $2, $3, $4, $5)
				on conflict (case_id, person, field) do update set text = excluded.text, at = excluded.at where d.text <> excluded.text`, id, actor.UserID, field, text, s.now())
		}
		batch.Queue(`delete from cases.presences where case_id = $1 and at < $2`, id, s.now().Add(-PresentFor))
		batch.Queue(`insert into cases.presences (case_id, person, at) values ($1, $2, $3)
			on conflict (case_id, person) do update set at = excluded.at`, id, actor.UserID, s.now())
		if err := tx.SendBatch(ctx, batch).Close(); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select u.full_name, exists (select from cases.drafts d where d.case_id = p.case_id and d.person = p.person and d.at > $3)
			from cases.presences p join access.users u on u.id = p.person where p.case_id = $1 and p.person <> $2 order by u.full_name`,
			id, actor.UserID, s.now().Add(-writingFor))
		others, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Presence])
		return err
	})
	return others, pg.Fault("keep drafts", err)
}

// Drafts returns what the actor has typed at a case and not sent yet, by field.
func (s *Store) Drafts(ctx context.Context, actor access.Actor, id uuid.UUID) (map[string]Draft, error) {
	rows, err := s.pool.Query(ctx, `select field, text, at from cases.drafts where case_id = $1 and person = $2`, id, actor.UserID)
	if err != nil {
		return nil, pg.Fault("get drafts", err)
	}
	drafts := map[string]Draft{}
	var field string
	var d Draft
	_, err = pgx.ForEachRow(rows, []any{&field, &d.Text, &d.At}, func() error {
		drafts[field] = d
		return nil
	})
	return drafts, pg.Fault("get drafts", err)
}

// ForgetSaid drops the text that the actor has typed to be read by somebody, when it has gone on in a request to an authority.
func ForgetSaid(ctx context.Context, tx pgx.Tx, actor access.Actor, caseID uuid.UUID) error {
	_, err := tx.Exec(ctx, `delete from cases.drafts where case_id = $1 and person = $2 and field = $3`, caseID, actor.UserID, sayField)
	return pg.Fault("forget draft", err)
}

// forgetDraft drops the text of an act that was done with it.
func forgetDraft(ctx context.Context, tx pgx.Tx, w *Work, act Act) error {
	_, err := tx.Exec(ctx, `delete from cases.drafts where case_id = $1 and person = $2 and field = $3`, w.Case.ID, w.by.UserID, FieldOf(act))
	return pg.Fault("forget draft", err)
}
