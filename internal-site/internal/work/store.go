package work

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// Store keeps work in PostgreSQL.
type Store struct {
	pool *pgxpool.Pool
	now  func() time.Time
}

// NewStore returns a store.
func NewStore(pool *pgxpool.Pool) *Store { return &Store{pool, time.Now} }

// At returns a store whose clock is now.
func (s *Store) At(now func() time.Time) *Store { return &Store{s.pool, now} }

// Ask asks for work; fresh is false when the actor has asked for the very same already and it is not over: then id is that one's. Who has asked
// for as much as can wait is told so: Conflict.
func (s *Store) Ask(ctx context.Context, actor access.Actor, r Request) (id uuid.UUID, fresh bool, err error) {
	if err := access.RequireEver(actor, r.Kind.Needs); err != nil {
		return id, false, err
	}
	asked, err := json.Marshal(r.Asked)
	if err != nil {
		return id, false, err
	}
	told, err := json.Marshal(r.Told)
	if err != nil {
		return id, false, err
	}
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) (err error) {
		id, fresh, err = s.ask(ctx, tx, actor, r, asked, told)
		return err
	})
	return id, fresh && err == nil, err
}

func (s *Store) ask(ctx context.Context, tx pgx.Tx, actor access.Actor, r Request, asked, told []byte) (id uuid.UUID, fresh bool, err error) {
	// What one person asks for at the same time goes one after the other.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('work ' || $1::text, 0))`, actor.UserID); err != nil {
		return id, false, pg.Fault("ask for work", err)
	}
	var before int
	var same *uuid.UUID
	if err := tx.QueryRow(ctx, `select count(*), (array_agg(id) filter (where kind = $2 and language = $3 and asked = $4))[1] from work.jobs where asked_by = $1 and ended_at is null`,
		actor.UserID, r.Kind.Name, r.Language, asked).Scan(&before, &same); err != nil {
		return id, false, pg.Fault("ask for work", err)
	}
	switch {
	case same != nil:
		return *same, false, nil
	case before >= mostAsked:
		return id, false, fault.New(fault.Conflict, "work.too_many")
	}
	id = uuid.Must(uuid.NewV7())
	if _, err := tx.Exec(ctx, `insert into work.jobs (id, kind, asked_by, asked, told, language, asked_at) values ($1, $2, $3, $4, $5, $6, $7)`,
		id, r.Kind.Name, actor.UserID, asked, told, r.Language, s.now()); err != nil {
		return id, false, pg.Fault("ask for work", err)
	}
	return id, true, audit.Record(ctx, tx, actor.Audit(), entry("work.ask", id, r.Kind.Name))
}

func entry(action string, id uuid.UUID, kind string) audit.Entry {
	return audit.Entry{Action: action, ObjectType: "work", ObjectID: id.String(), Detail: map[string]string{"kind": kind}}
}

// columns are those of a job j with the one who asked u, for scan.
const columns = `j.id, j.kind, j.told, j.language, j.asked_by, u.full_name, j.asked_at, j.began_at, j.ended_at, j.state, j.done, j.total, j.reason,
	coalesce(j.object_key, ''), j.file_name, j.media_type, j.size, j.sha256, j.kept_until`

const joined = ` from work.jobs j join access.users u on u.id = j.asked_by `

func scan(row pgx.CollectableRow) (j Job, err error) {
	var f File
	var until *time.Time
	err = row.Scan(&j.ID, &j.Kind, &j.Told, &j.Language, &j.By, &j.ByName, &j.AskedAt, &j.BeganAt, &j.EndedAt, &j.State, &j.Done, &j.Total, &j.Reason,
		&f.key, &f.FileName, &f.MediaType, &f.Size, &f.SHA256, &until)
	if err == nil && f.key != "" && until != nil {
		f.KeptUntil, j.File = *until, &f
	}
	return j, err
}

