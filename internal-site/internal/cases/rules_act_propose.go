package cases

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// The acts by which a decision is worded by one person and signed by another.
const (
	Propose  Act = "propose"   // whoever prepares the decision hands it to the signatory
	Sign     Act = "sign"      // the signatory decides as it was worded
	SendBack Act = "send_back" // or returns it with a remark
)

// What those acts leave behind in the history. A signed decision is a decision.
const (
	EventProposed EventKind = "decision_proposed"
	EventSentBack EventKind = "decision_sent_back"
)

// Proposal is a decision that somebody has worded and handed to its signatory.
type Proposal struct {
	Outcome     Outcome   `json:"outcome"`
	Grounds     []string  `json:"grounds,omitempty"`
	OtherGround string    `json:"other_ground,omitempty"`
	Reasoning   string    `json:"reasoning,omitempty"`
	By          uuid.UUID `json:"by"`
	Name        string    `json:"name"` // of whoever prepared it
	At          time.Time `json:"at"`
	Stage       uuid.UUID `json:"stage,omitzero"` // that ended with it; Nil when none did

	Remark     string    `json:"remark,omitempty"` // with which the signatory returned it
	RemarkName string    `json:"remark_name,omitempty"`
	ReturnedAt time.Time `json:"returned_at,omitzero"`
}

// Returned says whether the signatory has returned the proposal.
func (p Proposal) Returned() bool { return !p.ReturnedAt.IsZero() }

// decides is the decision that the proposal words.
func (p Proposal) decides() Command {
	return Command{Act: Decide, Outcome: p.Outcome, Grounds: p.Grounds, OtherGround: p.OtherGround, Text: p.Reasoning}
}

var propose = rule{
	act: Propose, from: []State{InProgress}, right: WorkOn, undo: undoQuietly,
	object: func(w *Work) access.Object {
		return access.Object{Own: []access.Place{access.InAuthority(w.Case.AuthorityID)}}
	},
	hinders: (*Work).hindersProposing, check: (*Work).checkProposal, perform: (*Work).propose,
	detail: func(cmd Command) map[string]string {
		return cmd.withGrounds(map[string]string{"outcome": string(cmd.Outcome)})
	},
}

var sign = rule{
	act: Sign, next: FinishStage, from: []State{InProgress}, to: Decided, right: DecideOn, undo: undoOpenly, byOffice: (*Work).decidesAt, permits: (*Work).decidesApart,
	hinders: (*Work).hindersSigning,
	check:   func(w *Work, _ Command) []fault.FieldError { return w.checkDecision(w.Case.Proposal.decides()) },
	perform: func(w *Work, _ Command) error { return w.decide(w.Case.Proposal.decides()) },
	detail:  func(cmd Command) map[string]string { return cmd.withDecision(map[string]string{}) },
}

var sendBack = rule{
	act: SendBack, from: []State{InProgress}, right: DecideOn, undo: undoOpenly, byOffice: (*Work).decidesAt, textMissing: "cases.send_back_required",
	hinders: (*Work).hindersSigning, perform: (*Work).sendBack,
}

// hindersProposing: a decision is prepared once the case has reached the authority that decides.
func (w *Work) hindersProposing() error {
	if _, err := w.decidesIn(); err == nil {
		return nil
	}
	for _, s := range w.Stages {
		if s.State == StageActive && s.of(w.Case.AuthorityID) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "cases.decide_in_stage")
}

// Seen names the proposal, so that a page can say which one it showed.
func (p Proposal) Seen() string { return strconv.FormatInt(p.At.UnixMicro(), 10) }

// Replaces is the proposal of a colleague that whoever acts would put their own in the place of; nil when there is none.
func (w *Work) Replaces(actor access.Actor) *Proposal {
	if p := w.Case.Proposal; p != nil && !p.Returned() && p.By != actor.UserID {
		return p
	}
	return nil
}

// checkProposal: it is held to what a decision is held to, and replaces what a colleague has proposed only by choice.
func (w *Work) checkProposal(cmd Command) []fault.FieldError {
	wrong := w.checkDecision(cmd)
	if p := w.Replaces(w.by); p != nil && cmd.Replaces != p.Seen() {
		wrong = append(wrong, fault.FieldError{Field: "replaces_proposal", Key: "cases.proposal_of_colleague"})
	}
	return wrong
}

// hindersSigning: there is something to sign that has not been returned, and the case stands where it is decided.
func (w *Work) hindersSigning() error {
	if p := w.Case.Proposal; p == nil || p.Returned() {
		return fault.New(fault.Conflict, "cases.act_refused")
	}
	_, err := w.decidesIn()
	return err
}

// propose keeps the worded decision for the signatory. It ends the stage in which the decision was prepared, where that is not the
// stage of the decision itself.
func (w *Work) propose(cmd Command) error {
	p := &Proposal{
		Outcome: cmd.Outcome, Grounds: w.orderGrounds(cmd.Grounds), OtherGround: cmd.OtherGround, Reasoning: cmd.Text,
		By: w.by.UserID, Name: w.by.Name, At: w.now,
	}
	if cmd.Outcome != Refused {
		p.Grounds, p.OtherGround = nil, ""
	}
	w.Case.Proposal = p
	w.add(EventProposed, say("cases.says.proposed."+string(cmd.Outcome)), false)
	w.Events[len(w.Events)-1].Typed = joinLines(numberedGrounds(w.Cited(p.Grounds, p.OtherGround)), p.Reasoning)
	if w.permits(w.by, FinishStage) != nil || w.Hinders(FinishStage) != nil {
		return nil
	}
	finish, end := acts[FinishStage], Command{Act: FinishStage}
	if finish.check != nil && len(finish.check(w, end)) > 0 { // it ends in several ways, and which one is for them to say
		return nil
	}
	before := append([]Stage{}, w.Stages...)
	err := finish.perform(w, end)
	for i := range before {
		if before[i].State == StageActive && w.Stages[i].State == StageDone {
			p.Stage = w.Stages[i].ID
		}
	}
	return err
}

// sendBack returns the proposal with a remark, and with it the work to the stage in which it was prepared.
func (w *Work) sendBack(cmd Command) error {
	p := *w.Case.Proposal
	p.Remark, p.RemarkName, p.ReturnedAt = cmd.Text, w.by.Name, w.now
	w.Case.Proposal = &p
	for _, s := range w.Returnable() {
		if s.ID == p.Stage {
			return acts[ReturnStage].perform(w, Command{Act: ReturnStage, Stage: s.ID, Text: cmd.Text})
		}
	}
	w.tellColleagues(EventSentBack, say("cases.says.sent_back"), p.Name, cmd.Text, false)
	return nil
}

// Signatory is the title of the office that signs the decision; "" where the technological card names none.
func (w *Work) Signatory() string {
	if stage := w.deciding(); stage != nil && stage.office() != "" {
		return stage.Official
	}
	return ""
}
