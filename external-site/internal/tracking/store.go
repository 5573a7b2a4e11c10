package tracking

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// Store finds applications. It has no way to write.
type Store struct{ db pg.Beginner }

// NewStore makes a store over db, with the role external_site.
func NewStore(db pg.Beginner) *Store { return &Store{db: db} }

// errNoMatch is the one answer to an unknown number and to a wrong code.
func errNoMatch() error { return fault.New(fault.NotFound, "track.no_match") }

// found is where an application was found, before the code is compared.
type found struct {
	messageID *uuid.UUID
	caseID    *uuid.UUID
	hash      []byte
}

// Check says whether code belongs to the number. Unknown numbers take the same way as known ones.
func (s *Store) Check(ctx context.Context, n Number, code seal.Code) error {
	return s.view(ctx, func(tx pgx.Tx) error {
		_, err := find(ctx, tx, n, code)
		return err
	})
}

// Status returns what the holder of the code may see.
func (s *Store) Status(ctx context.Context, n Number, code seal.Code) (Status, error) {
	var status Status
	err := s.view(ctx, func(tx pgx.Tx) error {
		f, err := find(ctx, tx, n, code)
		if err != nil {
			return err
		}
		status, err = load(ctx, tx, f)
		return err
	})
	return status, err
}

// Version is a token that changes when the status does; it is cheap to ask.
func (s *Store) Version(ctx context.Context, n Number, code seal.Code) (string, error) {
	var version string
	err := s.view(ctx, func(tx pgx.Tx) error {
		f, err := find(ctx, tx, n, code)
		if err != nil {
			return err
		}
		version, err = versionOf(ctx, tx, f)
		return err
	})
	return version, err
}

func (s *Store) view(ctx context.Context, fn func(pgx.Tx) error) error {
	return pg.Fault("track", pg.InSnapshot(ctx, s.db, fn))
}

// find looks in receipts (made here), answers and cases (came from inside), so that an application is found at every
// moment of its way. The comparison is of hashes and takes the same time whatever they are.
func find(ctx context.Context, tx pgx.Tx, n Number, code seal.Code) (found, error) {
	var f found
	query, arg := `
		select n.message_id, c.id, coalesce(c.code_hash, n.code_hash)
		from (select r.message_id, r.receipt_number, r.code_hash, 1 as source from account.receipts r where r.receipt_number = $1
		      union all
		      select a.message_id, a.receipt_number, a.code_hash, 2 from submission.answers a where a.receipt_number = $1
		      order by source limit 1) n
		left join cases.cases c on c.receipt_number = n.receipt_number and c.code_hash = n.code_hash`, n.Receipt
	if n.Receipt == "" {
		query, arg = `
			select r.message_id, c.id, c.code_hash
			from cases.cases c
			left join account.receipts r on r.receipt_number = c.receipt_number and c.receipt_number <> ''
			where c.number = $1`, n.Case
	}
	err := tx.QueryRow(ctx, query, arg).Scan(&f.messageID, &f.caseID, &f.hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return f, pg.Fault("find application", err)
	}
	if len(f.hash) != 32 {
		f.hash = make([]byte, 32) // no code has this hash
	}
	if !code.Matches(f.hash) {
		return f, errNoMatch()
	}
	return f, nil
}

func versionOf(ctx context.Context, tx pgx.Tx, f found) (version string, err error) {
	err = tx.QueryRow(ctx, `
		select md5(concat_ws('|',
			(select r.delivered_at from account.receipts r where r.message_id = $1),
			(select a.outcome || a.answered_at from submission.answers a where a.message_id = $1),
			(select c.state || c.outcome || c.due_on || coalesce(c.decided_at::text, '') from cases.cases c where c.id = $2),
			(select string_agg(s.state || coalesce(s.due_on::text, ''), ',' order by s.position) from cases.stages s where s.case_id = $2),
			(select count(*) || coalesce(max(e.at)::text, '') from cases.events e where e.case_id = $2),
			(select count(*) from documents.files d where d.case_id = $2)))`, f.messageID, f.caseID).Scan(&version)
	if err != nil {
		return "", pg.Fault("version of application", err)
	}
	return version, nil
}

func load(ctx context.Context, tx pgx.Tx, f found) (Status, error) {
	var s Status
	for _, part := range []func(context.Context, pgx.Tx, found, *Status) error{
		loadReceipt, loadAnswer, loadCase, loadStages, loadEvents, loadResults, loadExperience,
	} {
		if err := part(ctx, tx, f, &s); err != nil {
			return s, err
		}
	}
	return s, nil
}

func loadReceipt(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	if f.messageID == nil {
		return nil
	}
	err := tx.QueryRow(ctx, `
		select r.receipt_number, r.sent_at, r.delivered_at, coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, '')
		from account.receipts r left join catalogue.services v on v.id = r.service_id where r.message_id = $1`, f.messageID).
		Scan(&s.ReceiptNumber, &s.SentAt, &s.DeliveredAt, &s.Service.UK, &s.Service.EN, &s.ServiceCode)
	return optional("load receipt", err)
}

