package cases

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// The statements that write the measure of a case return whether anything was not as it is now.
const (
	writeRefusals = `lapsed as (
			delete from cases.refusal_measures where case_id = @id and event_id <> all(@refusals::uuid[]) returning 1
		), refused as (
			insert into cases.refusal_measures as r (case_id, event_id, completed_on, centre_id, authority_id, service_id, outside, overturned, overturned_on, grounds, grounds_en)
			select @id, x.event, x."on", @centre, @authority, @service, x.outside, x.overturned, x.overturned_on, x.grounds, x.grounds_en
			from jsonb_to_recordset(@refused::jsonb) x (event uuid, "on" date, outside boolean, overturned text, overturned_on date, grounds text[], grounds_en text[])
			on conflict (case_id, event_id) do update set completed_on = excluded.completed_on, centre_id = excluded.centre_id, authority_id = excluded.authority_id,
				service_id = excluded.service_id, outside = excluded.outside, overturned = excluded.overturned, overturned_on = excluded.overturned_on,
				grounds = excluded.grounds, grounds_en = excluded.grounds_en
			where r is distinct from excluded returning 1
		)`

	writeReturns = `undone as (
			delete from cases.return_measures where case_id = @id and event_id <> all(@returns::uuid[]) returning 1
		), returned as (
			insert into cases.return_measures as r (case_id, event_id, returned_on, ended_on, centre_id, authority_id, service_id, days, work, answers, documents, documents_en)
			select @id, x.event, x."on", x.ended_on, @centre, @authority, @service, x.days, x.work, x.answers, x.documents, x.documents_en
			from jsonb_to_recordset(@returned::jsonb) x (event uuid, "on" date, ended_on date, days smallint, work smallint, answers boolean, documents text[], documents_en text[])
			on conflict (case_id, event_id) do update set returned_on = excluded.returned_on, ended_on = excluded.ended_on, centre_id = excluded.centre_id,
				authority_id = excluded.authority_id, service_id = excluded.service_id, days = excluded.days, work = excluded.work, answers = excluded.answers,
				documents = excluded.documents, documents_en = excluded.documents_en
			where r is distinct from excluded returning 1
		)`

	// whetherAside says whether a refusal or a return was not as it is now.
	whetherAside = `exists (select from lapsed) or exists (select from refused) or exists (select from undone) or exists (select from returned)`

	writeMeasure = `
		with gone as (
			delete from cases.stage_measures where case_id = @id and position <> all(@positions::smallint[]) returning 1
		), stage as (
			insert into cases.stage_measures as s (case_id, position, completed_on, late, days, work, paused_days, paused_work, centre_id, authority_id, service_id, party, person, name, name_en)
			select @id, x.position, @completed_on, x.late, x.days, x.work, x.paused_days, x.paused_work, @centre, @authority, @service, x.party, x.person, x.name, x.name_en
			from unnest(@positions::smallint[], @lates::boolean[], @days::smallint[], @works::smallint[], @paused_days_of::smallint[], @paused_works_of::smallint[],
				@parties::uuid[], @people::uuid[], @names::text[], @names_en::text[]) x (position, late, days, work, paused_days, paused_work, party, person, name, name_en)
			on conflict (case_id, position) do update set completed_on = excluded.completed_on, late = excluded.late, days = excluded.days, work = excluded.work,
				paused_days = excluded.paused_days, paused_work = excluded.paused_work, centre_id = excluded.centre_id, authority_id = excluded.authority_id,
				service_id = excluded.service_id, party = excluded.party, person = excluded.person, name = excluded.name, name_en = excluded.name_en
			where s is distinct from excluded returning 1
		), measured as (
			insert into cases.measures as m (case_id, completed_on, registered_on, issued_on, centre_id, authority_id, service_id, registered_hour, completed_days, completed_work,
				issued_days, issued_work, paused_days, paused_work, late, other_ground, outcome, channel, applicant)
			select @id, @completed_on, @registered_on, @issued_on, @centre, @authority, @service, @hour, @completed_days, @completed_work,
				@issued_days, @issued_work, @paused_days, @paused_work, @late, @other_ground, @outcome, @channel, a.kind from cases.applicants a where a.id = @applicant
			on conflict (case_id) do update set completed_on = excluded.completed_on, registered_on = excluded.registered_on, issued_on = excluded.issued_on,
				centre_id = excluded.centre_id, authority_id = excluded.authority_id, service_id = excluded.service_id, registered_hour = excluded.registered_hour,
				completed_days = excluded.completed_days, completed_work = excluded.completed_work, issued_days = excluded.issued_days, issued_work = excluded.issued_work,
				paused_days = excluded.paused_days, paused_work = excluded.paused_work, late = excluded.late, other_ground = excluded.other_ground,
				outcome = excluded.outcome, channel = excluded.channel, applicant = excluded.applicant
			where m is distinct from excluded returning 1
		), ` + writeRefusals + `, ` + writeReturns + `
		select exists (select from gone) or exists (select from stage) or exists (select from measured) or ` + whetherAside

	dropMeasure = `
		with stage as (delete from cases.stage_measures where case_id = @id returning 1), measured as (delete from cases.measures where case_id = @id returning 1),
		` + writeRefusals + `, ` + writeReturns + `
		select exists (select from stage) or exists (select from measured) or ` + whetherAside
)

