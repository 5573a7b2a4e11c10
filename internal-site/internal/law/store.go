package law

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/citation"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store keeps the library. Make one with NewStore.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool, time.Now} }

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store { return &Store{s.pool, now} }

// Today is the day by which editions are in force.
func (s *Store) Today() time.Time { return workdays.DateOf(s.now()) }

const actColumns = `a.id, a.title, a.title_en, a.kind, a.number, a.issuer, a.adopted_on, a.level, a.url, a.notes, a.published, a.version, a.updated_at`

func (a *Act) into() []any {
	return []any{
		&a.ID, &a.Title.UK, &a.Title.EN, &a.Kind, &a.Number, &a.Issuer, &a.AdoptedOn, &a.Level, &a.URL, &a.Notes, &a.Published, &a.Version, &a.UpdatedAt,
	}
}

// current is the edition of the act a that is in force on @today.
const current = `from law.editions e where e.act_id = a.id and e.withdrawn_at is null and e.in_force_on <= @today order by e.in_force_on desc limit 1`

// List returns one page of what the filter asks for, and how many there are. An act whose number was typed comes first, then the
// alphabet. Texts are not read.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) ([]Row, int, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return nil, 0, err
	}
	q := citation.Parse(f.Q)
	rows, err := s.pool.Query(ctx, `
		with keys as materialized (
		  select n, law.number_key(n) as k, at from unnest(@numbers::text[], @addresses::text[]) x (n, at)
		), page as (
		  select a.id, count(*) over () as total, row_number() over (order by f.own desc, f.said desc, a.title collate "uk-x-icu", a.id) as place
		  from law.acts a
		  cross join lateral (select case when a.url = '' then '' else
		    coalesce(substring(lower(a.url) from '/laws/show/([^?#]+)'), substring(lower(a.url) from '([^/?#]+)/?([?#].*)?$'), '') end as ends offset 0) u
		  cross join lateral (
		    select exists (select from keys where a.number_key = k or u.ends in (n, at) or starts_with(u.ends, n || '/') or starts_with(u.ends, at || '/')) as own,
		      not exists (select from unnest(@words::text[]) word where a.found_by not like '%' || word || '%') as said
		    offset 0 -- each once an act, however often they are named below
		  ) f
		  where (f.own or f.said)
		    and not exists (
		      select from keys
		      where not (a.number_key = k or starts_with(a.number_key, k || '-') or starts_with(a.number_key, k || '/') or position(n in a.found_by) > 0
		        or u.ends in (n, at) or starts_with(u.ends, n || '/') or starts_with(u.ends, at || '/')))
		    and (cardinality(@days::date[]) = 0 or a.adopted_on = any(@days::date[]) or a.adopted_on is null and f.own)
		    and (@kind = '' or a.kind = @kind)
		    and (@level = '' or a.level = @level)
		    and (@published = '' or a.published = (@published = 'yes'))
		    and (@text = '' or exists (select from law.editions e where e.act_id = a.id and e.withdrawn_at is null) = (@text = 'yes'))
		  order by place
		  limit @size offset @offset
		)
		select `+actColumns+`, (select in_force_on `+current+`),
		  (select count(distinct c.service_id) from catalogue.cards c where `+citing+`), page.total
		from page join law.acts a on a.id = page.id order by page.place`, pgx.NamedArgs{
		"words": pg.LikeWords(q.Words), "numbers": orEmpty(q.Numbers), "addresses": q.Addresses(), "days": orEmpty(q.Days), "kind": f.Kind, "level": f.Level, "published": f.Published, "text": f.Text,
		"today": s.Today(), "size": f.Size, "offset": (max(f.Page, 1) - 1) * f.Size,
	})
	if err != nil {
		return nil, 0, pg.Fault("list acts", err)
	}
	total := 0
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Row, err error) {
		return r, row.Scan(append(r.into(), &r.InForceOn, &r.Services, &total)...)
	})
	return list, total, pg.Fault("list acts", err)
}

// orEmpty is the list as the database takes it: an empty one is no null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// Get returns one act; NotFound when there is none.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (a Act, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return a, err
	}
	return a, pg.Fault("get act", s.pool.QueryRow(ctx, `select `+actColumns+` from law.acts a where a.id = $1`, id).Scan(a.into()...))
}

// Save writes what was typed; Version 0 adds an act under v.ID, which citizens do not see yet, any other must be the latest: otherwise
// Conflict, and nothing is written. The same addition sent twice adds one. Whether it is published is Publish's.
func (s *Store) Save(ctx context.Context, actor access.Actor, v Act) error {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return err
	}
	v = v.Tidy()
	if err := v.Check(s.Today()); err != nil {
		return err
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		if err := unlisted(ctx, tx, v); err != nil {
			return err
		}
		written, err := s.write(ctx, tx, v)
		if err != nil || !written {
			return err
		}
		act := "edit"
		if v.Version == 0 {
			act = "add"
		}
		return recordAct(ctx, tx, actor, act, v, "")
	})
}

