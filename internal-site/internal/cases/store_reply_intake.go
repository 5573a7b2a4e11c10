package cases

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
)

// replied is what the intake learns of a case that somebody answers about.
type replied struct {
	ID, CentreID, AuthorityID uuid.UUID
	Number                    string
	Card                      contract.Card
}

// repliedCase finds the case whose secret code has the hash; NotFound when the case has another one, or there is none.
func repliedCase(ctx context.Context, tx pgx.Tx, id uuid.UUID, hash []byte) (c replied, err error) {
	var card []byte
	err = tx.QueryRow(ctx, `
		select c.id, c.centre_id, c.authority_id, c.number, card.content from cases.cases c join catalogue.cards card on card.id = c.card_id
		where c.id = $1 and c.code_hash = $2`, id, hash).Scan(&c.ID, &c.CentreID, &c.AuthorityID, &c.Number, &card)
	if err != nil {
		return c, pg.Fault("find case of reply", err)
	}
	return c, pg.Fault("read card", unmarshal(card, &c.Card))
}

// replyKnown says whether the reply of a message was taken before.
func replyKnown(ctx context.Context, tx pgx.Tx, message uuid.UUID) (known bool, err error) {
	err = tx.QueryRow(ctx, `select exists (select from cases.replies where message_id = $1)`, message).Scan(&known)
	return known, pg.Fault("find reply", err)
}

// formOfCorrection is the form of what was asked in the case; nil when no fields were. NotFound when nothing was asked by that id.
func formOfCorrection(ctx context.Context, tx pgx.Tx, caseID, id uuid.UUID) (form json.RawMessage, err error) {
	err = tx.QueryRow(ctx, `select form from cases.corrections where id = $1 and case_id = $2`, id, caseID).Scan(&form)
	return form, pg.Fault("find correction", err)
}

// insertReply writes a reply with its papers.
func insertReply(ctx context.Context, tx pgx.Tx, r Reply) error {
	_, err := tx.Exec(ctx, `
		insert into cases.replies (id, case_id, message_id, receipt_number, correction_id, purpose, text, answers, sent_at, taken_at, entered_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		r.ID, r.CaseID, r.MessageID, r.Receipt, r.CorrectionID, r.Purpose, r.Text, r.Answers, r.SentAt, r.TakenAt, r.EnteredBy)
	if err != nil {
		return pg.Fault("write reply", err)
	}
	for _, f := range r.Files {
		if err := documents.Insert(ctx, tx, f.File); err != nil {
			return fmt.Errorf("paper of reply: %w", err)
		}
		if _, err := tx.Exec(ctx, `insert into cases.reply_files (reply_id, file_id, document) values ($1, $2, $3)`, r.ID, f.ID, f.Document); err != nil {
			return pg.Fault("write paper of reply", err)
		}
	}
	return nil
}
