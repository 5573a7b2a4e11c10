package follow

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// lock reads what is known of a follower and keeps others from changing it meanwhile.
func lock(ctx context.Context, tx intake.Tx, id uuid.UUID) (f follower, found bool, err error) {
	err = tx.QueryRow(ctx, `
		select address, proof, wrong, proven_at is not null, message_id, said, set_at from notices.followers where id = $1 for update`, id).
		Scan(&f.address, &f.proof, &f.wrong, &f.proven, &f.message, &f.said, &f.setAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, false, nil
	}
	return f, err == nil, pg.Fault("find follower", err)
}

// lettersOf counts the letters with a proof that left lately, or are about to.
func lettersOf(ctx context.Context, tx intake.Tx, r *contract.Follow, now time.Time) (n letters, err error) {
	err = tx.QueryRow(ctx, `
		select count(*) filter (where address = $1), count(*) filter (where at > $2), count(*) filter (where at > $4 and follower_id = $5)
		from notices.proofs where at > $3`,
		hashOfAddress(r.Address), now.Add(-time.Hour), now.Add(-letterDay), now.Add(-letterTime), r.FollowerID).Scan(&n.address, &n.all, &n.justNow)
	return n, pg.Fault("count letters", err)
}

// send queues a letter with a proof. It counts against the limits whatever becomes of its follower.
func send(ctx context.Context, tx intake.Tx, r *contract.Follow, proof string, now time.Time) error {
	if _, err := tx.Exec(ctx, `delete from notices.proofs where at <= $1`, now.Add(-letterDay)); err != nil {
		return pg.Fault("forget letters", err)
	}
	_, err := tx.Exec(ctx, `insert into notices.proofs (address, follower_id, at) values ($1, $2, $3)`, hashOfAddress(r.Address), r.FollowerID, now)
	if err != nil {
		return pg.Fault("count letter", err)
	}
	_, err = tx.Exec(ctx, `insert into notices.copies (follower_id, proof, at) values ($1, $2, $3)`, r.FollowerID, proof, now)
	return pg.Fault("queue letter", err)
}

// stop ends everything that goes to the address to which a letter went, from whichever cabinet, and lets each know by the answer that it
// had last. A word that nobody has ends nothing.
func stop(ctx context.Context, tx intake.Tx, word string) error {
	_, err := tx.Exec(ctx, `
		with gone as (
		  delete from notices.followers f using notices.followers told where told.stop = $1 and lower(f.address) = lower(told.address) returning f.message_id)
		update submission.answers a set subject_number = $2, answered_at = now() from gone where a.message_id = gone.message_id and a.kind = $3`,
		word, contract.FollowOff, contract.KindFollow)
	return pg.Fault("stop letters", err)
}

// remove forgets a follower.
func remove(ctx context.Context, tx intake.Tx, id uuid.UUID) error {
	_, err := tx.Exec(ctx, `delete from notices.followers where id = $1`, id)
	return pg.Fault("remove follower", err)
}

// keep writes down what became of a follow.
func keep(ctx context.Context, tx intake.Tx, message uuid.UUID, r *contract.Follow, v verdict, now time.Time) error {
	if !v.keep {
		_, err := tx.Exec(ctx, `update notices.followers set wrong = $2, message_id = $3, said = $4, set_at = $5 where id = $1`,
			r.FollowerID, v.wrong, message, v.said, r.SubmittedAt)
		return pg.Fault("keep follower", err)
	}
	var provenAt *time.Time
	if v.proven {
		provenAt = &now
	}
	_, err := tx.Exec(ctx, `
		insert into notices.followers as f (id, address, language, quiet_from, quiet_to, proof, proven_at, stop, message_id, said, set_at, wrong)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
		on conflict (id) do update set address = excluded.address, language = excluded.language, quiet_from = excluded.quiet_from,
			quiet_to = excluded.quiet_to, proof = excluded.proof, proven_at = case when excluded.proven_at is not null then coalesce(f.proven_at, excluded.proven_at) end,
			wrong = excluded.wrong, message_id = excluded.message_id, said = excluded.said, set_at = excluded.set_at`,
		r.FollowerID, r.Address, r.Language, r.QuietFrom, r.QuietTo, v.proof, provenAt, contract.NewStop(), message, v.said, r.SubmittedAt, v.wrong)
	if err != nil {
		return pg.Fault("keep follower", err)
	}
	if err := keepFollowed(ctx, tx, r); err != nil || v.letter == "" {
		return err
	}
	return send(ctx, tx, r, v.letter, now)
}

// keepFollowed replaces what is followed. A case whose code was not shown is left out, and one that has followers enough.
func keepFollowed(ctx context.Context, tx intake.Tx, r *contract.Follow) error {
	if _, err := tx.Exec(ctx, `delete from notices.followed where follower_id = $1`, r.FollowerID); err != nil {
		return pg.Fault("forget followed cases", err)
	}
	for _, m := range r.Matters {
		code, err := seal.ParseCode(m.Code)
		if err != nil {
			return err // shared/contract has read it
		}
		hash := code.Hash()
		_, err = tx.Exec(ctx, `
			insert into notices.followed (follower_id, case_id, kinds)
			select $1, c.id, $4 from cases.cases c where c.id = $2 and c.code_hash = $3
			  and (select count(*) from notices.followed d where d.case_id = c.id) < $5`, r.FollowerID, m.CaseID, hash[:], kindsOf(m.Events), mostFollowers)
		if err != nil {
			return pg.Fault("follow case", err)
		}
	}
	return nil
}