// unlisted refuses a second entry of one act: cards would cite one and staff mend the other. An act of nobody knows no better than any with its
// number and its day.
func unlisted(ctx context.Context, tx pgx.Tx, v Act) error {
	if v.Number == "" {
		return nil
	}
	// Whoever enters the same number at the same moment waits here until this one is written.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('law.acts'), hashtext(law.number_key($1)))`, v.Number); err != nil {
		return pg.Fault("hold the number", err)
	}
	var taken bool
	err := tx.QueryRow(ctx, `select exists (select from law.acts
		where number_key = law.number_key($1) and id <> $2 and (lower(issuer) = lower($3) or issuer = '' or $3 = '') and adopted_on is not distinct from $4)`,
		v.Number, v.ID, v.Issuer, v.AdoptedOn).Scan(&taken)
	if err == nil && taken {
		return fault.InvalidFields(fault.FieldError{Field: "number", Key: "law.number_taken"})
	}
	return pg.Fault("look for the number", err)
}

// write says whether there was anything to write: an addition that is there already is the same button pressed again.
func (s *Store) write(ctx context.Context, tx pgx.Tx, v Act) (bool, error) {
	args := []any{v.ID, v.Title.UK, v.Title.EN, v.Kind, v.Number, v.Issuer, v.AdoptedOn, v.Level, v.URL, v.Notes, s.now()}
	if v.Version == 0 {
		tag, err := tx.Exec(ctx, `
			insert into law.acts (id, title, title_en, kind, number, issuer, adopted_on, level, url, notes, updated_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing`, args...)
		return tag.RowsAffected() == 1, pg.Fault("add act", err)
	}
	tag, err := tx.Exec(ctx, `
		update law.acts set title = $2, title_en = $3, kind = $4, number = $5, issuer = $6, adopted_on = $7, level = $8, url = $9, notes = $10,
		  updated_at = $11, version = version + 1
		where id = $1 and version = $12`, append(args, v.Version)...)
	if err == nil && tag.RowsAffected() == 0 {
		return false, missed(ctx, tx, v.ID)
	}
	return true, pg.Fault("save act", err)
}

// missed tells what changed meanwhile from what is not there.
func missed(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	var there bool
	if err := tx.QueryRow(ctx, `select exists (select from law.acts where id = $1)`, id).Scan(&there); err != nil {
		return pg.Fault("look for the act", err)
	}
	if !there {
		return fault.New(fault.NotFound, "")
	}
	return fault.New(fault.Conflict, "law.changed")
}

// Publish shows an act to citizens, or takes it back with a reason. Nothing is written about an act that is so already: the button was pressed
// again. Conflict when the act has changed since the person looked.
func (s *Store) Publish(ctx context.Context, actor access.Actor, id uuid.UUID, version int, published bool, reason string) error {
	if err := access.Require(actor, Edit, access.Object{}); err != nil {
		return err
	}
	act := "publish"
	if !published {
		act = "withdraw"
		if err := checkReason(reason); err != nil {
			return err
		}
	}
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		v := Act{ID: id, Published: published}
		err := tx.QueryRow(ctx, `update law.acts set published = $3, version = version + 1, updated_at = $4
			where id = $1 and version = $2 and published <> $3 returning title, number`, id, version, published, s.now()).Scan(&v.Title.UK, &v.Number)
		if fault.Is(pg.Fault("", err), fault.NotFound) {
			var already bool
			if err := tx.QueryRow(ctx, `select exists (select from law.acts where id = $1 and published = $2)`, id, published).Scan(&already); err != nil || already {
				return pg.Fault("look for the act", err)
			}
			return missed(ctx, tx, id)
		}
		if err != nil {
			return pg.Fault("publish act", err)
		}
		return recordAct(ctx, tx, actor, act, v, reason)
	})
}

func recordAct(ctx context.Context, tx pgx.Tx, actor access.Actor, act string, v Act, reason string) error {
	return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
		Action: "law.act." + act, ObjectType: "act", ObjectID: v.ID.String(), Reason: reason,
		Detail: map[string]any{"title": v.Title.UK, "number": v.Number},
	})
}

// LastChange says who changed the act or its editions last.
func (s *Store) LastChange(ctx context.Context, id uuid.UUID) (audit.Change, error) {
	return audit.LastChange(ctx, s.pool, "act", id.String(), "law.")
}
