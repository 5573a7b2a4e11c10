package catalogue

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// ElsewhereStore keeps what others give. Make one with NewElsewhere.
type ElsewhereStore struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewElsewhere returns a store over pool.
func NewElsewhere(pool *pgxpool.Pool) *ElsewhereStore { return &ElsewhereStore{pool, time.Now} }

// At returns a copy of the store whose clock is now.
func (s *ElsewhereStore) At(now func() time.Time) *ElsewhereStore {
	return &ElsewhereStore{s.pool, now}
}

const elsewhereColumns = `select e.id, e.code, e.name, e.name_en, e.words, e.provider, e.provider_en, e.url, e.phone, e.address, e.address_en,
	e.how, e.how_en, e.published, e.checked_on, e.review_on, e.version, e.updated_at`

func (e *Elsewhere) into() []any {
	return []any{
		&e.ID, &e.Code, &e.Name.UK, &e.Name.EN, &e.Words, &e.Provider.UK, &e.Provider.EN, &e.URL, &e.Phone, &e.Address.UK, &e.Address.EN,
		&e.How.UK, &e.How.EN, &e.Published, &e.CheckedOn, &e.ReviewOn, &e.Version, &e.UpdatedAt,
	}
}

// List returns one page of what the filter asks for, by the Ukrainian alphabet, and how many there are.
func (s *ElsewhereStore) List(ctx context.Context, actor access.Actor, f ElsewhereFilter) ([]Elsewhere, int, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	rows, err := s.pool.Query(ctx, elsewhereColumns+`, count(*) over ()
		from catalogue.elsewhere e
		where not exists (select from unnest(@words::text[]) word
		                  where translate(lower(concat_ws(' ', e.name, e.name_en, e.words, e.provider, e.provider_en, e.code)), '''’ʼ`+"`"+`', '')
		                        not like '%' || word || '%')
		  and (@review = '' or coalesce(e.review_on <= @today, true) = (@review = 'due'))
		  and (@published = '' or e.published = (@published = 'yes'))
		order by e.name collate "uk-x-icu", e.id
		limit @size offset @offset`, pgx.NamedArgs{
		"words": pg.LikeWords(f.Q), "review": f.Review, "published": f.Published, "today": s.Today(),
		"size": f.Size, "offset": (max(f.Page, 1) - 1) * f.Size,
	})
	if err != nil {
		return nil, 0, pg.Fault("list elsewhere", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Elsewhere, err error) {
		return e, row.Scan(append(e.into(), &total)...)
	})
	return list, total, pg.Fault("list elsewhere", err)
}

// Today is the day by which reviews are due.
func (s *ElsewhereStore) Today() time.Time { return workdays.DateOf(s.now()) }

// Get returns one; NotFound when there is none.
func (s *ElsewhereStore) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (e Elsewhere, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return e, err
	}
	return e, pg.Fault("get elsewhere", s.pool.QueryRow(ctx, elsewhereColumns+` from catalogue.elsewhere e where e.id = $1`, id).Scan(e.into()...))
}

// Waiting counts those that the actor has to look at again.
func (s *ElsewhereStore) Waiting(ctx context.Context, actor access.Actor) (due int, err error) {
	if !access.Can(actor, EditElsewhere, access.Object{}) {
		return 0, nil
	}
	err = s.pool.QueryRow(ctx, `select count(*) from catalogue.elsewhere where coalesce(review_on <= $1, true)`, s.Today()).Scan(&due)
	return due, pg.Fault("count elsewhere", err)
}

// Save writes what was typed; Version 0 adds one under v.ID, any other must be the latest: otherwise Conflict, and nothing is written. The
// same addition sent twice adds one.
func (s *ElsewhereStore) Save(ctx context.Context, actor access.Actor, v Elsewhere) error {
	if err := access.Require(actor, EditElsewhere, access.Object{}); err != nil {
		return err
	}
	v = v.Tidy()
	if err := v.Check(s.Today()); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := unnamed(ctx, tx, v); err != nil {
			return err
		}
		written, err := s.write(ctx, tx, actor, v)
		if err != nil || !written {
			return err
		}
		act := "edit"
		if v.Version == 0 {
			act = "add"
		}
		return recordElsewhere(ctx, tx, actor, act, v)
	})
}

