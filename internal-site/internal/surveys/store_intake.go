package surveys

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// ended is what the intake learns of a case that somebody rates.
type ended struct {
	service, centre uuid.UUID
	at              *time.Time // nil: it has not ended
}

// endedCase finds the case whose secret code has the hash; NotFound when the case has another one, or there is none.
func endedCase(ctx context.Context, tx pgx.Tx, id uuid.UUID, hash []byte) (e ended, err error) {
	err = tx.QueryRow(ctx, `
		select service_id, centre_id, case when outcome in ('granted', 'refused') then decided_at end from cases.cases where id = $1 and code_hash = $2`, id, hash).
		Scan(&e.service, &e.centre, &e.at)
	return e, pg.Fault("find case of rating", err)
}

// published finds the survey as the intake may read it, with what it is about; NotFound when people do not see it.
func published(ctx context.Context, tx pgx.Tx, id uuid.UUID) (s Survey, err error) {
	err = tx.QueryRow(ctx, `select id, service_id, centre_id, questions, first_day, last_day, state from surveys.surveys where id = $1 and published`, id).
		Scan(&s.ID, &s.ServiceID, &s.CentreID, &s.Questions, &s.FirstDay, &s.LastDay, &s.State)
	return s, pg.Fault("find survey", err)
}

// markRated writes that the case was rated; first is false when it was before, by the message itself or another.
func markRated(ctx context.Context, tx pgx.Tx, id, message uuid.UUID, day time.Time) (first bool, err error) {
	tag, err := tx.Exec(ctx, `insert into surveys.rated (case_id, message_id, day) values ($1, $2, $3) on conflict do nothing`, id, message, day)
	return tag.RowsAffected() == 1, pg.Fault("mark rated case", err)
}

// insert writes an answer. Its id is random, so that it tells nothing of when it was written.
func insert(ctx context.Context, tx pgx.Tx, survey uuid.UUID, e ended, day time.Time, answers map[string]string) error {
	id := uuid.New()
	_, err := tx.Exec(ctx, `insert into surveys.answers (id, survey_id, service_id, centre_id, day) values ($1, $2, $3, $4, $5)`,
		id, survey, e.service, e.centre, day)
	if err != nil {
		return pg.Fault("write answer", err)
	}
	for question, value := range answers {
		if _, err := tx.Exec(ctx, `insert into surveys.values (answer_id, question, value) values ($1, $2, $3)`, id, question, value); err != nil {
			return pg.Fault("write answer", err)
		}
	}
	_, err = tx.Exec(ctx, `insert into surveys.waiting (survey_id) values ($1) on conflict do nothing`, survey)
	return pg.Fault("write answer", err)
}

// missing says whether err is of something that is not there.
func none(err error) bool { return fault.Is(err, fault.NotFound) || errors.Is(err, pgx.ErrNoRows) }

// fits says whether the rating is one that the public site can have offered.
func (s Survey) fits(r *contract.Rating, e ended) bool {
	return (s.ServiceID == nil || *s.ServiceID == e.service) && (s.CentreID == nil || *s.CentreID == e.centre) &&
		contract.AnswersFit(s.Questions, r.Answers)
}
