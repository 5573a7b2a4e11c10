package account

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// AddApplicant keeps an applicant for the account; it only seals, so it needs no more than a session. Conflict when the account has
// MaxApplicants.
func (s *Store) AddApplicant(ctx context.Context, w Writer, a Applicant) error {
	a.ID, a.SavedAt = uuid.New(), s.now().UTC() // a random id: one with a time in it would tell when
	sealed, err := sealJSON(w.public, sealedApplicant, a.ID, a)
	if err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		// The account's row keeps two windows from filling the same place.
		if _, err := tx.Exec(ctx, `select from account.accounts where id = $1 for update`, w.ID); err != nil {
			return pg.Fault("lock account", err)
		}
		var n int
		if err := tx.QueryRow(ctx, `select count(*) from account.applicants where account_id = $1`, w.ID).Scan(&n); err != nil {
			return pg.Fault("count applicants", err)
		}
		if n >= MaxApplicants {
			return fault.New(fault.Conflict, "account.applicants_full", MaxApplicants)
		}
		_, err := tx.Exec(ctx, `insert into account.applicants (id, account_id, sealed) values ($1, $2, $3)`, a.ID, w.ID, sealed)
		return pg.Fault("keep applicant", err)
	})
}

// RememberApplicant does what AddApplicant does for the account of the session that the token finds. Unsigned when there is none.
func (s *Store) RememberApplicant(ctx context.Context, t Token, a Applicant) error {
	w, err := s.Writer(ctx, t)
	if err != nil {
		return err
	}
	a.FromApplication = true
	return s.AddApplicant(ctx, w, a)
}

// ChangeApplicant puts the answers in place of those that are kept; NotFound when the account does not have it.
func (s *Store) ChangeApplicant(ctx context.Context, h Holder, a Applicant) error {
	a.SavedAt, a.FromApplication = s.now().UTC(), false
	sealed, err := sealJSON(h.key.Public(), sealedApplicant, a.ID, a)
	if err != nil {
		return err
	}
	tag, err := s.pool.Exec(ctx, `update account.applicants set sealed = $3 where id = $1 and account_id = $2`, a.ID, h.ID, sealed)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("change applicant", err)
}

// Applicants lists those of the account, opened, the one saved last first.
func (s *Store) Applicants(ctx context.Context, h Holder) ([]Applicant, error) {
	rows, _ := s.pool.Query(ctx, `select id, sealed from account.applicants where account_id = $1`, h.ID)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Applicant, error) {
		var a Applicant
		var id uuid.UUID
		var sealed []byte
		if err := row.Scan(&id, &sealed); err != nil {
			return a, err
		}
		err := openJSON(h, sealedApplicant, id, sealed, &a)
		a.ID, a.sealed = id, sealed
		return a, err
	})
	slices.SortFunc(list, func(a, b Applicant) int {
		return cmp.Or(b.SavedAt.Compare(a.SavedAt), slices.Compare(a.ID[:], b.ID[:]))
	})
	return list, pg.Fault("list applicants", err)
}

// Applicant is one of them; NotFound when the account does not have it.
func (s *Store) Applicant(ctx context.Context, h Holder, id uuid.UUID) (Applicant, error) {
	all, err := s.Applicants(ctx, h)
	if err != nil {
		return Applicant{}, err
	}
	if i := slices.IndexFunc(all, func(a Applicant) bool { return a.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Applicant{}, errNotThere()
}

// RemoveApplicant forgets it; NotFound when the account does not have it.
func (s *Store) RemoveApplicant(ctx context.Context, h Holder, id uuid.UUID) error {
	tag, err := s.pool.Exec(ctx, `delete from account.applicants where id = $1 and account_id = $2`, id, h.ID)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("remove applicant", err)
}

// DropApplicant forgets it unless it was changed since it was read.
func (s *Store) DropApplicant(ctx context.Context, h Holder, a Applicant) error {
	_, err := s.pool.Exec(ctx, `delete from account.applicants where id = $1 and account_id = $2 and sealed = $3`, a.ID, h.ID, a.sealed)
	return pg.Fault("drop applicant", err)
}
