package questions

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Publication is what was published of a thread that the actor may see; NotFound when nothing ever was.
func (s *Store) Publication(ctx context.Context, actor access.Actor, thread uuid.UUID) (p Publication, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := load(ctx, tx, actor, thread, ""); err != nil {
			return err
		}
		p, err = publication(ctx, tx, thread)
		return err
	})
	return p, err
}

func publication(ctx context.Context, tx pgx.Tx, thread uuid.UUID) (p Publication, err error) {
	err = tx.QueryRow(ctx, `
		select id, question, question_en, answer, answer_en, published, published_at, version from questions.published where thread_id = $1`, thread).
		Scan(&p.ID, &p.Wording.Question.UK, &p.Wording.Question.EN, &p.Wording.Answer.UK, &p.Wording.Answer.EN, &p.Published, &p.PublishedAt, &p.Version)
	return p, pg.Fault("published question", err)
}

// Publish shows a question and its answer to everybody, or changes what is shown. version is that of the publication which the
// actor saw, 0 for none; one that changed since is a Conflict.
func (s *Store) Publish(ctx context.Context, actor access.Actor, thread uuid.UUID, version int, w Wording) error {
	w = w.clean()
	return s.publication(ctx, actor, thread, version, "publish", func(tx pgx.Tx, t Thread, id uuid.UUID) error {
		if !t.Publishable() {
			return fault.New(fault.Conflict, "questions.not_now")
		}
		if err := w.check(t); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			insert into questions.published (id, thread_id, centre_id, authority_id, service_id, question, question_en, answer, answer_en, published_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
			on conflict (thread_id) do update set centre_id = excluded.centre_id, authority_id = excluded.authority_id, service_id = excluded.service_id,
				question = excluded.question, question_en = excluded.question_en, answer = excluded.answer, answer_en = excluded.answer_en,
				published = true, published_at = excluded.published_at, version = questions.published.version + 1`,
			id, thread, t.Addressee.CentreID, t.Addressee.AuthorityID, t.ServiceID, w.Question.UK, w.Question.EN, w.Answer.UK, w.Answer.EN, s.now())
		return pg.Fault("publish question", err)
	})
}

// Withdraw hides what was published; it stays inside and can be published again.
func (s *Store) Withdraw(ctx context.Context, actor access.Actor, thread uuid.UUID, version int) error {
	return s.publication(ctx, actor, thread, version, "withdraw", func(tx pgx.Tx, _ Thread, _ uuid.UUID) error {
		tag, err := tx.Exec(ctx, `update questions.published set published = false, version = version + 1 where thread_id = $1 and published`, thread)
		if err == nil && tag.RowsAffected() == 0 {
			return fault.New(fault.Conflict, "questions.publish_changed")
		}
		return pg.Fault("withdraw question", err)
	})
}

// publication does something to what is published of a thread, with its thread locked.
func (s *Store) publication(ctx context.Context, actor access.Actor, thread uuid.UUID, version int, what string, do func(pgx.Tx, Thread, uuid.UUID) error) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		t, err := load(ctx, tx, actor, thread, " for update of t")
		if err != nil {
			return err
		}
		if err := access.Require(actor, Publish, t.Object()); err != nil {
			return err
		}
		p, err := publication(ctx, tx, thread)
		switch {
		case fault.Is(err, fault.NotFound):
			p.ID = uuid.Must(uuid.NewV7())
		case err != nil:
			return err
		}
		if p.Version != version {
			return fault.New(fault.Conflict, "questions.publish_changed")
		}
		if err := do(tx, t, p.ID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "questions.question." + what, ObjectType: "question", ObjectID: thread.String(),
			CentreID: t.Addressee.CentreID, AuthorityID: t.Addressee.AuthorityID, Detail: map[string]string{"number": t.Number},
		})
	})
}
