package cases

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/pg"
)

// TakeReplies lets every reply that has arrived take effect on its case, and returns how many did. The process that serves the
// pages calls it every few seconds; two at once take each reply once.
func (s *Store) TakeReplies(ctx context.Context) (taken int, err error) {
	rows, err := s.pool.Query(ctx, `select id, case_id from cases.replies where taken_at is null order by received_at, id limit 100`)
	if err != nil {
		return 0, pg.Fault("replies that wait", err)
	}
	type waiting struct{ ID, Case uuid.UUID }
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[waiting])
	if err != nil {
		return 0, pg.Fault("replies that wait", err)
	}
	for _, r := range list {
		took, err := s.takeReply(ctx, r.ID, r.Case)
		if err != nil {
			return taken, fmt.Errorf("reply %s: %w", r.ID, err)
		}
		if took {
			taken++
		}
	}
	return taken, nil
}

// takeReply is for one reply. took is false when somebody else has taken it meanwhile.
func (s *Store) takeReply(ctx context.Context, id, caseID uuid.UUID) (took bool, err error) {
	portal := access.System("replies")
	portal.Rights = access.Rights{View: {All: true}}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, portal, caseID, true) // whoever takes the same reply waits here
		if err != nil {
			return err
		}
		list, err := replies(ctx, tx, `r.id = $1 and r.taken_at is null`, id)
		if err != nil || len(list) == 0 {
			return err
		}
		took = true
		return s.effect(ctx, tx, w, list[0])
	})
	return took, err
}

// effect writes what the reply changes in its case.
func (s *Store) effect(ctx context.Context, tx pgx.Tx, w *Work, r Reply) error {
	before := append([]Stage{}, w.Stages...)
	former, err := w.takeReply(r)
	if err != nil {
		return err
	}
	if err := s.write(ctx, tx, w, before); err != nil {
		return err
	}
	batch := &pgx.Batch{}
	batch.Queue(`update cases.cases set answers = $2 where id = $1`, w.Case.ID, w.Case.Answers)
	batch.Queue(`update cases.replies set former = $2, taken_at = $3 where id = $1`, r.ID, former, w.now)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return pg.Fault("take reply", err)
	}
	return audit.Record(ctx, tx, audit.System("replies"), audit.Entry{
		Action: "cases.case.take_reply", ObjectType: "case", ObjectID: w.Case.ID.String(), CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID,
		Detail: map[string]string{"state": string(w.Case.State), "purpose": string(r.Purpose)},
	})
}

// replies reads those that fit the condition, the oldest first, with their papers.
func replies(ctx context.Context, db pg.Queryer, condition string, arg any) ([]Reply, error) {
	rows, err := db.Query(ctx, `
		select r.id, r.case_id, r.message_id, r.receipt_number, r.correction_id, r.purpose, r.text, r.answers, r.former, r.sent_at, r.taken_at, r.entered_by,
		       coalesce((select jsonb_agg(jsonb_build_object('file', f.file_id, 'document', f.document) order by f.file_id)
		                 from cases.reply_files f where f.reply_id = r.id), '[]')
		from cases.replies r where `+condition+` order by r.received_at, r.id`, arg)
	if err != nil {
		return nil, pg.Fault("get replies", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Reply, err error) {
		var papers []struct {
			File     uuid.UUID `json:"file"`
			Document string    `json:"document"`
		}
		err = row.Scan(&r.ID, &r.CaseID, &r.MessageID, &r.Receipt, &r.CorrectionID, &r.Purpose, &r.Text, &r.Answers, &r.Former, &r.SentAt, &r.TakenAt,
			&r.EnteredBy, &papers)
		for _, p := range papers {
			r.Files = append(r.Files, ReplyFile{File: documents.File{ID: p.File}, Document: p.Document})
		}
		return r, err
	})
	return list, pg.Fault("get replies", err)
}

// Replies are what the applicant of a case that was read has sent or brought, the latest first. Whoever sees no more than where
// the case stands gets none.
func (s *Store) Replies(ctx context.Context, w *Work) ([]Reply, error) {
	if !w.SeesAll(w.by) {
		return nil, nil
	}
	list, err := replies(ctx, s.pool, `r.case_id = $1`, w.Case.ID)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, err
}

// corrections reads what the applicant of a case was asked for, the latest last.
func corrections(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]Correction, error) {
	rows, err := tx.Query(ctx, `
		select c.id, c.ground, c.documents, c.fields, c.form, coalesce(c.until, '0001-01-01'), c.confirm, c.asked_at, e.typed
		from cases.corrections c join cases.events e on e.id = c.id where c.case_id = $1 order by c.asked_at, c.id`, id)
	if err != nil {
		return nil, pg.Fault("get corrections", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c Correction, err error) {
		return c, row.Scan(&c.ID, &c.Ground, &c.Documents, &c.Fields, &c.Form, &c.Until, &c.Confirm, &c.AskedAt, &c.Text)
	})
	return list, pg.Fault("get corrections", err)
}

// queueCorrection writes what an act asks of the applicant, after its event.
func queueCorrection(b *pgx.Batch, w *Work) {
	c := w.asked
	if c == nil {
		return
	}
	var until, form any
	if !c.Until.IsZero() {
		until = c.Until
	}
	if c.Form != nil {
		form = c.Form
	}
	b.Queue(`insert into cases.corrections (id, case_id, ground, documents, fields, form, until, confirm, asked_at, asked_by)
		values ($1, $2, $3, coalesce($4::text[], '{}'), coalesce($5::text[], '{}'), $6, $7, $8, $9, $10)`,
		c.ID, w.Case.ID, c.Ground, c.Documents, c.Fields, form, until, c.Confirm, c.AskedAt, w.by.Audit().ID)
}

// formOfCase reads the form on which the answers of a case were given; nil when it came without one.
func formOfCase(ctx context.Context, tx pgx.Tx, c Case) (form json.RawMessage, err error) {
	if c.FormID == nil {
		return nil, nil
	}
	err = tx.QueryRow(ctx, `select schema from catalogue.forms where id = $1`, c.FormID).Scan(&form)
	return form, pg.Fault("get form of case", err)
}
