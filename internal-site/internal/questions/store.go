package questions

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

// Store is the threads as staff see them. Make one with NewStore.
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

const selectThread = `
	select t.id, t.number, t.message_id, t.receipt_number, t.centre_id, t.authority_id, coalesce(c.name, a.name), coalesce(c.name_en, a.name_en),
	       t.official, t.service_id, coalesce(s.name, ''), coalesce(s.name_en, ''), t.topic, t.name, t.email, t.phone, t.language, t.state, t.asked_at,
	       t.registered_at, t.due_on, t.due_was, t.answered_at, t.closed_at, t.version, t.recipient
	from questions.threads t
	left join org.centres c on c.id = t.centre_id
	left join org.authorities a on a.id = t.authority_id
	left join catalogue.services s on s.id = t.service_id`

func scanThread(row pgx.CollectableRow) (t Thread, err error) {
	err = row.Scan(&t.ID, &t.Number, &t.MessageID, &t.ReceiptNumber, &t.Addressee.CentreID, &t.Addressee.AuthorityID,
		&t.Addressee.Name.UK, &t.Addressee.Name.EN, &t.Official, &t.ServiceID, &t.Service.UK, &t.Service.EN, &t.Topic, &t.Name, &t.Email, &t.Phone,
		&t.Language, &t.State, &t.AskedAt, &t.RegisteredAt, &t.DueOn, &t.DueWas, &t.AnsweredAt, &t.ClosedAt, &t.Version, &t.recipient)
	return t, err
}

// conditions of a list: the filter, then who may see.
const conditions = `
	    (@state = 'all' or t.state = @state or (@state = '' and t.state <> 'closed'))
	and (not @late or (t.state = 'open' and t.due_on < @today))
	and (not @untold or t.id in (select o.thread_id from notices.outbox o where o.thread_id is not null and ` + outbox.Untold + `))
	and (not @mine or (t.official <> '' and lower(t.official) = lower(@me)))
	and not exists (select from unnest(@words::text[]) word
	                where translate(lower(t.number || ' ' || t.receipt_number || ' ' || t.topic || ' ' || t.name || ' ' || t.official), '''’ʼ` + "`" + `', '') not like '%' || word || '%')
	and ` + ScopeSQL

func (s *Store) arguments(actor access.Actor, f Filter, own map[string]any) pgx.NamedArgs {
	state := string(f.State)
	if f.State == "" && f.Q != "" {
		state = "all"
	}
	args := map[string]any{
		"state": state, "late": f.Late, "untold": f.Untold, "mine": f.Mine, "me": actor.Name, "today": workdays.DateOf(s.now()),
		"words": pg.LikeWords(strings.NewReplacer("K-", "К-", "k-", "К-").Replace(f.Q)), // a number that was typed with the Latin letter
	}
	for name, value := range own {
		args[name] = value
	}
	return access.ScopeOf(actor, View).Args(args)
}

// List returns one page of the threads that the filter asks for and the actor may see, those that are due first on top.
func (s *Store) List(ctx context.Context, actor access.Actor, f Filter) (List, error) {
	if err := access.RequireEver(actor, View); err != nil {
		return List{}, err
	}
	var l List
	err := pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `select count(*) from questions.threads t where `+conditions, s.arguments(actor, f, nil)).Scan(&l.Total); err != nil {
			return err
		}
		l.Page = clamp(f.Page, l.Total)
		rows, err := tx.Query(ctx, selectThread+` where `+conditions+`
			order by t.state <> 'open', case when t.state = 'open' then t.due_on end, t.registered_at desc, t.id limit @limit offset @offset`,
			s.arguments(actor, f, map[string]any{"limit": PageSize, "offset": (l.Page - 1) * PageSize}))
		if err != nil {
			return err
		}
		l.Threads, err = pgx.CollectRows(rows, scanThread)
		return err
	})
	return l, pg.Fault("list questions", err)
}

