package notices

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// digests lists what waits for those who asked for the letter and have not had it on the day of now; nobody when it is no
// morning of a working day.
func (s *Store) digests(ctx context.Context) ([]Digest, error) {
	calendar, err := org.Calendar(ctx, s.pool)
	if err != nil || !isMorning(calendar, s.now()) {
		return nil, err
	}
	rows, _ := s.pool.Query(ctx, `
		select u.id, u.email, u.language,
		       (select count(distinct t.case_id) from cases.turns t where t.person = u.id and t.standing in ('turn', 'issue')),
		       (select count(distinct t.case_id) from cases.turns t where t.person = u.id and t.standing in ('turn', 'issue') and t.due_on < $1),
		       (select count(distinct t.case_id) from cases.turns t where t.person = u.id and t.standing in ('turn', 'issue') and t.due_on = $1),
		       (select count(*) from notices.outbox o join cases.turns t on t.case_id = o.case_id and t.kind = 'centre' and t.person = u.id
		        where `+undelivered+`),
		       (select count(*) from requests.requests r where r.state = 'asked' and r.person = u.id),
		       (select count(*) from requests.requests r where r.state = 'asked' and r.person = u.id and r.due_on <= $1),
		       (select count(*) from requests.requests r where r.state = 'asked' and r.asked_by = u.id and r.due_on < $1),
		       (select count(*) from requests.requests r where r.state = 'asked' and r.person is null and r.authority_id in (
		        select x.authority_id from access.roles x join access.group_rights g on g.group_code = x.role and g.action = $2 where x.user_id = u.id))
		from notices.subscribers b join access.users u on u.id = b.user_id
		where u.state = 'active' and u.email <> '' and not exists (select from notices.digests d where d.user_id = u.id and d.day = $1)
		order by u.id`, workdays.DateOf(s.now()), cases.WorkOn)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (d Digest, err error) {
		return d, row.Scan(&d.User, &d.To, &d.Language, &d.Turn, &d.Overdue, &d.Today, &d.Undelivered, &d.Answers, &d.AnswersDue, &d.Unanswered, &d.Untaken)
	})
	return list, pg.Fault("letters to staff", err)
}

// claimDigest takes the letter of a person and a day. mine is false when another worker has it, or somebody had it already.
func (s *Store) claimDigest(ctx context.Context, user uuid.UUID, state string) (mine bool, err error) {
	tag, err := s.pool.Exec(ctx, `insert into notices.digests (user_id, day, state, at) values ($1, $2, $3, $4) on conflict do nothing`,
		user, workdays.DateOf(s.now()), state, s.now())
	return tag.RowsAffected() == 1, pg.Fault("claim a letter to staff", err)
}

// endDigest records what became of a letter.
func (s *Store) endDigest(ctx context.Context, user uuid.UUID, state, detail string) error {
	_, err := s.pool.Exec(ctx, `update notices.digests set state = $3, detail = $4 where user_id = $1 and day = $2`,
		user, workdays.DateOf(s.now()), state, detail)
	return pg.Fault("end a letter to staff", err)
}

// freeDigest lets a letter of which nothing has left be sent later in the morning.
func (s *Store) freeDigest(ctx context.Context, user uuid.UUID) error {
	_, err := s.pool.Exec(ctx, `delete from notices.digests where user_id = $1 and day = $2`, user, workdays.DateOf(s.now()))
	return pg.Fault("free a letter to staff", err)
}
