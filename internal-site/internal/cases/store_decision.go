package cases

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
)

// DraftDecision words the document of a decision by what was typed for Decide, Propose or CorrectDecision, or proposed for Sign, and by the template in force. It
// judges the act as Do does, for the version that the page showed, and writes nothing.
func (s *Store) DraftDecision(ctx context.Context, actor access.Actor, id uuid.UUID, version int, cmd Command) (doc decisions.Document, err error) {
	w, err := s.Work(ctx, actor, id)
	if err != nil {
		return doc, err
	}
	what, err := w.draftDecision(cmd, version)
	if err != nil {
		return doc, err
	}
	who := official{actor.UserID, actor.Name, w.decidesFor()}
	if cmd.Act == Propose {
		if who, err = s.signatory(ctx, w, actor); err != nil {
			return doc, err
		}
	}
	return s.word(ctx, w, what, who)
}

// official is who a document names as its official; the zero value for nobody yet.
type official struct {
	id     uuid.UUID
	name   string
	absent string // for whom they decide as a substitute; "": for themselves
}

// word fills the template in force with what is decided.
func (s *Store) word(ctx context.Context, w *Work, what decided, who official) (doc decisions.Document, err error) {
	a := around{official: who.signs()}
	if a.names, a.applicant, _, err = s.Around(ctx, w); err != nil {
		return doc, err
	}
	return doc, pg.InSnapshot(ctx, s.pool, func(tx pgx.Tx) error {
		if err := loadAround(ctx, tx, w, &a, who.id); err != nil {
			return err
		}
		made, err := decisionsOf(ctx, tx, w.Case.ID)
		if err != nil {
			return err
		}
		t, err := decisions.InForce(ctx, tx, decisions.Key{Authority: w.Case.AuthorityID, Service: w.Case.ServiceID, Outcome: decisions.Outcome(what.outcome)})
		if err != nil {
			return err
		}
		position := len(made) + 1
		number := numberOfDecision(w.Case.Number, position)
		doc = decisions.Document{
			Number: number, Position: position, Title: decisions.TitleOf(number, w.now), Author: a.names.Authority.UK, Made: w.now,
			Template: t.ID, Text: t.Text, Values: w.valuesOf(what, a, number),
		}
		return nil
	})
}

// loadAround reads what a document says of the official, of the law and of appeals.
func loadAround(ctx context.Context, tx pgx.Tx, w *Work, a *around, official uuid.UUID) error {
	var days int
	err := tx.QueryRow(ctx, `select coalesce((select position from access.users where id = $1), ''),
		coalesce((select appeal from region.profile), ''), coalesce((select appeal_days from region.profile), 0)`, official).
		Scan(&a.position, &a.appeal, &days)
	if err != nil {
		return pg.Fault("get official of decision", err)
	}
	if a.appeal != "" && days > 0 {
		a.appeal += " " + decisions.AppealDays(days)
	}
	ids := []uuid.UUID{}
	for _, act := range w.Card.Acts {
		ids = append(ids, act.ID)
	}
	rows, _ := tx.Query(ctx, `select id, title from law.acts where id = any($1)`, ids)
	titles := map[uuid.UUID]string{}
	var id uuid.UUID
	var title string
	if _, err := pgx.ForEachRow(rows, []any{&id, &title}, func() error {
		titles[id] = title
		return nil
	}); err != nil {
		return pg.Fault("get acts of decision", err)
	}
	for _, act := range w.Card.Acts {
		switch title := titles[act.ID]; {
		case title == "":
		case act.Note.UK != "":
			a.acts = append(a.acts, title+" ("+act.Note.UK+")")
		default:
			a.acts = append(a.acts, title)
		}
	}
	return nil
}

// Decisions returns the documents of the case's decisions, the oldest first; none when the actor does not see the applicant's data.
func (s *Store) Decisions(ctx context.Context, actor access.Actor, w *Work) ([]DecisionPaper, error) {
	if !w.SeesAll(actor) {
		return nil, nil
	}
	return decisionsOf(ctx, s.pool, w.Case.ID)
}

