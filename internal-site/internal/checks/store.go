package checks

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Store is the packages as staff see them. Make one with NewStore.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store over pool.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool: pool, now: time.Now} }

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

const selectPackage = `
	select p.id, p.number, p.message_id, p.receipt_number, p.centre_id, c.name, c.name_en, p.service_id, v.name, v.name_en, p.note, p.name, p.email,
	       p.phone, p.language, p.state, p.sent_at, p.registered_at, p.due_on, p.answered_at, p.closed_at, p.files_until, p.files_gone_at,
	       p.version, (select count(*) from checks.papers r where r.package_id = p.id), p.recipient
	from checks.packages p
	join org.centres c on c.id = p.centre_id
	join catalogue.services v on v.id = p.service_id`

func scanPackage(row pgx.CollectableRow) (p Package, err error) {
	err = row.Scan(&p.ID, &p.Number, &p.MessageID, &p.ReceiptNumber, &p.CentreID, &p.Centre.UK, &p.Centre.EN, &p.ServiceID, &p.Service.UK, &p.Service.EN,
		&p.Note, &p.Name, &p.Email, &p.Phone, &p.Language, &p.State, &p.SentAt, &p.RegisteredAt, &p.DueOn, &p.AnsweredAt, &p.ClosedAt,
		&p.FilesUntil, &p.FilesGoneAt, &p.Version, &p.PaperCount, &p.recipient)
	return p, err
}

// conditions of a list: the filter, then who may see.
const conditions = `
	    (@state = 'all' or p.state = @state or (@state = '' and p.state = 'open'))
	and (not @late or (p.state = 'open' and p.due_on < @today))
	and (not @untold or p.id in (select o.package_id from notices.outbox o where o.package_id is not null and ` + outbox.Untold + `))
	and not exists (select from unnest(@words::text[]) word
	                where translate(lower(p.number || ' ' || p.receipt_number || ' ' || p.name), '''’ʼ` + "`" + `', '') not like '%' || word || '%')
	and ` + ScopeSQL

func (s *Store) arguments(actor access.Actor, f Filter, own map[string]any) pgx.NamedArgs {
	state := string(f.State)
	if f.State == "" && f.Q != "" {
		state = "all"
	}
	args := map[string]any{"state": state, "late": f.Late, "untold": f.Untold, "today": workdays.DateOf(s.now()), "words": pg.LikeWords(strings.TrimSpace(f.Q))}
	for name, value := range own {
		args[name] = value
	}
	return access.ScopeOf(actor, View).Args(args)
}

// List returns one page of the packages that the filter asks for and the actor may see, those that are due first on top.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) (List, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return List{}, err
	}
	var l List
	err := pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from checks.packages p where `+conditions, s.arguments(actor, f, nil)).Scan(&l.Total); err != nil {
			return err
		}
		l.Page = clamp(f.Page, l.Total)
		rows, err := tx.Query(ctx, selectPackage+` where `+conditions+`
			order by p.state <> 'open', case when p.state = 'open' then p.due_on end, p.registered_at desc, p.id limit @limit offset @offset`,
			s.arguments(actor, f, map[string]any{"limit": PageSize, "offset": (l.Page - 1) * PageSize}))
		if err != nil {
			return err
		}
		l.Packages, err = pgx.CollectRows(rows, scanPackage)
		return err
	})
	return l, pg.Fault("list checks", err)
}

// Waiting counts the packages that wait for an answer of the actor's centres, and those of them that are late.
func (s *Store) Waiting(ctx context.Context, actor access.Actor) (open, late int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, 0, err
	}
	err = s.pool.QueryRow(ctx, `select count(*), count(*) filter (where p.due_on < @today) from checks.packages p where `+conditions,
		s.arguments(actor, Filter{State: Open}, nil)).Scan(&open, &late)
	return open, late, pg.Fault("count checks", err)
}

// Untold counts those of the actor's places with an answer of which whoever asked does not know.
func (s *Store) Untold(ctx context.Context, actor access.Actor) (n int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, `select count(distinct p.id) from notices.outbox o join checks.packages p on p.id = o.package_id where `+outbox.Untold+` and `+ScopeSQL,
		pgx.NamedArgs(access.ScopeOf(actor, View).Args(nil))).Scan(&n)
	return n, pg.Fault("count answers that are not known", err)
}

// Get returns a package with its papers and everything that was answered; NotFound when the actor may not see it, as if there were none.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (p Package, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if p, err = load(ctx, tx, actor, id, ""); err != nil {
			return err
		}
		for i := range p.Papers {
			if file := p.Papers[i].FileID; file != nil {
				if p.Papers[i].File, err = documents.Get(ctx, tx, *file); err != nil {
					return err
				}
			}
		}
		listed, err := documentsOf(ctx, tx, p.ServiceID)
		if err != nil {
			return err
		}
		p.Missing = missing(listed, p.Papers)
		p.Answers, err = answers(ctx, tx, id)
		return err
	})
	return p, err
}

// load reads the package with its papers if the actor may see it; lock is "" or the clause that locks its row.
func load(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, lock string) (Package, error) {
	rows, err := tx.Query(ctx, selectPackage+` where p.id = @id and `+ScopeSQL+lock, pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"id": id})))
	if err != nil {
		return Package{}, pg.Fault("check", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanPackage)
	if err != nil {
		return p, pg.Fault("check", err)
	}
	p.Papers, err = papers(ctx, tx, id)
	return p, err
}

func papers(ctx context.Context, tx pgx.Tx, pack uuid.UUID) ([]Paper, error) {
	rows, err := tx.Query(ctx, `
		select id, position, document, title, title_en, file_name, file_id, verdict, remark from checks.papers where package_id = $1 order by position`, pack)
	if err != nil {
		return nil, pg.Fault("papers of check", err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Paper, err error) {
		return p, row.Scan(&p.ID, &p.Position, &p.Document, &p.Title.UK, &p.Title.EN, &p.FileName, &p.FileID, &p.Verdict, &p.Remark)
	})
	return list, pg.Fault("papers of check", err)
}

func answers(ctx context.Context, tx pgx.Tx, pack uuid.UUID) ([]Answer, error) {
	rows, err := tx.Query(ctx, `select at, kind, text, author from checks.answers where package_id = $1 order by at, id`, pack)
	if err != nil {
		return nil, pg.Fault("answers to check", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Answer])
	return list, pg.Fault("answers to check", err)
}

// File returns one file of a package that the actor may see; NotFound once it is gone.
func (s *Store) File(ctx context.Context, actor access.Actor, pack, file uuid.UUID) (documents.File, error) {
	p, err := s.Get(ctx, actor, pack)
	if err != nil {
		return documents.File{}, err
	}
	for _, paper := range p.Papers {
		if paper.FileID != nil && *paper.FileID == file {
			return paper.File, nil
		}
	}
	return documents.File{}, fault.New(fault.NotFound, "")
}

// Object returns where a package belongs, for routes that ask for a right over it.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var p Package
	err := s.pool.QueryRow(ctx, `select centre_id from checks.packages where id = $1`, id).Scan(&p.CentreID)
	return p.Object(), pg.Fault("check", err)
}
