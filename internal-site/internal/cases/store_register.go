package cases

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Register makes a case out of a filing within the caller's transaction: number without gaps, applicant,
// stages of the technological card in force, due date, the event `registered` (public when the applicant
// holds a code), files, audit. A filing that cannot become a case is fault.Invalid with the reason as key.
func (s *Store) Register(ctx context.Context, tx pgx.Tx, f Filing, by audit.Actor) (Case, error) {
	return s.RegisterWith(ctx, tx, f, by, func(Case, *pgx.Batch) error { return nil })
}

// RegisterWith is Register with statements that belong to the registration. They are asked before the case gets its number, so that
// whoever draws the next one does not wait for them.
func (s *Store) RegisterWith(ctx context.Context, tx pgx.Tx, f Filing, by audit.Actor, with func(Case, *pgx.Batch) error) (Case, error) {
	if err := f.check(); err != nil {
		return Case{}, err
	}
	o, calendar, desk, err := loadOffered(ctx, tx, f, s.now())
	if err != nil {
		return Case{}, err
	}
	if err := o.refuse(f); err != nil {
		return Case{}, err
	}
	c := s.newCase(f, o, calendar)
	c.Number = c.ID.String() // until it has one
	registered := s.event(c, f.by(by), EventRegistered, locale.Text{}, true)
	w, err := s.begin(ctx, tx, c, o, f, calendar, by)
	if err != nil {
		return Case{}, err
	}
	if f.Receiver != nil {
		w.now = s.now() // after what has been said of it so far
		if err := receive(w, *f.Receiver, desk); err != nil {
			return Case{}, err
		}
	}
	c = w.Case
	batch := &pgx.Batch{}
	queueNew(batch, w, f)
	if err := with(c, batch); err != nil {
		return Case{}, err
	}
	s.queueReceived(batch, c, f.Received)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return Case{}, pg.Fault("write case", err)
	}
	c.Number, err = giveNumber(ctx, tx, c, o, registered, by)
	return c, err
}

// giveNumber draws the number of a case that is written whole otherwise, and writes the event and the trail that say it, in one round trip. All
// registrations of a centre wait for each other from here to the end of the transaction, so little follows.
func giveNumber(ctx context.Context, tx pgx.Tx, c Case, o offered, registered Event, by audit.Actor) (number string, err error) {
	year := yearOf(c.RegisteredAt)
	parts, widths := numberParts(o.Pattern, o.CentreCode, year)
	batch := &pgx.Batch{}
	batch.Queue(`select cases.draw_number($1, $2, $3, $4, $5)`, c.ID, c.CentreID, year, parts, widths).QueryRow(func(row pgx.Row) error { return row.Scan(&number) })
	registered.Text = saysRegistered(c.Number)
	queueNumbered(batch, registered, c.Number)
	if err := audit.QueueWith(batch, by, audit.Entry{
		Action: "cases.case.register", ObjectType: "case", ObjectID: c.ID.String(), CentreID: &c.CentreID, AuthorityID: &c.AuthorityID,
		Detail: map[string]string{"channel": c.Channel},
	}, `jsonb_build_object('number', `+numberDrawn+`)`); err != nil {
		return "", err
	}
	return number, pg.Fault("number case", tx.SendBatch(ctx, batch).Close())
}

// numberDrawn is the number that the transaction has drawn last.
const numberDrawn = `current_setting('portal.case_number')`

