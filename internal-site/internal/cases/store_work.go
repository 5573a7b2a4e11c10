package cases

import (
	"context"
	"encoding/json"
	"maps"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/workdays"
)

// Do does one act with the case. version is the one that the page showed: when somebody changed the case
// since, it is a Conflict and nothing happens, except for acts that only add something (see Act.Appends), and for the end of a
// stage beside which others run, when that stage is as the page showed it.
// files are rows of the files of a result, for Upload, or of a decision's document, for Decide and CorrectDecision.
func (s *Store) Do(ctx context.Context, actor access.Actor, id uuid.UUID, version int, cmd Command, files ...documents.File) error {
	return pg.InTx(ctx, s.pool, func(tx pgx.Tx) error {
		w, err := s.load(ctx, tx, actor, id, true)
		if err != nil {
			return err
		}
		if err := w.permit(cmd.Act); err != nil {
			return err
		}
		if w.Case.Version != version {
			if !cmd.Act.Appends() && !w.stillAt(cmd) {
				return fault.New(fault.Conflict, "")
			}
			if w.said(cmd) {
				return nil
			}
		}
		if look := looksUp[cmd.Act]; look != nil {
			if err := look(ctx, tx, w, &cmd); err != nil {
				return err
			}
		}
		w.press = cmd.Press
		before, had, was := append([]Stage{}, w.Stages...), maps.Clone(w.Assigned), w.remember()
		if err := w.apply(cmd); err != nil {
			return err
		}
		if err := s.writeAside(ctx, tx, w, cmd); err != nil {
			return err
		}
		if err := writeFiles(ctx, tx, w, cmd, files); err != nil {
			return err
		}
		if err := s.write(ctx, tx, w, before); err != nil {
			return err
		}
		if err := writeOpinionAsked(ctx, tx, w); err != nil {
			return err
		}
		if err := writeUndo(ctx, tx, w, cmd.Act, was); err != nil {
			return err
		}
		if w.reply != nil {
			if err := insertReply(ctx, tx, *w.reply); err != nil {
				return err
			}
		}
		if err := w.tellTaken(ctx, tx, had); err != nil {
			return err
		}
		return audit.Record(ctx, tx, actor.Audit(), audit.Entry{
			Action: "cases.case." + string(cmd.Act), ObjectType: "case", ObjectID: id.String(),
			CentreID: &w.Case.CentreID, AuthorityID: &w.Case.AuthorityID, Detail: detailOf(w, cmd),
		})
	})
}

// WasPressed says whether the last act of a case that the actor may see was done by this very form. Such a form has come twice, by a double
// click, and what it asks for is done.
func (s *Store) WasPressed(ctx context.Context, actor access.Actor, id, press uuid.UUID) (was bool, err error) {
	if press == uuid.Nil {
		return false, nil
	}
	args := pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"id": id, "press": press}))
	err = s.pool.QueryRow(ctx, `select exists (select from cases.cases c where c.id = @id and c.last_press = @press and `+ScopeSQL+`)`, args).Scan(&was)
	return was, pg.Fault("find a press", err)
}

// looksUp are the acts of which the rules need something from the database, beyond the case itself, before they can be judged.
var looksUp = map[Act]func(context.Context, pgx.Tx, *Work, *Command) error{
	Suspend: func(ctx context.Context, tx pgx.Tx, w *Work, _ *Command) (err error) {
		w.form, err = formOfCase(ctx, tx, w.Case)
		return err
	},
	InsertStage: func(ctx context.Context, tx pgx.Tx, _ *Work, cmd *Command) error {
		err := tx.QueryRow(ctx, `select exists (select from org.authorities where id = $1)`, cmd.Insert.Place).Scan(&cmd.Insert.known)
		return pg.Fault("find authority", err)
	},
	Assign:     lookUpColleague,
	AskOpinion: lookUpColleague,
}

func lookUpColleague(ctx context.Context, tx pgx.Tx, w *Work, cmd *Command) (err error) {
	cmd.toName, err = colleague(ctx, tx, w, cmd.To)
	return err
}

