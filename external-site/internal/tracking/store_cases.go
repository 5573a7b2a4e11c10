package tracking

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/external-site/internal/documents"
	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/region"
)

// Cases follows applications that became a case, and cases that were opened at a counter.
type Cases struct{}

// Subject implements Follower.
func (Cases) Subject() string { return "case" }

// Module implements Follower.
func (Cases) Module() string { return contract.ModuleApplications }

// ByNumber implements Follower. Case, blanks and dashes do not matter, nor whether К is a Latin letter; an index is over the
// same expression.
func (Cases) ByNumber(ctx context.Context, tx pgx.Tx, number string) (id uuid.UUID, hash []byte, err error) {
	err = tx.QueryRow(ctx, `
		select id, coalesce(code_hash, '') from cases.cases
		where translate(upper(number), 'K -./_№', 'К') = translate(upper($1), 'K -./_№', 'К') order by number <> $1 limit 1`, number).Scan(&id, &hash)
	return id, hash, pg.Fault("find case", err)
}

// Version implements Follower. A result's row usually comes before its bytes do, so that counts too.
func (Cases) Version(ctx context.Context, tx pgx.Tx, id uuid.UUID) (version string, err error) {
	err = tx.QueryRow(ctx, `
		select concat_ws('|',
			(select c.state || c.outcome || c.due_on || coalesce(c.decided_at::text, '') from cases.cases c where c.id = $1),
			(select string_agg(s.state || coalesce(s.due_on::text, ''), ',' order by s.position) from cases.stages s where s.case_id = $1),
			(select count(*) || coalesce(max(e.at)::text, '') from cases.events e where e.case_id = $1),
			(select string_agg(r.receipt_number || coalesce(r.delivered_at::text, '') || coalesce(a.outcome, ''), ',' order by r.sent_at, r.message_id)
			 from account.receipts r left join submission.answers a on a.message_id = r.message_id and a.code_hash = r.code_hash
			 where r.kind = 'reply' and r.code_hash = (select code_hash from cases.cases where id = $1)))`, id).Scan(&version)
	if err != nil {
		return "", pg.Fault("version of case", err)
	}
	results, err := loadResults(ctx, tx, id)
	for _, r := range results {
		version += "|" + r.ID.String() + strconv.FormatBool(r.Ready)
	}
	return version, err
}

// Load implements Follower.
func (Cases) Load(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) (err error) {
	s.Kind = contract.KindApplication
	for _, part := range []func(context.Context, pgx.Tx, uuid.UUID, *Status) error{loadCase, loadPlaces, loadStages, loadEvents, loadReplies, loadExperience, loadAppeals} {
		if err := part(ctx, tx, id, s); err != nil {
			return err
		}
	}
	if s.Results, err = loadResults(ctx, tx, id); err != nil {
		return err
	}
	by, now, err := loadCards(ctx, tx, id)
	if err != nil {
		return err
	}
	s.reckon(by, now)
	return nil
}

// loadCards reads the cards that were in force when the case was filed, and the database's time.
func loadCards(ctx context.Context, tx pgx.Tx, id uuid.UUID) (by cards, now time.Time, err error) {
	err = tx.QueryRow(ctx, `
		with c as (select service_id, (filed_at at time zone 'Europe/Kyiv')::date as filed from cases.cases where id = $1)
		select now(),
		       (select v.content->'term' from catalogue.cards v where v.service_id = c.service_id and v.published and v.effective_from <= c.filed
		        order by v.effective_from desc, v.number desc limit 1),
		       (select v.content from catalogue.tech_cards v where v.service_id = c.service_id and v.published and v.effective_from <= c.filed
		        order by v.effective_from desc, v.number desc limit 1)
		from c`, id).Scan(&now, &by.own, &by.tech)
	return by, now, pg.Fault("cards of case", err)
}