// queueMeasure writes anew what statistics count of the case: before its end only the decisions that have refused and the returns to
// its applicant. The query of the batch returns whether that changed.
func queueMeasure(b *pgx.Batch, w *Work) *pgx.QueuedQuery {
	c := w.Case
	args := pgx.NamedArgs{"id": c.ID, "centre": c.CentreID, "authority": c.AuthorityID, "service": c.ServiceID}
	addRefusals(args, w.refusals())
	addReturns(args, w.returns())
	m, ok := w.measure()
	if !ok {
		return b.Queue(dropMeasure, args)
	}
	maps.Copy(args, pgx.NamedArgs{
		"completed_on": m.completedOn, "registered_on": m.registeredOn, "issued_on": m.issuedOn,
		"hour": m.hour, "completed_days": m.completed.Days, "completed_work": m.completed.Working, "issued_days": nil, "issued_work": nil,
		"paused_days": m.paused.Days, "paused_work": m.paused.Working, "late": m.late, "other_ground": c.OtherGround != "", "outcome": c.Outcome, "channel": c.Channel,
		"applicant": c.ApplicantID,
	})
	if m.issued != nil {
		args["issued_days"], args["issued_work"] = m.issued.Days, m.issued.Working
	}
	addStages(args, m.stages)
	return b.Queue(writeMeasure, args)
}

// refusalRow is a refusal as the statement that writes it reads it.
type refusalRow struct {
	Event        uuid.UUID `json:"event"`
	On           string    `json:"on"`
	Outside      bool      `json:"outside"`
	Overturned   string    `json:"overturned"`
	OverturnedOn *string   `json:"overturned_on"`
	Grounds      []string  `json:"grounds"`
	GroundsEN    []string  `json:"grounds_en"`
}

// addRefusals adds the decisions that refused.
func addRefusals(args pgx.NamedArgs, list []refusal) {
	events, rows := []uuid.UUID{}, []refusalRow{}
	for _, r := range list {
		row := refusalRow{Event: r.event, On: r.on.Format(time.DateOnly), Outside: r.outside, Overturned: r.overturned, Grounds: []string{}, GroundsEN: []string{}}
		if r.overturnedOn != nil {
			on := r.overturnedOn.Format(time.DateOnly)
			row.OverturnedOn = &on
		}
		for _, g := range r.grounds {
			row.Grounds, row.GroundsEN = append(row.Grounds, g.UK), append(row.GroundsEN, g.EN)
		}
		events, rows = append(events, r.event), append(rows, row)
	}
	args["refusals"], args["refused"] = events, rows
}