// detailOf is what the trail keeps of an act; typed texts stay in the case itself.
func detailOf(w *Work, cmd Command) map[string]string {
	d := map[string]string{"state": string(w.Case.State)}
	if w.wentOn != "" {
		d["with"] = string(w.wentOn)
	}
	if w.Case.State == Closed && w.Uncollected() != nil {
		d["result"] = "uncollected"
	}
	if detail := acts[cmd.Act].detail; detail != nil {
		maps.Copy(d, detail(cmd))
	}
	return d
}

// write stores what an act changed.
func (s *Store) write(ctx context.Context, tx pgx.Tx, w *Work, before []Stage) error {
	c := w.Case
	batch := &pgx.Batch{}
	batch.Queue(`update cases.cases set state = $2, outcome = $3, refusal_grounds = $4::text[], refusal_ground = coalesce(($4::text[])[1], ''), decision_note = $5, due_on = $6, decided_at = $7,
		closed_at = $8, assigned_to = $9, issued_paper = $10, other_ground = $11, proposal = $12, extensions = $13, stored_until = $14,
		uncollected_at = $15, last_press = nullif($16, $17::uuid), version = version + 1 where id = $1`,
		c.ID, c.State, c.Outcome, textsOf(c.Grounds), c.DecisionNote, c.DueOn, c.DecidedAt, c.ClosedAt, c.AssignedTo, c.IssuedPaper, c.OtherGround, c.Proposal,
		append([]Extension{}, c.Extensions...), c.StoredUntil, c.UncollectedAt, w.press, uuid.Nil)
	queueStages(batch, w, before)
	for _, e := range w.Events[len(w.Events)-w.added:] {
		queueEvent(batch, e)
	}
	queueCorrection(batch, w)
	queueAssignments(batch, w)
	queueTurns(batch, w)
	if w.measured || w.Case.end() != nil || w.wasReturned() {
		queueMeasure(batch, w)
	}
	return pg.Fault("write case", tx.SendBatch(ctx, batch).Close())
}

// Work returns a case that the actor may see; NotFound when there is none, or none for them.
func (s *Store) Work(ctx context.Context, actor access.Actor, id uuid.UUID) (w *Work, err error) {
	err = pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if w, err = s.load(ctx, tx, actor, id, false); err == nil && !w.SeesAll(actor) {
			w.outline(actor)
		}
		return err
	})
	return w, err
}

// groundsSQL are the grounds of a refusal; the release before wrote one alone.
const groundsSQL = `case when c.refusal_grounds = '{}' and c.refusal_ground <> '' then array[c.refusal_ground] else c.refusal_grounds end`

const caseColumns = `c.id, c.number, c.centre_id, c.authority_id, c.service_id, c.card_id, c.tech_card_id, c.form_id, c.applicant_id,
	c.channel, c.message_id, c.receipt_number, c.state, c.outcome, ` + groundsSQL + `, c.decision_note, c.answers, c.filed_at,
	c.registered_at, c.due_on, c.decided_at, c.closed_at, c.assigned_to, c.internal_notes, c.recipient, c.tracked, c.version, c.other_ground, c.proposal, c.issued_paper, c.extensions,
	c.stored_until, c.uncollected_at`

// load reads a case with its stages and events, if the actor may see it; lock keeps others off it.
func (s *Store) load(ctx context.Context, tx pgx.Tx, actor access.Actor, id uuid.UUID, lock bool) (*Work, error) {
	if lock { // before the case, as whoever changes the calendar waits for nobody who waits for a case
		if err := org.HoldCalendar(ctx, tx); err != nil {
			return nil, err
		}
	}
	sql := `select ` + caseColumns + ` from cases.cases c where c.id = @id and ` + ScopeSQL
	if lock {
		sql += ` for update of c`
	}
	args := pgx.NamedArgs(access.ScopeOf(actor, View).Args(map[string]any{"id": id}))
	rows, err := tx.Query(ctx, sql, args)
	if err != nil {
		return nil, pg.Fault("get case", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Case])
	if err != nil {
		return nil, pg.Fault("get case", err)
	}
	w := &Work{Case: c, now: s.now(), by: actor, newID: s.newID, measured: c.end() != nil}
	if w.calendar, err = org.Calendar(ctx, tx); err != nil {
		return nil, err
	}
	if w.Stages, err = stages(ctx, tx, id); err != nil {
		return nil, err
	}
	if w.Events, err = events(ctx, tx, id); err != nil {
		return nil, err
	}
	if w.Asked, err = corrections(ctx, tx, id); err != nil {
		return nil, err
	}
	if w.OpinionsAsked, err = opinionsAsked(ctx, tx, id); err != nil {
		return nil, err
	}
	if err := assignments(ctx, tx, w); err != nil {
		return nil, err
	}
	if w.Desk, err = offices.DeskOf(ctx, tx, actor.UserID, workdays.DateOf(w.now)); err != nil {
		return nil, err
	}
	if w.asksForm() {
		if w.form, err = formOfCase(ctx, tx, w.Case); err != nil {
			return nil, err
		}
	}
	return w, loadTerm(ctx, tx, w)
}