func loadCase(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error {
	c := Case{ID: id}
	err := tx.QueryRow(ctx, `
		select c.centre_id, c.number, c.receipt_number, c.state, c.outcome, c.filed_at, c.registered_at, c.due_on, c.decided_at, c.closed_at,
		       coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, ''), coalesce(ce.name, ''), coalesce(ce.name_en, ''),
		       coalesce(au.name, ''), coalesce(au.name_en, '')
		from cases.cases c
		left join catalogue.services v on v.id = c.service_id
		left join org.centres ce on ce.id = c.centre_id
		left join org.authorities au on au.id = c.authority_id
		where c.id = $1`, c.ID).
		Scan(&c.CentreID, &s.Number, &s.ReceiptNumber, &c.State, &c.Outcome, &c.FiledAt, &c.RegisteredAt, &c.DueOn, &c.DecidedAt, &c.ClosedAt,
			&s.Service.UK, &s.Service.EN, &s.ServiceCode, &s.Centre.UK, &s.Centre.EN, &s.Authority.UK, &s.Authority.EN)
	s.CentreID = c.CentreID
	s.Case, s.Reached, s.Final = &c, Place(c.State), Place(c.State) == Closed
	if s.Reached == Decided && c.Outcome == Denied {
		s.Reached = Declined
	}
	if s.Final && c.Outcome == WasTakenBack {
		s.Reached = TakenBack
	}
	return pg.Fault("load case", err)
}

// loadPlaces reads how to reach whoever works on the case.
func loadPlaces(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error {
	var centre, authority uuid.UUID
	err := tx.QueryRow(ctx, `select centre_id, authority_id from cases.cases where id = $1`, id).Scan(&centre, &authority)
	if err != nil {
		return pg.Fault("places of case", err)
	}
	places := org.NewStore(tx)
	switch c, err := places.CentreByID(ctx, centre); {
	case err == nil:
		s.CentreAt = &c
	case !fault.Is(err, fault.NotFound):
		return err
	}
	switch a, err := places.AuthorityByID(ctx, authority); {
	case err == nil:
		s.DecidesAt = &a
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return nil
}

func loadAppeals(ctx context.Context, tx pgx.Tx, _ uuid.UUID, s *Status) (err error) {
	if s.Case.Outcome == Denied {
		s.Appeals, err = region.NewStore(tx).Appeals(ctx)
	}
	return err
}

func loadStages(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error {
	rows, err := tx.Query(ctx, `
		select t.position, t.name, t.name_en, coalesce(a.name, ''), coalesce(a.name_en, ''), t.days, t.days_in, t.state, t.started_at, t.due_on, t.finished_at
		from cases.stages t left join org.authorities a on a.id = t.authority_id
		where t.case_id = $1 order by t.position`, id)
	if err != nil {
		return pg.Fault("load stages", err)
	}
	s.Stages, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Stage, err error) {
		err = row.Scan(&t.Position, &t.Name.UK, &t.Name.EN, &t.Authority.UK, &t.Authority.EN, &t.Days, &t.DaysIn, &t.State, &t.StartedAt, &t.DueOn, &t.FinishedAt)
		return t, err
	})
	return pg.Fault("load stages", err)
}

func loadEvents(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error {
	rows, err := tx.Query(ctx, `
		select at, kind, text, text_en, case when octet_length(sealed) <= $2 then sealed end, case when octet_length(asked) <= $3 then asked end
		from cases.events where case_id = $1 order by at desc, id desc limit 200`, id, maxSaid*2, contract.MaxAsked*2)
	if err != nil {
		return pg.Fault("load events", err)
	}
	s.Events, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Event, err error) {
		err = row.Scan(&e.At, &e.Kind, &e.Text.UK, &e.Text.EN, &e.sealed, &e.asked)
		return e, err
	})
	return pg.Fault("load events", err)
}

func loadResults(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]Result, error) {
	rows, err := tx.Query(ctx, `
		select id, title, title_en, file_name, size, sha256, uploaded_at, object_key from documents.files
		where case_id = $1 and purpose = 'sealed_result' and published order by uploaded_at, id`, id)
	if err != nil {
		return nil, pg.Fault("load results", err)
	}
	results, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r Result, err error) {
		err = row.Scan(&r.ID, &r.Title.UK, &r.Title.EN, &r.FileName, &r.Size, &r.SHA256, &r.At, &r.key)
		return r, err
	})
	if err != nil || len(results) == 0 {
		return nil, pg.Fault("load results", err)
	}
	nameApart(results)
	return results, markReady(ctx, tx, results)
}

// markReady marks the results whose bytes the syncer has brought and checked.
func markReady(ctx context.Context, tx pgx.Tx, results []Result) error {
	keys := make([]string, len(results))
	for i, r := range results {
		keys[i] = r.key
	}
	ready, err := documents.Ready(ctx, tx, keys)
	for i, r := range results {
		results[i].Ready = ready[r.key] == r.SHA256 // an older object under the same key is not this result
	}
	return err
}