// returnRow is a return as the statement that writes it reads it.
type returnRow struct {
	Event       uuid.UUID `json:"event"`
	On          string    `json:"on"`
	EndedOn     *string   `json:"ended_on"`
	Days        *int      `json:"days"`
	Work        *int      `json:"work"`
	Answers     bool      `json:"answers"`
	Documents   []string  `json:"documents"`
	DocumentsEN []string  `json:"documents_en"`
}

// addReturns adds the times that the application was returned to its applicant.
func addReturns(args pgx.NamedArgs, list []returned) {
	events, rows := []uuid.UUID{}, []returnRow{}
	for _, r := range list {
		row := returnRow{Event: r.event, On: r.on.Format(time.DateOnly), Answers: r.answers, Documents: []string{}, DocumentsEN: []string{}}
		if r.endedOn != nil {
			on := r.endedOn.Format(time.DateOnly)
			row.EndedOn, row.Days, row.Work = &on, &r.stood.Days, &r.stood.Working
		}
		for _, d := range r.documents {
			row.Documents, row.DocumentsEN = append(row.Documents, d.UK), append(row.DocumentsEN, d.EN)
		}
		events, rows = append(events, r.event), append(rows, row)
	}
	args["returns"], args["returned"] = events, rows
}

// addStages adds the stages as one list for each column.
func addStages(args pgx.NamedArgs, stages []stageMeasure) {
	n := len(stages)
	positions, lates, parties, people, names, namesEN := make([]int16, n), make([]bool, n), make([]uuid.UUID, n), make([]*uuid.UUID, n), make([]string, n), make([]string, n)
	days, works, pausedDays, pausedWorks := make([]int16, n), make([]int16, n), make([]int16, n), make([]int16, n)
	for i, s := range stages {
		positions[i], lates[i], parties[i], people[i], names[i], namesEN[i] = int16(s.position), s.late, s.party, s.person, s.name.UK, s.name.EN // #nosec G115 -- a case has few stages
		days[i], works[i] = int16(s.taken.Days), int16(s.taken.Working)                                                                          // #nosec G115 -- elapsed keeps them within
		pausedDays[i], pausedWorks[i] = int16(s.paused.Days), int16(s.paused.Working)                                                            // #nosec G115 -- elapsed keeps them within
	}
	args["positions"], args["lates"], args["parties"], args["people"], args["names"], args["names_en"] = positions, lates, parties, people, names, namesEN
	args["days"], args["works"], args["paused_days_of"], args["paused_works_of"] = days, works, pausedDays, pausedWorks
}

// measureBatch is how many cases are looked at between two records of how far a counting got.
const measureBatch = 200

// measureLock is the advisory lock of whoever counts: one process at a time.
const measureLock = 0x6d656173757265

// Measuring is how far the cases have been counted anew for statistics.
type Measuring struct {
	ID      uuid.UUID
	AskedAt time.Time
	Seen    int // cases that were looked at
	Changed int // of which a row was not as it should be
	DoneAt  *time.Time
	after   *uuid.UUID // the last case that was looked at
}

const measuringColumns = `id, asked_at, seen, changed, done_at, after`

func scanMeasuring(row pgx.CollectableRow) (m Measuring, err error) {
	return m, row.Scan(&m.ID, &m.AskedAt, &m.Seen, &m.Changed, &m.DoneAt, &m.after)
}

// askMeasuring asks for what statistics count to be counted anew from all cases, which MeasureSome does.
func (s *Store) askMeasuring(ctx context.Context, db pg.Execer) (id uuid.UUID, err error) {
	id = s.newID()
	_, err = db.Exec(ctx, `insert into cases.measurings (id, asked_at) values ($1, $2)`, id, s.now())
	return id, pg.Fault("ask for a counting", err)
}