// unnamed refuses a name that another has: people would find two answers and staff mend one of them.
func unnamed(ctx context.Context, tx pgx.Tx, v Elsewhere) error {
	var taken bool
	err := tx.QueryRow(ctx, `select exists (select from catalogue.elsewhere where lower(name) = lower($1) and id <> $2)`, v.Name.UK, v.ID).Scan(&taken)
	if err == nil && taken {
		return fault.InvalidFields(fault.FieldError{Field: "name.uk", Key: "catalogue.elsewhere_taken"})
	}
	return pg.Fault("look for the name", err)
}

// write says whether there was anything to write: an addition that is there already is the same button pressed again.
func (s *ElsewhereStore) write(ctx context.Context, tx pgx.Tx, actor access.Actor, v Elsewhere) (bool, error) {
	args := []any{
		v.ID, v.Name.UK, v.Name.EN, v.Words, v.Provider.UK, v.Provider.EN, v.URL, v.Phone, v.Address.UK, v.Address.EN, v.How.UK, v.How.EN,
		v.Published, v.CheckedOn, v.ReviewOn, actor.UserID, s.now(),
	}
	if v.Version == 0 {
		tag, err := tx.Exec(ctx, `
			insert into catalogue.elsewhere (id, code, name, name_en, words, provider, provider_en, url, phone, address, address_en, how, how_en,
			  published, checked_on, review_on, updated_by, updated_at)
			values ($1::uuid, $1::uuid::text, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
			on conflict (id) do nothing`, args...)
		return tag.RowsAffected() == 1, pg.Fault("add elsewhere", err)
	}
	tag, err := tx.Exec(ctx, `
		update catalogue.elsewhere set name = $2, name_en = $3, words = $4, provider = $5, provider_en = $6, url = $7, phone = $8, address = $9,
		  address_en = $10, how = $11, how_en = $12, published = $13, checked_on = $14, review_on = $15, updated_by = $16, updated_at = $17,
		  version = version + 1
		where id = $1 and version = $18`, append(args, v.Version)...)
	return true, oneChanged(ctx, tx, v.ID, tag.RowsAffected(), err)
}

// oneChanged tells what changed meanwhile from what is not there.
func oneChanged(ctx context.Context, tx pgx.Tx, id uuid.UUID, rows int64, err error) error {
	if err != nil || rows == 1 {
		return pg.Fault("save elsewhere", err)
	}
	var there bool
	if err := tx.QueryRow(ctx, `select exists (select from catalogue.elsewhere where id = $1)`, id).Scan(&there); err != nil {
		return pg.Fault("save elsewhere", err)
	}
	if !there {
		return fault.New(fault.NotFound, "")
	}
	return fault.New(fault.Conflict, "")
}

// Confirm writes that somebody has looked today at what the actor saw at version, that it is true, and when to look again.
func (s *ElsewhereStore) Confirm(ctx context.Context, actor access.Actor, id uuid.UUID, version int, review *time.Time) error {
	if err := access.Require(actor, EditElsewhere, access.Object{}); err != nil {
		return err
	}
	today := s.Today()
	if err := checkReview(&today, review); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v := Elsewhere{ID: id, ReviewOn: review}
		err := tx.QueryRow(ctx, `
			update catalogue.elsewhere set checked_on = $3, review_on = $4, updated_by = $5, updated_at = $6, version = version + 1
			where id = $1 and version = $2 returning name, provider, url, phone, published`,
			id, version, today, review, actor.UserID, s.now()).Scan(&v.Name.UK, &v.Provider.UK, &v.URL, &v.Phone, &v.Published)
		if fault.Is(pg.Fault("", err), fault.NotFound) {
			return oneChanged(ctx, tx, id, 0, nil)
		}
		if err != nil {
			return pg.Fault("confirm elsewhere", err)
		}
		return recordElsewhere(ctx, tx, actor, "confirm", v)
	})
}

func recordElsewhere(ctx context.Context, tx pgx.Tx, actor access.Actor, act string, v Elsewhere) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "catalogue.elsewhere." + act, ObjectType: "elsewhere", ObjectID: v.ID.String(),
		Detail: map[string]any{
			"name": v.Name.UK, "provider": v.Provider.UK, "url": v.URL, "phone": v.Phone, "published": v.Published,
			"review_on": v.ReviewOn.Format(time.DateOnly),
		},
	})
}

// LastChange says who changed it last.
func (s *ElsewhereStore) LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "elsewhere", id.String(), "catalogue.elsewhere.")
}