func decisionsOf(ctx context.Context, db pg.Queryer, caseID uuid.UUID) ([]DecisionPaper, error) {
	rows, _ := db.Query(ctx, `select d.file_id, d.position, d.number, coalesce(d.template_id, '00000000-0000-0000-0000-000000000000'), d.made_at,
		f.withdrawn_at is null from cases.decisions d join documents.files f on f.id = d.file_id where d.case_id = $1 order by d.position`, caseID)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (p DecisionPaper, err error) {
		err = row.Scan(&p.File, &p.Position, &p.Number, &p.Template, &p.MadeAt, &p.Valid)
		return p, err
	})
	return list, pg.Fault("list decisions", err)
}

// writeFiles writes the rows of an act's files, and the number of a decision's document.
func writeFiles(ctx context.Context, tx pgx.Tx, w *Work, cmd Command, files []documents.File) error {
	if cmd.Act == SignResult {
		if err := documents.LockSignable(ctx, tx, w.Case.ID, cmd.File); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := documents.Insert(ctx, tx, f); err != nil {
			return err
		}
		if f.Purpose != documents.Result || f.SignsID != nil {
			continue
		}
		if err := issueDocument(ctx, tx, w, cmd, f); err != nil {
			return err
		}
	}
	p := cmd.Decision
	if p == nil || !cmd.Act.HasPaper() {
		return nil
	}
	if !slices.ContainsFunc(files, func(f documents.File) bool {
		return f.ID == p.File && f.Purpose == documents.Result && f.CaseID != nil && *f.CaseID == w.Case.ID
	}) {
		return fault.New(fault.Invalid, "")
	}
	_, err := tx.Exec(ctx, `insert into cases.decisions (file_id, case_id, position, number, template_id, made_at, made_by) values ($1, $2, $3, $4, $5, $6, $7)`,
		p.File, w.Case.ID, p.Position, numberOfDecision(w.Case.Number, p.Position), pg.NullUUID(p.Template), w.now, w.by.UserID)
	return pg.Fault("write decision", err)
}

// issueDocument writes that the document was issued, by the number that stands on it if it bears one.
func issueDocument(ctx context.Context, tx pgx.Tx, w *Work, cmd Command, f documents.File) (err error) {
	d := documents.Issued{File: f, Authority: w.Case.AuthorityID, At: w.now}
	if cmd.Decision != nil && cmd.Decision.File == f.ID {
		d.Number = cmd.Decision.Check
	}
	if d.Number == "" {
		if d.Number, err = contract.NewDocumentNumber(nil); err != nil {
			return err
		}
	}
	return documents.Issue(ctx, tx, d)
}

// DocumentNumber returns the number by which anybody checks a document of the case, NotFound when it has none.
func (s *Store) DocumentNumber(ctx context.Context, f documents.File) (string, error) {
	return documents.NumberOf(ctx, s.pool, f.ID)
}

// withdrawDecisionPapers takes the documents of a case's decisions back that are valid still.
func withdrawDecisionPapers(ctx context.Context, tx pgx.Tx, w *Work, why string) error {
	list, err := decisionsOf(ctx, tx, w.Case.ID)
	if err != nil {
		return err
	}
	for _, p := range list {
		if !p.Valid {
			continue
		}
		out := documents.Withdrawal{CaseID: w.Case.ID, By: w.by.UserID, At: w.now, Why: why, Original: p.File}
		if _, err := documents.WithdrawResults(ctx, tx, out); err != nil {
			return err
		}
	}
	return nil
}

// noDecision refuses to withdraw or replace the document of a decision as if it were a result: the decision itself is corrected.
func noDecision(ctx context.Context, tx pgx.Tx, w *Work, file uuid.UUID) error {
	list, err := decisionsOf(ctx, tx, w.Case.ID)
	if err == nil && slices.ContainsFunc(list, func(p DecisionPaper) bool { return p.File == file }) {
		return fault.New(fault.Conflict, "cases.decision_is_no_result")
	}
	return err
}
