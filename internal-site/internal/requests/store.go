package requests

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps requests in PostgreSQL. Make one with NewStore.
type Store struct {
	pool  *pgxpool.Pool
	cases *cases.Store
	now   func() time.Time
}

// NewStore returns a store over pool for requests of the cases that work keeps.
func NewStore(pool *pgxpool.Pool, work *cases.Store) *Store {
	return &Store{pool: pool, cases: work, now: time.Now}
}

// At returns a copy of the store whose clock is now.
func (s *Store) At(now func() time.Time) *Store {
	c := *s
	c.now = now
	return &c
}

// scopeSQL holds for the requests r that somebody may see: those that their places ask, or are asked. Whoever sees the cases
// of the whole region sees all.
const scopeSQL = `(@all or r.asker = any(@asking) or r.authority_id = any(@asked_of))`

func scopeArgs(actor access.Actor, own map[string]any) pgx.NamedArgs {
	scope := access.ScopeOf(actor, cases.View)
	asking, asked := []uuid.UUID{}, []uuid.UUID{}
	for _, p := range append(append([]access.Place{}, scope.Own...), scope.Part...) {
		asking = append(asking, p.ID)
		if p.Kind == access.Authority {
			asked = append(asked, p.ID)
		}
	}
	args := pgx.NamedArgs{"all": scope.All, "asking": asking, "asked_of": asked}
	for name, value := range own {
		args[name] = value
	}
	return args
}

// Object returns where a request belongs.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var r Request
	err := s.pool.QueryRow(ctx, `select asker, asker_kind, authority_id from requests.requests where id = $1`, id).
		Scan(&r.Asker.ID, &r.Asker.Kind, &r.Authority)
	return r.Object(), pg.Fault("object of a request", err)
}

// selectRequest reads of the case its number and nothing else: whoever is asked reads by it too.
const selectRequest = `
	select r.id, r.case_id, c.number, r.position, r.asker, r.asker_kind, coalesce(ce.name, aa.name), coalesce(ce.name_en, aa.name_en), r.authority_id,
	       au.name, au.name_en, r.document, r.document_en, r.asked, r.facts, r.grounds, r.days, r.days_in, r.due_on, r.due_was, r.asked_at, r.asked_by, ub.full_name, r.state,
	       r.person, coalesce(up.full_name, ''), r.reminded_at, r.ground, r.answer, r.file_id, r.ended_at, coalesce(ue.full_name, ''), r.version
	from requests.requests r
	join cases.cases c on c.id = r.case_id
	join org.authorities au on au.id = r.authority_id
	left join org.centres ce on ce.id = r.asker
	left join org.authorities aa on aa.id = r.asker
	join access.users ub on ub.id = r.asked_by
	left join access.users up on up.id = r.person
	left join access.users ue on ue.id = r.ended_by`

func scanRequest(row pgx.CollectableRow) (r Request, err error) {
	var file *uuid.UUID
	err = row.Scan(&r.ID, &r.CaseID, &r.CaseNumber, &r.Position, &r.Asker.ID, &r.Asker.Kind, &r.AskerName.UK, &r.AskerName.EN, &r.Authority,
		&r.Name.UK, &r.Name.EN, &r.Document.UK, &r.Document.EN, &r.Asked, &r.Facts, &r.Grounds, &r.Days, &r.DaysIn, &r.DueOn, &r.DueWas, &r.AskedAt, &r.AskedBy, &r.By, &r.State,
		&r.Person, &r.Who, &r.RemindedAt, &r.Ground, &r.Answer, &file, &r.EndedAt, &r.EndedBy, &r.Version)
	if file != nil {
		r.File = &documents.File{ID: *file}
	}
	return r, err
}

// Get returns a request with what it carries; NotFound when it is none of the actor's.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (r Request, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		r, err = load(ctx, tx, actor, id, "")
		return err
	})
	return r, err
}

// load reads a request that the actor may see; lock is "" or the clause that locks its row.
func load(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, lock string) (Request, error) {
	rows, err := tx.Query(ctx, selectRequest+` where r.id = @id and `+scopeSQL+lock, scopeArgs(actor, map[string]any{"id": id}))
	if err != nil {
		return Request{}, pg.Fault("request", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRequest)
	if err != nil {
		return r, pg.Fault("request", err)
	}
	err = loadFiles(ctx, tx, &r)
	return r, err
}

// loadFiles reads the files that go along with a request, and the one that answers it.
func loadFiles(ctx context.Context, tx pgx.Tx, r *Request) error {
	rows, err := tx.Query(ctx, `select file_id from requests.files where request_id = $1 order by file_id`, r.ID)
	if err != nil {
		return pg.Fault("files of a request", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return pg.Fault("files of a request", err)
	}
	for _, id := range ids {
		f, err := documents.Get(ctx, tx, id)
		if err != nil {
			return err
		}
		r.Files = append(r.Files, f)
	}
	if r.File == nil {
		return nil
	}
	f, err := documents.Get(ctx, tx, r.File.ID)
	r.File = &f
	return err
}

// File returns a file that a request carries or is answered by, to be saved, and writes that down of a result. Every other file, also
// one of the same case, is NotFound.
func (s *Store) File(ctx context.Context, actor access.Actor, id, file uuid.UUID) (documents.File, error) {
	r, err := s.Get(ctx, actor, id)
	if err != nil {
		return documents.File{}, err
	}
	if !r.has(file) {
		return documents.File{}, fault.New(fault.NotFound, "")
	}
	f, err := documents.Get(ctx, s.pool, file)
	if err != nil {
		return f, err
	}
	return f, documents.RecordOpening(ctx, s.pool, f, actor.UserID, true, s.now())
}
