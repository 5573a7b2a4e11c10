package surveys

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// Count writes the figures of surveys that were answered since they were counted last, and forgets of cases that can be rated no more
// that they were.
func (s *Store) Count(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `select survey_id from surveys.waiting`)
	if err != nil {
		return pg.Fault("figures that wait", err)
	}
	waiting, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("figures that wait", err)
	}
	for _, id := range waiting {
		if err := pg.InTx(ctx, s.pool, func(tx pgx.Tx) error { return s.count(ctx, tx, id) }); err != nil {
			return err
		}
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `delete from surveys.rated where day < $1`, s.today().AddDate(0, 0, -contract.RatingDays-1))
		return pg.Fault("forget rated cases", err)
	})
}

func (s *Store) count(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	rows, err := tx.Query(ctx, selectSurvey+` where s.id = $1 for update of s`, id)
	if err != nil {
		return pg.Fault("count figures", err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, scanSurvey)
	if err != nil {
		return pg.Fault("count figures", err)
	}
	// After the lock of the survey, in the order in which an answer takes both; the answers are read later, so that none is missed.
	if _, err := tx.Exec(ctx, `delete from surveys.waiting where survey_id = $1`, id); err != nil || v.hidden() {
		return pg.Fault("count figures", err)
	}
	due, err := dueFigures(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, d := range due {
		t, err := tally(ctx, tx, v, `a.survey_id = @survey and (@service::uuid is null or a.service_id = @service) and (@centre::uuid is null or a.centre_id = @centre)`,
			pgx.NamedArgs{"survey": id, "service": d.Service, "centre": d.Centre})
		if err != nil {
			return pg.Fault("count figures", err)
		}
		raw, err := json.Marshal(t)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into surveys.figures (id, survey_id, service_id, centre_id, answered, tallies, day) values ($1, $2, $3, $4, $5, $6, $7)
			on conflict (survey_id, service_id, centre_id) do update set answered = excluded.answered, tallies = excluded.tallies, day = excluded.day`,
			uuid.Must(uuid.NewV7()), id, d.Service, d.Centre, d.Answered, raw, s.today())
		if err != nil {
			return pg.Fault("write figures", err)
		}
	}
	return nil
}

// due is a service, a centre, or with neither everything, of which there are enough new answers.
type due struct {
	Service, Centre *uuid.UUID
	Answered        int
}

func dueFigures(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]due, error) {
	rows, err := tx.Query(ctx, `
		select g.service_id, g.centre_id, g.answered from (
			select service_id, centre_id, count(*)::integer answered from surveys.answers where survey_id = $1
			group by grouping sets ((), (service_id), (centre_id))) g
		left join surveys.figures f on f.survey_id = $1 and f.service_id is not distinct from g.service_id and f.centre_id is not distinct from g.centre_id
		where g.answered >= coalesce(f.answered, 0) + $2`, id, contract.FewestAnswers)
	if err != nil {
		return nil, pg.Fault("figures that are due", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[due])
	return list, pg.Fault("figures that are due", err)
}
