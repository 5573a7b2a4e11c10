package own

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// shareRow is a new share.
type shareRow struct {
	id              []byte
	version         uuid.UUID
	wrapped, sealed []byte
	endsAt          time.Time
	most            int
}

func (s *Store) give(ctx context.Context, h account.Holder, r shareRow) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from account.accounts where id = $1 for update`, h.ID); err != nil {
			return pg.Fault("lock account", err)
		}
		var n int
		if err := tx.QueryRow(ctx, `select count(*) from account.shares where account_id = $1`, h.ID).Scan(&n); err != nil {
			return pg.Fault("count shares", err)
		}
		if n >= MaxShares {
			return fault.New(fault.Conflict, "own.shares_full", MaxShares)
		}
		_, err := tx.Exec(ctx, `
			insert into account.shares (id, account_id, document_id, wrapped, sealed, ends_at, most) values ($1, $2, $3, $4, $5, $6, $7)`,
			r.id, h.ID, r.version, r.wrapped, r.sealed, r.endsAt, r.most)
		if pg.Code(err) == pg.CodeForeignKeyViolation {
			return errNotThere() // it was removed in another window
		}
		return pg.Fault("give document", err)
	})
}

func (s *Store) shares(ctx context.Context, h account.Holder) ([]Share, error) {
	rows, _ := s.pool.Query(ctx, `
		select id, document_id, sealed, ends_at, most, opened, opened_at, greatest(0, $2 - wrong), opened < most and wrong < $2 and ends_at > $3
		from account.shares where account_id = $1`, h.ID, WrongCodes, s.now())
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Share, error) {
		var one Share
		var id, sealed []byte
		if err := row.Scan(&id, &one.Version, &sealed, &one.EndsAt, &one.Most, &one.Opened, &one.OpenedAt, &one.Left, &one.Open); err != nil {
			return one, err
		}
		var r shareRecord
		err := h.Open(sealedShare, one.Version, sealed, &r)
		one.ID, one.Document, one.Whom, one.MadeAt = base64.RawURLEncoding.EncodeToString(id), r.Document, r.Whom, r.MadeAt
		return one, err
	})
	slices.SortFunc(list, func(a, b Share) int { return b.MadeAt.Compare(a.MadeAt) })
	return list, pg.Fault("list shares", err)
}

func (s *Store) endShare(ctx context.Context, h account.Holder, id []byte) error {
	tag, err := s.pool.Exec(ctx, `delete from account.shares where id = $1 and account_id = $2`, id, h.ID)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("end share", err)
}

// waiting is true of a share that a code may open; $2 is WrongCodes and $3 now.
const waiting = `opened < most and wrong < $2 and ends_at > $3`

func (s *Store) waits(ctx context.Context, id []byte) error {
	var there bool
	err := s.pool.QueryRow(ctx, `select exists (select from account.shares where id = $1 and `+waiting+`)`, id, WrongCodes, s.now()).Scan(&there)
	if err == nil && !there {
		return errNoShare()
	}
	return pg.Fault("find share", err)
}

// try counts one code, and says how many may still be tried after it if it does not fit.
func (s *Store) try(ctx context.Context, id []byte) (version uuid.UUID, wrapped []byte, left int, err error) {
	err = s.pool.QueryRow(ctx, `update account.shares set wrong = wrong + 1 where id = $1 and `+waiting+` returning document_id, wrapped, $2 - wrong`,
		id, WrongCodes, s.now()).Scan(&version, &wrapped, &left)
	if errors.Is(err, pgx.ErrNoRows) {
		return version, nil, 0, errNoShare()
	}
	return version, wrapped, left, pg.Fault("try share", err)
}

// untry takes back a try whose code was right, though the request may be over.
func (s *Store) untry(ctx context.Context, id []byte) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := s.pool.Exec(ctx, `update account.shares set wrong = greatest(0, wrong - 1) where id = $1`, id); err != nil {
		slog.WarnContext(ctx, "a right code stays counted as a try", "error", err)
	}
}

// taken counts that a share was opened, and takes back the try; NotFound when another was quicker.
func (s *Store) taken(ctx context.Context, id []byte) error {
	tag, err := s.pool.Exec(ctx, `
		update account.shares set opened = opened + 1, opened_at = $2, wrong = greatest(0, wrong - 1),
			wrapped = case when opened + 1 < most then wrapped else '' end
		where id = $1 and opened < most`, id, s.now())
	if err == nil && tag.RowsAffected() == 0 {
		return errNoShare()
	}
	return pg.Fault("count share", err)
}

// cleanShares takes from those that have ended what opened them, and forgets them after a while.
func (s *Store) cleanShares(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `update account.shares set wrapped = '' where wrapped <> '' and not (opened < most and wrong < $1 and ends_at > $2)`, WrongCodes, s.now())
	if err != nil {
		return pg.Fault("empty ended shares", err)
	}
	_, err = s.pool.Exec(ctx, `delete from account.shares where ends_at <= $1`, s.now().Add(-shareShown))
	return pg.Fault("forget ended shares", err)
}