func loadAnswer(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	if f.messageID == nil {
		return nil
	}
	var a Answer
	err := tx.QueryRow(ctx, `
		select a.receipt_number, a.outcome, a.reason, a.reason_en, a.answered_at, a.case_number
		from submission.answers a where a.message_id = $1`, f.messageID).
		Scan(&s.ReceiptNumber, &a.Outcome, &a.Reason.UK, &a.Reason.EN, &a.AnsweredAt, &s.CaseNumber)
	if err == nil {
		s.Answer = &a
	}
	return optional("load answer", err)
}

func loadCase(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	if f.caseID == nil {
		return nil
	}
	c := Case{ID: *f.caseID}
	err := tx.QueryRow(ctx, `
		select c.number, c.receipt_number, c.state, c.outcome, c.filed_at, c.registered_at, c.due_on, c.decided_at, c.closed_at,
		       coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, ''), coalesce(ce.name, ''), coalesce(ce.name_en, ''),
		       coalesce(au.name, ''), coalesce(au.name_en, '')
		from cases.cases c
		left join catalogue.services v on v.id = c.service_id
		left join org.centres ce on ce.id = c.centre_id
		left join org.authorities au on au.id = c.authority_id
		where c.id = $1`, c.ID).
		Scan(&s.CaseNumber, &s.ReceiptNumber, &c.State, &c.Outcome, &c.FiledAt, &c.RegisteredAt, &c.DueOn, &c.DecidedAt, &c.ClosedAt,
			&s.Service.UK, &s.Service.EN, &s.ServiceCode, &s.Centre.UK, &s.Centre.EN, &s.Authority.UK, &s.Authority.EN)
	s.Case = &c
	return pg.Fault("load case", err)
}

func loadStages(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	rows, err := tx.Query(ctx, `
		select t.position, t.name, t.name_en, coalesce(a.name, ''), coalesce(a.name_en, ''), t.days, t.state, t.started_at, t.due_on, t.finished_at
		from cases.stages t left join org.authorities a on a.id = t.authority_id
		where t.case_id = $1 order by t.position`, f.caseID)
	if err != nil {
		return pg.Fault("load stages", err)
	}
	s.Stages, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Stage, err error) {
		err = row.Scan(&t.Position, &t.Name.UK, &t.Name.EN, &t.Authority.UK, &t.Authority.EN, &t.Days, &t.State, &t.StartedAt, &t.DueOn, &t.FinishedAt)
		return t, err
	})
	return pg.Fault("load stages", err)
}

func loadEvents(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	rows, err := tx.Query(ctx, `select at, kind, text, text_en from cases.events where case_id = $1 order by at desc, id desc limit 200`, f.caseID)
	if err != nil {
		return pg.Fault("load events", err)
	}
	s.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Event, err error) {
		err = row.Scan(&e.At, &e.Kind, &e.Text.UK, &e.Text.EN)
		return e, err
	})
	return pg.Fault("load events", err)
}

func loadResults(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	rows, err := tx.Query(ctx, `
		select id, file_name, size, sha256, object_key from documents.files
		where case_id = $1 and purpose = 'sealed_result' and published order by uploaded_at, id`, f.caseID)
	if err != nil {
		return pg.Fault("load results", err)
	}
	s.Results, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Result, err error) {
		err = row.Scan(&r.ID, &r.FileName, &r.Size, &r.SHA256, &r.key)
		return r, err
	})
	if err != nil || len(s.Results) == 0 {
		return pg.Fault("load results", err)
	}
	return markReady(ctx, tx, s.Results)
}

// markReady marks the results whose bytes the syncer has brought and checked.
func markReady(ctx context.Context, tx pgx.Tx, results []Result) error {
	var exists bool
	if err := tx.QueryRow(ctx, `select to_regclass('sync.objects') is not null`).Scan(&exists); err != nil || !exists {
		return pg.Fault("register of objects", err)
	}
	for i := range results {
		r := &results[i]
		err := tx.QueryRow(ctx, `select exists (select from sync.objects where key = $1 and sha256 = $2 and state = 'ready')`, r.key, r.SHA256).Scan(&r.Ready)
		if err != nil {
			return pg.Fault("register of objects", err)
		}
	}
	return nil
}

// enoughCases is how many decided cases it takes before their terms say anything.
const enoughCases = 5

func loadExperience(ctx context.Context, tx pgx.Tx, f found, s *Status) error {
	if f.caseID == nil || s.Case.DecidedAt != nil {
		return nil
	}
	var e Experience
	err := tx.QueryRow(ctx, `
		with decided as (
			select extract(day from date_trunc('day', c.decided_at) - date_trunc('day', c.registered_at))::int as days
			from cases.cases c
			where c.service_id = (select service_id from cases.cases where id = $1) and c.decided_at > now() - interval '1 year')
		select count(*), coalesce(min(days), 0), coalesce(percentile_disc(0.5) within group (order by days), 0), coalesce(max(days), 0)
		from decided`, f.caseID).Scan(&e.Cases, &e.Shortest, &e.Median, &e.Max)
	if err == nil && e.Cases >= enoughCases {
		s.Experience = &e
	}
	return pg.Fault("experience", err)
}

// optional makes "no row" no error.
func optional(op string, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return pg.Fault(op, err)
}