// queueStages writes the stages that an act changed, and those that it has put between others.
func queueStages(batch *pgx.Batch, w *Work, before []Stage) {
	was := map[uuid.UUID]Stage{}
	for _, st := range before {
		was[st.ID] = st
	}
	if len(w.Stages) != len(before) { // no two stages of a case have one position, not for a moment
		batch.Queue(`update cases.stages set position = -position where case_id = $1`, w.Case.ID)
	}
	for _, st := range w.Stages {
		old, known := was[st.ID]
		switch {
		case !known:
			QueueRows(batch, insertStageRow, [][]any{stageArgs(w.Case, st)}, ``)
		case len(w.Stages) != len(before), st.State != old.State, st.DueOn != old.DueOn, st.Plan != old.Plan:
			batch.Queue(`update cases.stages set state = $2, started_at = $3, due_on = $4, finished_at = $5, finished_by = $6, note = $7, position = $8,
				plan = $9, outcome = $10 where id = $1`, st.ID, st.State, st.StartedAt, st.DueOn, st.FinishedAt, st.FinishedBy, st.Note, st.Position, st.Plan, st.Outcome)
		}
	}
}

// loadTerm reads from the card that the case began with what the case runs on.
func loadTerm(ctx context.Context, tx pgx.Tx, w *Work) error {
	var card, tech []byte
	var kind string
	var represented bool
	err := tx.QueryRow(ctx, `select (select content from catalogue.cards where id = $1), (select content from catalogue.tech_cards where id = $2),
			coalesce((select separate_duties from region.profile), false),
			coalesce((select extension_days from region.profile), 15), `+storageSQL+`, a.kind, a.representative_surname <> ''
			from cases.applicants a where a.id = $3`, w.Case.CardID, w.Case.TechCardID, w.Case.ApplicantID).Scan(
		&card, &tech, &w.SeparateDuties, &w.MostExtension, &w.StorageDays, &kind, &represented)
	w.facts = factsOf(w.Case.Channel, kind, represented)
	if err != nil {
		return pg.Fault("get card of case", err)
	}
	var techCard contract.TechCard
	if err := unmarshal(tech, &techCard); err != nil {
		return pg.Fault("read technological card", err)
	}
	if err := json.Unmarshal(card, &w.Card); err != nil {
		return pg.Fault("read card", err)
	}
	w.Term = offered{Card: w.Card, TechCard: techCard}.term()
	return nil
}

func stages(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]Stage, error) {
	rows, _ := tx.Query(ctx, `select id, case_id, position, name, name_en, action, authority_id, official, days, state, started_at,
		due_on, finished_at, finished_by, note, days_in, plan, outcome from cases.stages where case_id = $1 order by position`, id)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Stage])
	return list, pg.Fault("get stages", err)
}

func events(ctx context.Context, tx pgx.Tx, id uuid.UUID) ([]Event, error) {
	rows, _ := tx.Query(ctx, `select id, case_id, at, kind, text, text_en, typed, actor_id, actor, published,
		about, instead_of, was, undone_at, grounds from cases.events where case_id = $1 order by at, id`, id)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Event, error) {
		var e Event
		err := row.Scan(&e.ID, &e.CaseID, &e.At, &e.Kind, &e.Text.UK, &e.Text.EN, &e.Typed, &e.ActorID, &e.Actor, &e.Published, &e.About, &e.InsteadOf, &e.Was, &e.UndoneAt, &e.Grounds)
		return e, err
	})
	return list, pg.Fault("get events", err)
}