// seen are the arguments of seenSQL with a query's own.
func seen(actor access.Actor, own map[string]any) pgx.NamedArgs {
	own["me"] = actor.UserID
	return access.ScopeOf(actor, See).Args(own)
}

// List returns size pieces of work behind a place, the latest first: the actor's own, and with others also what the people of their places
// asked for.
func (s *Store) List(ctx context.Context, actor access.Actor, others bool, at Place, size int) (page Page, err error) {
	where, beyond := `j.asked_by = @me`, ``
	if others {
		where = seenSQL
	}
	if at.ID != uuid.Nil {
		beyond = ` and (j.asked_at, j.id) < (@at, @id)`
	}
	rows, err := s.pool.Query(ctx, `select `+columns+joined+`where `+where+beyond+` order by j.asked_at desc, j.id desc limit @size`,
		seen(actor, map[string]any{"at": at.At, "id": at.ID, "size": size + 1}))
	if err != nil {
		return page, pg.Fault("list work", err)
	}
	page.Jobs, err = pgx.CollectRows(rows, scan)
	page.More = len(page.Jobs) > size
	page.Jobs = page.Jobs[:min(size, len(page.Jobs))]
	return page, pg.Fault("list work", err)
}

// Place is where a job stands in the list.
func (j Job) Place() Place { return Place{j.AskedAt, j.ID} }

// Get returns one piece of work of those that the actor may see.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (Job, error) {
	return s.get(ctx, s.pool, actor, id, ``)
}

func (s *Store) get(ctx context.Context, db pg.Queryer, actor access.Actor, id uuid.UUID, lock string) (Job, error) {
	rows, err := db.Query(ctx, `select `+columns+joined+`where j.id = @id and `+seenSQL+lock, seen(actor, map[string]any{"id": id}))
	if err != nil {
		return Job{}, pg.Fault("get work", err)
	}
	j, err := pgx.CollectExactlyOneRow(rows, scan)
	return j, pg.Fault("get work", err)
}

// Stop ends work before its end: what waits never begins, and what runs is ended within seconds. Of work that is over it is a Conflict.
func (s *Store) Stop(ctx context.Context, actor access.Actor, id uuid.UUID) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		j, err := s.get(ctx, tx, actor, id, ` for update of j`)
		if err != nil {
			return err
		}
		if j.State.Over() {
			return fault.New(fault.Conflict, "work.over")
		}
		if _, err := tx.Exec(ctx, `update work.jobs set state = 'stopped', ended_at = $2, runner = null, asked = '{}' where id = $1`, id, s.now()); err != nil {
			return pg.Fault("stop work", err)
		}
		return audit.Record(ctx, tx, actor.Audit(), entry("work.stop", id, j.Kind))
	})
}

// Fetch returns the file for whoever asked for it, while they reach what they reached when it was made. The trail says that it was fetched.
func (s *Store) Fetch(ctx context.Context, actor access.Actor, id uuid.UUID, needs func(kind string) (access.Action, bool)) (f File, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		j, err := s.get(ctx, tx, actor, id, ``)
		if err != nil {
			return err
		}
		action, known := needs(j.Kind)
		if !known || j.By != actor.UserID || j.State != Done {
			return fault.New(fault.NotFound, "")
		}
		if j.File == nil {
			return fault.New(fault.Conflict, "work.file_gone")
		}
		var same bool
		if err := tx.QueryRow(ctx, `select reach = $2::jsonb from work.jobs where id = $1`, id, reachOf(actor, action)).Scan(&same); err != nil {
			return pg.Fault("fetch the file of work", err)
		}
		if !same {
			return fault.New(fault.Forbidden, "work.reach_changed")
		}
		f = *j.File
		return audit.Record(ctx, tx, actor.Audit(), entry("work.fetch", id, j.Kind))
	})
	return f, err
}

// Key is where the file lies in the object store.
func (f File) Key() string { return f.key }
