package own

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/external-site/internal/account"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps the rows. It needs the role external_site.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore makes a store; now is time.Now when nil.
func NewStore(pool *pgxpool.Pool, now func() time.Time) *Store {
	if now == nil {
		now = time.Now
	}
	return &Store{pool, now}
}

// all is how many bytes the documents of all accounts take.
func (s *Store) all(ctx context.Context) (size int64, err error) {
	err = s.pool.QueryRow(ctx, `select coalesce(sum(size), 0)::bigint from account.documents`).Scan(&size)
	return size, pg.Fault("count all documents", err)
}

// used is how much room the account has taken, files on their way among it.
func used(ctx context.Context, db pg.Queryer, account uuid.UUID) (u Used, err error) {
	err = db.QueryRow(ctx, `select count(*), coalesce(sum(size), 0)::bigint from account.documents where account_id = $1`, account).Scan(&u.Files, &u.Size)
	return u, pg.Fault("count documents", err)
}

// same is what an account has of a version with the same mark.
type same int

const (
	nothing     same = iota
	arrivingNow      // its object is on the way
	arrived
)

// claim makes the row of a version whose object is about to be stored, if the account has room for it and nothing with the same mark.
func (s *Store) claim(ctx context.Context, w account.Writer, id uuid.UUID, sealed []byte, size int64, mark []byte) (there same, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		// The account's row keeps two windows from filling the same room.
		tag, err := tx.Exec(ctx, `select from account.accounts where id = $1 for update`, w.ID)
		if err == nil && tag.RowsAffected() == 0 {
			return fault.New(fault.Unsigned, "account.ended") // it was erased meanwhile
		}
		if err != nil {
			return pg.Fault("lock account", err)
		}
		if there, err = sameMark(ctx, tx, w.ID, mark); err != nil || there != nothing {
			return err
		}
		u, err := used(ctx, tx, w.ID)
		if err != nil {
			return err
		}
		if err := u.fits(size); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into account.documents (id, account_id, sealed, size, expires_at, mark) values ($1, $2, $3, $4, $5, $6)`,
			id, w.ID, sealed, size, s.now().Add(arriving), mark)
		return pg.Fault("claim document", err)
	})
	return there, err
}

func sameMark(ctx context.Context, tx pgx.Tx, account uuid.UUID, mark []byte) (same, error) {
	if mark == nil {
		return nothing, nil
	}
	var coming bool
	err := tx.QueryRow(ctx, `select expires_at is not null from account.documents where account_id = $1 and mark = $2`, account, mark).Scan(&coming)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nothing, nil
	case err != nil:
		return nothing, pg.Fault("find document", err)
	case coming:
		return arrivingNow, nil
	}
	return arrived, nil
}

// arrived says that the object is there; NotFound when its row was given up meanwhile.
func (s *Store) arrived(ctx context.Context, id uuid.UUID) error {
	tag, err := s.pool.Exec(ctx, `update account.documents set expires_at = null where id = $1`, id)
	if err == nil && tag.RowsAffected() == 0 {
		return errNotThere()
	}
	return pg.Fault("keep document", err)
}

// drop removes rows of the account; their objects are removed by sweep. It says how many there were.
func (s *Store) drop(ctx context.Context, account uuid.UUID, ids []uuid.UUID) (int64, error) {
	tag, err := s.pool.Exec(ctx, `delete from account.documents where account_id = $1 and id = any($2)`, account, ids)
	return tag.RowsAffected(), pg.Fault("remove documents", err)
}

// versions lists the account's, opened, in no order.
func (s *Store) versions(ctx context.Context, db pg.Queryer, h account.Holder) ([]Version, error) {
	rows, _ := db.Query(ctx, `select id, sealed from account.documents where account_id = $1 and expires_at is null`, h.ID)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Version, error) {
		var id uuid.UUID
		var sealed []byte
		if err := row.Scan(&id, &sealed); err != nil {
			return Version{}, err
		}
		var r record
		err := h.Open(sealedDocument, id, sealed, &r)
		return r.version(id), err
	})
	return list, pg.Fault("list documents", err)
}

// version is one of them; NotFound when the account does not have it.
func (s *Store) version(ctx context.Context, h account.Holder, id uuid.UUID) (Version, error) {
	var sealed []byte
	err := s.pool.QueryRow(ctx, `select sealed from account.documents where id = $1 and account_id = $2 and expires_at is null`, id, h.ID).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return Version{}, errNotThere()
	}
	if err != nil {
		return Version{}, pg.Fault("find document", err)
	}
	var r record
	err = h.Open(sealedDocument, id, sealed, &r)
	return r.version(id), err
}

// rename gives every version of a document the name and the kind; NotFound when the account has none.
func (s *Store) rename(ctx context.Context, h account.Holder, document uuid.UUID, name, kind string) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from account.accounts where id = $1 for update`, h.ID); err != nil {
			return pg.Fault("lock account", err)
		}
		all, err := s.versions(ctx, tx, h)
		if err != nil {
			return err
		}
		found := false
		for _, v := range all {
			if v.document != document {
				continue
			}
			found, v.name, v.kind = true, name, kind
			sealed, err := h.Writer().Seal(sealedDocument, v.ID, v.record())
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update account.documents set sealed = $2 where id = $1`, v.ID, sealed); err != nil {
				return pg.Fault("rename document", err)
			}
		}
		if !found {
			return errNotThere()
		}
		return nil
	})
}

// giveUp removes rows whose objects never arrived.
func (s *Store) giveUp(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `delete from account.documents where expires_at <= $1`, s.now())
	return pg.Fault("give up documents", err)
}

// gone lists objects that no row names any more.
func (s *Store) gone(ctx context.Context, most int) ([]uuid.UUID, error) {
	rows, _ := s.pool.Query(ctx, `select id from account.objects_gone limit $1`, most)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, pg.Fault("list objects that are gone", err)
}

// goes notes that an object is to be removed, whether it is there or not.
func (s *Store) goes(ctx context.Context, id uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `insert into account.objects_gone (id) values ($1) on conflict do nothing`, id)
	return pg.Fault("note object", err)
}

// forget says that those are removed.
func (s *Store) forget(ctx context.Context, ids []uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `delete from account.objects_gone where id = any($1)`, ids)
	return pg.Fault("forget objects that are gone", err)
}

func (r record) version(id uuid.UUID) Version {
	return Version{
		ID: id, FileName: r.FileName, MediaType: r.MediaType, Size: r.Size, SHA256: r.SHA256, AddedAt: r.AddedAt, From: r.From,
		name: r.Name, kind: r.Kind, document: r.Document, key: r.Key,
	}
}

func (v Version) record() record {
	return record{
		Document: v.document, Name: v.name, Kind: v.kind, FileName: v.FileName, MediaType: v.MediaType, Size: v.Size, SHA256: v.SHA256,
		AddedAt: v.AddedAt, From: v.From, Key: v.key,
	}
}