// Names are the words beside a case's ids, for its page.
type Names struct {
	Service, Centre, Authority locale.Text
	ServiceCode                string
	FormSchema                 json.RawMessage // nil when the case came without a form
	StageAuthorities           map[uuid.UUID]string
}

// Who names the authority of a stage.
func (n Names) Who(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return n.StageAuthorities[*id]
}

// Around returns what a case's page shows beside the case itself.
func (s *Store) Around(ctx context.Context, w *Work) (Names, Applicant, []documents.File, error) {
	n := Names{StageAuthorities: map[uuid.UUID]string{}}
	c := w.Case
	var a Applicant
	r := &a.Representative
	err := s.pool.QueryRow(ctx, `
		select s.name, s.name_en, s.code, ce.name, ce.name_en, au.name, au.name_en, f.schema,
		       a.id, a.kind, a.surname, a.given_name, a.patronymic, a.entity, a.tax_number, a.edrpou, a.unzr, a.passport, a.address, a.phone, a.email,
		       a.document, a.no_tax_number, a.representative_surname, a.representative_given_name, a.representative_patronymic,
		       a.representative_basis, a.representative_document
		from cases.cases c
		join catalogue.services s on s.id = c.service_id join org.centres ce on ce.id = c.centre_id join org.authorities au on au.id = c.authority_id
		join cases.applicants a on a.id = c.applicant_id
		left join catalogue.forms f on f.id = c.form_id
		where c.id = $1`, c.ID).Scan(
		&n.Service.UK, &n.Service.EN, &n.ServiceCode, &n.Centre.UK, &n.Centre.EN, &n.Authority.UK, &n.Authority.EN, &n.FormSchema,
		&a.ID, &a.Kind, &a.Surname, &a.GivenName, &a.Patronymic, &a.Entity, &a.TaxNumber, &a.EDRPOU, &a.UNZR, &a.Passport, &a.Address, &a.Phone, &a.Email,
		&a.Document, &a.NoTaxNumber, &r.Surname, &r.GivenName, &r.Patronymic, &r.Basis, &r.Document)
	if err != nil {
		return n, a, nil, pg.Fault("get names of case", err)
	}
	rows, err := s.pool.Query(ctx, `select distinct a.id, coalesce(nullif(a.short_name, ''), a.name) from cases.stages s
		join org.authorities a on a.id = s.authority_id where s.case_id = $1`, c.ID)
	if err != nil {
		return n, a, nil, pg.Fault("get authorities of stages", err)
	}
	var id uuid.UUID
	var name string
	if _, err := pgx.ForEachRow(rows, []any{&id, &name}, func() error {
		n.StageAuthorities[id] = name
		return nil
	}); err != nil {
		return n, a, nil, pg.Fault("get authorities of stages", err)
	}
	if !w.SeesAll(w.by) {
		n.FormSchema = nil
		return n, a.outline(), nil, nil
	}
	files, err := documents.OfCase(ctx, s.pool, c.ID)
	return n, a, files, err
}

// File returns a file of a case that the actor may see. A file of another case is NotFound, and so is every file for an
// authority that only takes part, outside its own stage.
func (s *Store) File(ctx context.Context, actor access.Actor, caseID, fileID uuid.UUID) (documents.File, error) {
	w, err := s.Work(ctx, actor, caseID)
	if err != nil {
		return documents.File{}, err
	}
	if !w.SeesAll(actor) {
		return documents.File{}, fault.New(fault.NotFound, "")
	}
	f, err := documents.Get(ctx, s.pool, fileID)
	if err == nil && (f.CaseID == nil || *f.CaseID != caseID) {
		return documents.File{}, fault.New(fault.NotFound, "")
	}
	return f, err
}

// textsOf is a list as a column that is never null.
func textsOf(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
