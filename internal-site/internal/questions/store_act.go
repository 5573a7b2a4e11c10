package questions

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// Do carries out what a member of staff does with the thread they saw at version. A thread that changed since is a
// Conflict.
func (s *Store) Do(ctx context.Context, actor access.Actor, id uuid.UUID, version int, c Command) error {
	c = c.clean()
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		t, err := load(ctx, tx, actor, id, " for update of t")
		if err != nil {
			return err
		}
		if err := access.Require(actor, AnswerTo, t.Object()); err != nil {
			return err
		}
		if t.Version != version {
			return fault.New(fault.Conflict, "questions.changed_already")
		}
		if !t.May(c.Act) {
			return fault.New(fault.Conflict, "questions.not_now")
		}
		if err := c.check(t); err != nil {
			return err
		}
		if err := s.apply(ctx, tx, actor, t, c); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "questions.question." + string(c.Act), ObjectType: "question", ObjectID: id.String(),
			CentreID: t.Addressee.CentreID, AuthorityID: t.Addressee.AuthorityID, Detail: detailOf(t, c),
		})
	})
}

func detailOf(t Thread, c Command) map[string]string {
	detail := map[string]string{"number": t.Number}
	if c.Act == DoHandOver {
		detail["to"] = c.To.ID().String()
	}
	return detail
}

// apply writes the thread as it is after the command, and what was written with it.
func (s *Store) apply(ctx context.Context, tx pgx.Tx, actor access.Actor, t Thread, c Command) error {
	if c.Act == DoHandOver {
		if err := checkNext(ctx, tx, c.To); err != nil {
			return err
		}
	}
	now := s.now()
	after := t.after(c, now)
	_, err := tx.Exec(ctx, `
		update questions.threads set state = $2, answered_at = $3, closed_at = $4, centre_id = $5, authority_id = $6, official = $7, version = version + 1
		where id = $1`, t.ID, after.State, after.AnsweredAt, after.ClosedAt, after.Addressee.CentreID, after.Addressee.AuthorityID, after.Official)
	if pg.Code(err) == pg.CodeForeignKeyViolation {
		return fault.InvalidFields(fault.FieldError{Field: "to", Key: "questions.to_required"})
	}
	if err != nil || c.Text == "" {
		return pg.Fault("change question", err)
	}
	var sealed []byte
	kind := c.kind()
	if kind != Note {
		if sealed, err = seal.ForCode(t.recipient, []byte(c.Text)); err != nil {
			return err
		}
	}
	batch := &pgx.Batch{}
	batch.Queue(`
		insert into questions.messages (id, thread_id, at, kind, text, author_id, author, sealed, published)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $8::bytea is not null)`,
		uuid.Must(uuid.NewV7()), t.ID, now, kind, c.Text, actor.UserID, actor.Name, sealed)
	if kind != Note {
		outbox.QueueAnswer(batch, outbox.Answer{ThreadID: t.ID, Closed: kind == Closing, At: now})
	}
	return pg.Fault("write message", tx.SendBatch(ctx, batch).Close())
}