// Waiting counts the questions that wait for an answer of the actor's places, and those of them that are late.
func (s *Store) Waiting(ctx context.Context, actor access.Actor) (open, late int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, 0, err
	}
	err = s.pool.QueryRow(ctx, `select count(*), count(*) filter (where t.due_on < @today) from questions.threads t where `+conditions,
		s.arguments(actor, Filter{State: Open}, nil)).Scan(&open, &late)
	return open, late, pg.Fault("count questions", err)
}

// Letters counts the questions that wait for an answer and are written to the actor by name.
func (s *Store) Letters(ctx context.Context, actor access.Actor) (open int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, `select count(*) from questions.threads t where `+conditions, s.arguments(actor, Filter{State: Open, Mine: true}, nil)).Scan(&open)
	return open, pg.Fault("count letters", err)
}

// Untold counts those of the actor's places with an answer of which whoever asked does not know.
func (s *Store) Untold(ctx context.Context, actor access.Actor) (n int, err error) {
	if err := access.RequireEver(actor, View); err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, `select count(distinct t.id) from notices.outbox o join questions.threads t on t.id = o.thread_id where `+outbox.Untold+` and `+ScopeSQL,
		pgx.NamedArgs(access.ScopeOf(actor, View).Args(nil))).Scan(&n)
	return n, pg.Fault("count answers that are not known", err)
}

// Get returns a thread with everything written in it; NotFound when the actor may not see it, as if there were none.
func (s *Store) Get(ctx context.Context, actor access.Actor, id uuid.UUID) (t Thread, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if t, err = load(ctx, tx, actor, id, ""); err != nil {
			return err
		}
		if t.Messages, err = loadMessages(ctx, tx, id); err != nil {
			return err
		}
		t.Files, err = loadFiles(ctx, tx, id)
		return err
	})
	return t, err
}

// load reads the thread if the actor may see it; lock is "" or the clause that locks its row.
func load(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, lock string) (Thread, error) {
	rows, err := tx.Query(ctx, selectThread+` where t.id = @id and `+ScopeSQL+lock, pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"id": id})))
	if err != nil {
		return Thread{}, pg.Fault("question", err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanThread)
	return t, pg.Fault("question", err)
}

func loadMessages(ctx context.Context, tx pgx.Tx, thread uuid.UUID) ([]Message, error) {
	rows, err := tx.Query(ctx, `select id, at, kind, text, author from questions.messages where thread_id = $1 order by at, id`, thread)
	if err != nil {
		return nil, pg.Fault("messages of question", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Message])
	return list, pg.Fault("messages of question", err)
}

func loadFiles(ctx context.Context, tx pgx.Tx, thread uuid.UUID) (files []documents.File, err error) {
	rows, err := tx.Query(ctx, `select file_id from questions.attachments where thread_id = $1 order by file_id`, thread)
	if err != nil {
		return nil, pg.Fault("files of question", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, pg.Fault("files of question", err)
	}
	for _, id := range ids {
		f, err := documents.Get(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// File returns one attachment of a thread that the actor may see.
func (s *Store) File(ctx context.Context, actor access.Actor, thread, file uuid.UUID) (documents.File, error) {
	t, err := s.Get(ctx, actor, thread)
	if err != nil {
		return documents.File{}, err
	}
	for _, f := range t.Files {
		if f.ID == file {
			return f, nil
		}
	}
	return documents.File{}, fault.New(fault.NotFound, "")
}

// Object returns where a thread belongs, for routes that ask for a right over it.
func (s *Store) Object(ctx context.Context, id uuid.UUID) (access.Object, error) {
	var t Thread
	err := s.pool.QueryRow(ctx, `select centre_id, authority_id from questions.threads where id = $1`, id).
		Scan(&t.Addressee.CentreID, &t.Addressee.AuthorityID)
	return t.Object(), pg.Fault("question", err)
}