// MeasureAll counts anew what statistics count of all cases and says how that went. Another process that is at it is waited for.
func (s *Store) MeasureAll(ctx context.Context) (m Measuring, err error) {
	id, err := s.askMeasuring(ctx, s.pool)
	if err != nil {
		return m, err
	}
	for {
		if err := s.MeasureSome(ctx); err != nil {
			return m, err
		}
		rows, _ := s.pool.Query(ctx, `select `+measuringColumns+` from cases.measurings where id = $1`, id)
		if m, err = pgx.CollectExactlyOneRow(rows, scanMeasuring); err != nil || m.DoneAt != nil {
			return m, pg.Fault("count cases", err)
		}
		select {
		case <-ctx.Done():
			return m, ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// MeasureSome counts cases anew while that is asked for and ctx lasts, in pieces that hold up an act for a moment, and goes on where it, or a
// process that died, has stopped. It is no error when ctx ends.
func (s *Store) MeasureSome(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := s.measurePiece(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the time is up; the rest is done the next time
		}
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// measurePiece looks at the next cases of the oldest counting. more is false when there is none, or another process is at it.
func (s *Store) measurePiece(ctx context.Context) (more bool, err error) {
	err = pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, `select pg_try_advisory_xact_lock($1)`, int64(measureLock)).Scan(&mine); err != nil || !mine {
			return err
		}
		rows, _ := tx.Query(ctx, `select `+measuringColumns+` from cases.measurings where done_at is null order by asked_at, id limit 1 for update`)
		m, err := pgx.CollectExactlyOneRow(rows, scanMeasuring)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		more = true
		return s.measureFrom(ctx, tx, m)
	})
	return more, pg.Fault("count cases", err)
}

// measureFrom counts the cases that follow, and writes down how far it got.
func (s *Store) measureFrom(ctx context.Context, tx pgx.Tx, m Measuring) error {
	list, err := s.worksAfter(ctx, tx, m.after)
	if err != nil {
		return err
	}
	changed, batch := 0, &pgx.Batch{}
	for _, w := range list {
		queueMeasure(batch, w).QueryRow(func(row pgx.Row) error {
			var differed bool
			err := row.Scan(&differed)
			if differed {
				changed++
			}
			return err
		})
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return err
	}
	after, done := m.after, len(list) < measureBatch
	if len(list) > 0 {
		after = &list[len(list)-1].Case.ID
	}
	_, err = tx.Exec(ctx, `update cases.measurings set after = $2, seen = seen + $3, changed = changed + $4, done_at = case when $5 then $6::timestamptz end where id = $1`,
		m.ID, after, len(list), changed, done, s.now())
	return err
}

// worksAfter reads of the next cases what their measures follow from, and keeps acts off them until the transaction ends.
func (s *Store) worksAfter(ctx context.Context, tx pgx.Tx, after *uuid.UUID) ([]*Work, error) {
	calendar, err := org.Calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	rows, _ := tx.Query(ctx, `select id, centre_id, authority_id, service_id, card_id, applicant_id, channel, outcome, other_ground, registered_at, due_on, decided_at, closed_at
		from cases.cases where $1::uuid is null or id > $1 order by id limit $2 for share`, after, measureBatch)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*Work, error) {
		w := &Work{now: s.now(), calendar: calendar}
		c := &w.Case
		return w, row.Scan(&c.ID, &c.CentreID, &c.AuthorityID, &c.ServiceID, &c.CardID, &c.ApplicantID, &c.Channel, &c.Outcome, &c.OtherGround, &c.RegisteredAt, &c.DueOn, &c.DecidedAt, &c.ClosedAt)
	})
	if err != nil {
		return nil, err
	}
	works, ids, ended := map[uuid.UUID]*Work{}, []uuid.UUID{}, []uuid.UUID{}
	for _, w := range list {
		works[w.Case.ID], ids = w, append(ids, w.Case.ID)
		if w.Case.end() != nil {
			ended = append(ended, w.Case.ID)
		}
	}
	if err := loadHistory(ctx, tx, works, ids); err != nil {
		return nil, err
	}
	if err := loadDone(ctx, tx, works, ended); err != nil {
		return nil, err
	}
	if err := loadAsked(ctx, tx, works, ids); err != nil {
		return nil, err
	}
	return list, loadNamed(ctx, tx, list)
}