// queueNumbered is queueEvent of an event whose text says the number that the transaction has drawn, where it says instead.
func queueNumbered(b *pgx.Batch, e Event, instead string) {
	b.Queue(insertEvent+` values ($1, $2, $3, $4, replace($5, $16, `+numberDrawn+`), replace($6, $16, `+numberDrawn+`), $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		append(eventArgs(e), instead)...)
	queueToTell(b, e)
}

func (s *Store) newCase(f Filing, o offered, calendar workdays.Calendar) Case {
	now := s.now()
	answers := f.Answers
	if len(answers) == 0 {
		answers = json.RawMessage(`{}`)
	}
	return Case{
		ID: s.newID(), CentreID: f.CentreID, AuthorityID: *o.AuthorityID, ServiceID: f.ServiceID, CardID: *o.CardID,
		TechCardID: o.TechCardID, FormID: f.FormID, ApplicantID: s.newID(), Channel: f.Channel, MessageID: f.MessageID,
		ReceiptNumber: f.ReceiptNumber, State: Registered, Answers: answers, FiledAt: f.FiledAt, RegisteredAt: now,
		DueOn: calendar.Deadline(f.FiledAt, o.term(), now).Due, Recipient: f.Recipient, Tracked: f.CodeHash != nil, Version: 1,
	}
}

// by is who registers the case, as its events name them.
func (f Filing) by(by audit.Actor) audit.Actor {
	if f.Clerk != "" {
		by.Name = f.Clerk
	}
	return by
}

// begin is the case as it begins: its stages, and the events that say which of them do.
func (s *Store) begin(ctx context.Context, tx pgx.Tx, c Case, o offered, f Filing, cal workdays.Calendar, by audit.Actor) (w *Work, err error) {
	w = &Work{
		Case: c, Stages: stagesOf(c.ID, o.TechCard, s.newID), Card: o.Card, Term: o.term(), now: c.RegisteredAt, calendar: cal, newID: s.newID,
		facts: factsOf(c.Channel, f.Applicant.Kind, f.Applicant.Representative.Name() != ""),
	}
	if w.asksForm() {
		if w.form, err = formOfCase(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	for _, st := range w.advance() {
		kind, text := toldOfMove(*st)
		w.Events = append(w.Events, s.event(c, f.by(by), kind, text, true))
	}
	return w, nil
}

// queueNew writes a case that nobody knows yet, without the event that says its number.
func queueNew(b *pgx.Batch, w *Work, f Filing) {
	queueCase(b, w.Case, f)
	outbox.QueueChoice(b, w.Case.ID, f.Told)
	stages, events := [][]any{}, [][]any{}
	for _, st := range w.Stages {
		stages = append(stages, stageArgs(w.Case, st))
	}
	for _, e := range w.Events {
		events = append(events, eventArgs(e))
	}
	QueueRows(b, insertStageRow, stages, ``)
	QueueRows(b, insertEvent, events, ``)
	for _, e := range w.Events {
		queueToTell(b, e)
	}
	queueAssigned(b, w)
	queueFirstTurns(b, w)
}

// queueReceived writes the rows of the files that came with the case.
func (s *Store) queueReceived(b *pgx.Batch, c Case, files []documents.File) {
	for _, file := range files {
		file.Purpose, file.CaseID, file.Published = documents.Received, &c.ID, false
		if file.ID == uuid.Nil {
			file.ID = s.newID()
		}
		documents.QueueInsert(b, file)
	}
}

// loadOffered reads the service, its centre, and the versions in force on the day of filing, and holds the calendar; and of whoever receives
// the case, if somebody does, what their stages are ended by today.
func loadOffered(ctx context.Context, tx pgx.Tx, f Filing, now time.Time) (o offered, calendar workdays.Calendar, desk receiverDesk, err error) {
	var card, techCard []byte
	batch := &pgx.Batch{}
	org.QueueHeldCalendar(batch, &calendar)
	batch.Queue(`
		select s.authority_id, s.published, s.quick, ce.code, ce.case_pattern,
		       exists (select from catalogue.service_centres sc where sc.service_id = s.id and sc.centre_id = ce.id),
		       card.id, card.content, tech.id, tech.content,
		       $4::uuid is null or exists (select from catalogue.forms fo
		                                   where fo.id = $4 and fo.service_id = s.id
		                                                     and (fo.published or fo.replaced_at >= $3::date - 30))
		from catalogue.services s
		cross join org.centres ce
		left join lateral (
			select id, content from catalogue.cards
			where service_id = s.id and published and effective_from <= $3
			order by effective_from desc, number desc limit 1) card on true
		left join lateral (
			select id, content from catalogue.tech_cards
			where service_id = s.id and published and effective_from <= $3
			order by effective_from desc, number desc limit 1) tech on true
		where s.id = $1 and ce.id = $2`,
		f.ServiceID, f.CentreID, workdays.DateOf(f.FiledAt), f.FormID).QueryRow(func(row pgx.Row) error {
		return row.Scan(&o.AuthorityID, &o.Published, &o.Quick, &o.CentreCode, &o.Pattern, &o.InCentre,
			&o.CardID, &card, &o.TechCardID, &techCard, &o.FormAccepted)
	})
	if f.Receiver != nil {
		desk.queue(batch, f.Receiver.UserID, now)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return o, calendar, desk, pg.Fault("load service", err)
	}
	if err := unmarshal(card, &o.Card); err != nil {
		return o, calendar, desk, pg.Fault("read card", err)
	}
	err = pg.Fault("read technological card", unmarshal(techCard, &o.TechCard))
	return o, calendar, desk, err
}

func unmarshal(data []byte, into any) error {
	if data == nil {
		return nil
	}
	return json.Unmarshal(data, into)
}

func queueCase(b *pgx.Batch, c Case, f Filing) {
	a, r := f.Applicant, f.Applicant.Representative
	b.Queue(`
		insert into cases.applicants (id, kind, surname, given_name, patronymic, entity, tax_number, edrpou, unzr,
			passport, address, phone, email, document, no_tax_number, representative_surname, representative_given_name,
			representative_patronymic, representative_basis, representative_document)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		c.ApplicantID, a.Kind, a.Surname, a.GivenName, a.Patronymic, a.Entity, a.TaxNumber, a.EDRPOU, a.UNZR,
		a.Passport, a.Address, a.Phone, a.Email, a.Document, a.NoTaxNumber, r.Surname, r.GivenName, r.Patronymic, r.Basis, r.Document)
	b.Queue(`
		insert into cases.cases (id, number, centre_id, authority_id, service_id, card_id, tech_card_id, form_id, applicant_id,
			channel, message_id, receipt_number, answers, filed_at, registered_at, due_on, code_hash, recipient, tracked, state, assigned_to)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		c.ID, c.Number, c.CentreID, c.AuthorityID, c.ServiceID, c.CardID, c.TechCardID, c.FormID, c.ApplicantID,
		c.Channel, c.MessageID, c.ReceiptNumber, c.Answers, c.FiledAt, c.RegisteredAt, c.DueOn, f.CodeHash, c.Recipient, c.Tracked, c.State, c.AssignedTo)
}

const insertStageRow = `insert into cases.stages (id, case_id, position, name, name_en, action, authority_id, official, days, state,
	started_at, due_on, finished_at, tracked, plan, days_in, finished_by, note, outcome)`

func stageArgs(c Case, st Stage) []any {
	return []any{
		st.ID, st.CaseID, st.Position, st.Name, st.NameEN, st.Action, st.AuthorityID, st.Official, st.Days, st.State,
		st.StartedAt, st.DueOn, st.FinishedAt, c.Tracked, st.Plan, st.DaysIn, st.FinishedBy, st.Note, st.Outcome,
	}
}

// event makes one event of the case. A public one is published only when somebody outside may follow the case.
func (s *Store) event(c Case, by audit.Actor, kind EventKind, text locale.Text, public bool) Event {
	return Event{
		ID: s.newID(), CaseID: c.ID, At: s.now(), Kind: kind, Text: text, ActorID: by.ID, Actor: by.Name,
		Published: public && c.Tracked,
	}
}

const insertEvent = `insert into cases.events (id, case_id, at, kind, text, text_en, typed, sealed, actor_id, actor, published,
	about, instead_of, asked, grounds)`

func eventArgs(e Event) []any {
	return []any{
		e.ID, e.CaseID, e.At, e.Kind, e.Text.UK, e.Text.EN, e.Typed, e.Sealed, e.ActorID, e.Actor, e.Published, e.About, e.InsteadOf, e.Asked, e.Grounds,
	}
}

func queueEvent(b *pgx.Batch, e Event) {
	QueueRows(b, insertEvent, [][]any{eventArgs(e)}, ``)
	queueToTell(b, e)
}

// queueToTell writes what the applicant is to be told of an event.
func queueToTell(b *pgx.Batch, e Event) {
	outbox.Queue(b, outbox.Event{ID: e.ID, CaseID: e.CaseID, Kind: string(cmp.Or(e.tells, e.Kind)), At: e.At, Held: e.held})
}
