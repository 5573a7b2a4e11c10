package cases

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// DecisionPaper is the document of a decision: a file of the case with its number.
type DecisionPaper struct {
	File     uuid.UUID // the original
	Position int       // among those of the case
	Number   string
	Template uuid.UUID // by which it was worded; Nil is the portal's own
	MadeAt   time.Time
	Valid    bool   // not withdrawn since
	Check    string // the number that stands on it, by which anybody checks it; only of one that is being made
}

// decides are the acts that leave the document of a decision behind.
var decides = []Act{Decide, Sign, CorrectDecision}

// Words says whether a decision is worded for the act, so that its document can be looked at before.
func (a Act) Words() bool { return a.HasPaper() || a == Propose }

// HasPaper says whether the act leaves the document of a decision behind.
func (a Act) HasPaper() bool { return slices.Contains(decides, a) }

// withDecision adds the document of a decision to what the trail keeps.
func (c Command) withDecision(detail map[string]string) map[string]string {
	if c.Decision != nil {
		detail["file"] = c.Decision.File.String()
	}
	return detail
}

// numberOfDecision is the number of the case, and for a later decision on it which one it is.
func numberOfDecision(number string, position int) string {
	if position == 1 {
		return number
	}
	return number + "/" + strconv.Itoa(position)
}

// draftDecision checks what was typed as the act itself does, and says what is to be decided. It changes nothing.
func (w *Work) draftDecision(cmd Command, version int) (d decided, err error) {
	if !cmd.Act.Words() {
		return d, fault.New(fault.Invalid, "")
	}
	if err := w.permit(cmd.Act); err != nil {
		return d, err
	}
	if w.Case.Version != version {
		return d, fault.New(fault.Conflict, "")
	}
	if err := w.Hinders(cmd.Act); err != nil {
		return d, err
	}
	cmd.trim()
	if err := w.check(cmd); err != nil {
		return d, err
	}
	return decidedBy(cmd, w), nil
}

// decidedBy is what an act decides.
func decidedBy(cmd Command, w *Work) decided {
	if cmd.Act == Sign {
		cmd = w.Case.Proposal.decides()
	}
	d := decided{outcome: cmd.Outcome, reasoning: cmd.Text}
	if cmd.Act == CorrectDecision {
		d = decided{outcome: w.Case.Outcome, reasoning: cmd.Reasoning}
	}
	if d.outcome == Refused {
		d.grounds = numberedGrounds(w.Cited(cmd.Grounds, cmd.OtherGround))
	}
	return d
}

// decided is what a decision says.
type decided struct {
	outcome            Outcome
	grounds, reasoning string
}

// around is what a document says beside the case and the decision.
type around struct {
	names     Names
	applicant Applicant
	official  string
	position  string   // of the official
	acts      []string // titles, with the articles that the card names
	appeal    string
}

// decidesFor is the name of the official for whom whoever acts decides as their substitute; "" when they hold the office of the
// decision themselves, act as head while nobody holds it, or the card names no office.
func (w *Work) decidesFor() string {
	stage := w.deciding()
	if stage == nil || stage.office() == "" {
		return ""
	}
	c, _ := w.Desk.Acts(offices.Office{Place: w.Case.AuthorityID, Key: stage.office()})
	return c.For
}

// signs is how the official stands in a document. A substitute says whose duties they perform: whoever receives the decision has to be
// able to see by what right it was made.
func (o official) signs() string {
	if o.absent == "" {
		return o.name
	}
	return said.In(locale.UK).T("cases.decides_for", o.name, o.absent)
}

// valuesOf fills the fields of a document.
func (w *Work) valuesOf(d decided, a around, number string) map[decisions.Field]string {
	uk := said.In(locale.UK)
	values := map[decisions.Field]string{
		decisions.Number: number, decisions.Date: uk.Date(w.now), decisions.CaseNumber: w.Case.Number, decisions.Filed: uk.Date(w.Case.FiledAt),
		decisions.Service: a.names.Service.UK, decisions.ServiceCode: a.names.ServiceCode, decisions.Authority: a.names.Authority.UK,
		decisions.Applicant: a.applicant.Name(), decisions.Representative: a.applicant.Representative.Name(), decisions.Address: a.applicant.Address,
		decisions.Decided: decisions.Says(decisions.Outcome(d.outcome)), decisions.Grounds: d.grounds, decisions.Reasoning: d.reasoning,
		decisions.Official: a.official, decisions.Position: a.position, decisions.Acts: strings.Join(a.acts, "; "),
	}
	if d.outcome == Refused {
		values[decisions.Appeal] = a.appeal
	}
	return values
}