// loadHistory reads of many cases when they stood still, what was decided, when their results were ready, and when they were handed over.
func loadHistory(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `select case_id, id, at, kind, grounds from cases.events where case_id = any($1)
		and kind in ('suspended', 'resumed', 'withdrawn', 'reopened', 'decided', 'decision_withdrawn', 'issued', 'result_ready') order by at, id`, ids)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e Event, err error) {
		return e, row.Scan(&e.CaseID, &e.ID, &e.At, &e.Kind, &e.Grounds)
	})
	for _, e := range list {
		works[e.CaseID].Events = append(works[e.CaseID].Events, e)
	}
	return err
}

// loadAsked reads what the applicants of many cases were asked for by name.
func loadAsked(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `select case_id, id, documents, fields from cases.corrections where case_id = any($1)`, ids)
	if err != nil {
		return err
	}
	var id uuid.UUID
	var c Correction
	_, err = pgx.ForEachRow(rows, []any{&id, &c.ID, &c.Documents, &c.Fields}, func() error {
		works[id].Asked = append(works[id].Asked, c)
		c = Correction{}
		return nil
	})
	return err
}

// loadNamed reads of the cards what refusals and returns cite of them: grounds for refusal, and documents.
func loadNamed(ctx context.Context, tx pgx.Tx, list []*Work) error {
	of := map[uuid.UUID][]*Work{}
	for _, w := range list {
		if len(w.Asked) > 0 || slices.ContainsFunc(w.Events, func(e Event) bool { return e.Grounds != nil }) {
			of[w.Case.CardID] = append(of[w.Case.CardID], w)
		}
	}
	if len(of) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `select id, coalesce(content -> 'refusal', '[]'), coalesce(content -> 'documents', '[]') from catalogue.cards where id = any($1)`, slices.Collect(maps.Keys(of)))
	if err != nil {
		return err
	}
	var id uuid.UUID
	var grounds []contract.Ground
	var documents []contract.Document
	_, err = pgx.ForEachRow(rows, []any{&id, &grounds, &documents}, func() error {
		for _, w := range of[id] {
			w.Card.Refusal, w.Card.Documents = grounds, documents
		}
		grounds, documents = nil, nil
		return nil
	})
	return err
}

// loadDone reads the stages of many cases that were done.
func loadDone(ctx context.Context, tx pgx.Tx, works map[uuid.UUID]*Work, ids []uuid.UUID) error {
	rows, err := tx.Query(ctx, `select case_id, position, name, name_en, authority_id, state, started_at, due_on, finished_at, finished_by from cases.stages
		where case_id = any($1) and state = 'done' order by case_id, position`, ids)
	if err != nil {
		return err
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (st Stage, err error) {
		return st, row.Scan(&st.CaseID, &st.Position, &st.Name, &st.NameEN, &st.AuthorityID, &st.State, &st.StartedAt, &st.DueOn, &st.FinishedAt, &st.FinishedBy)
	})
	for _, st := range list {
		works[st.CaseID].Stages = append(works[st.CaseID].Stages, st)
	}
	return err
}

// measureOver asks for a counting where a change of the calendar reaches days that may have been counted, unless one has been asked for that has
// not begun: it is held until this change is there for it to read. One that somebody is at now may have read the calendar from before.
func (s *Store) measureOver(ctx context.Context, tx pgx.Tx, c org.CalendarChange) error {
	if !c.Past(workdays.DateOf(s.now()).AddDate(0, 0, 1)) {
		return nil
	}
	rows, _ := tx.Query(ctx, `select id from cases.measurings where done_at is null and after is null order by asked_at, id limit 1 for update skip locked`)
	if _, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[uuid.UUID]); !errors.Is(err, pgx.ErrNoRows) {
		return pg.Fault("find a counting", err)
	}
	_, err := s.askMeasuring(ctx, tx)
	return err
}
