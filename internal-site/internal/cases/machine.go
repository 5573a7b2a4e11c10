package cases

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/offices"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// Command is one act with what was typed.
type Command struct {
	Act     Act
	Text    string // reason, message, note, or what the decision rests on
	Outcome Outcome
	Grounds []string // of a refusal: ids of the card, and OtherGround
	Paper   string   // number and date of the paper that Issue handed over
	// OtherGround is the ground for refusal in words, where it is one that the card does not name.
	OtherGround string
	Replaces    string    // Proposal.Seen of a colleague's proposal that Propose replaces
	Reasoning   string    // of CorrectDecision; its Text says why the decision is corrected
	File        uuid.UUID // the result that WithdrawResult takes back, that Upload replaces, and that SignResult signs
	Handed      Handover  // to whom Issue handed the result over
	// To is the colleague of Assign and AskOpinion. The store finds out whether they work in the party, and fills in toName.
	To     uuid.UUID
	toName string
	Stage  uuid.UUID // to which ReturnStage goes back, and which DropStage takes out
	Chosen string    // id of the outcome with which FinishStage ends the stage
	Seen   string    // Stage.Seen of the stage that FinishStage ends, as the page showed it
	Insert Inserting // what InsertStage puts in
	// Result is the file of Upload, already in the object store; its row is written with the event.
	Result *ResultFile
	// Decision is the document of Decide and of CorrectDecision, already in the object store; nil makes none.
	Decision *DecisionPaper
	// Extension is by how much Extend extends the term.
	Extension workdays.Span
	Ask       Asking      // what Suspend wants of the applicant
	Papers    []ReplyFile // what TakePapers puts to the case, already in the object store
	GoOn      bool        // TakePapers lets the clock run again
	Opinion   OpinionAsking
	Question  uuid.UUID // that RecallOpinion takes back; Nil where there is one alone
	Press     uuid.UUID // the form that asks for the act, by its hash, for WasPressed; Nil for none
	AndNext   bool      // the act that may follow at once is done with this one
}

// ResultFile is a result that lies in the object store: the original, and the bytes sealed for the applicant.
type ResultFile struct {
	Original uuid.UUID
	Sealed   uuid.UUID // Nil when the applicant holds no code
}

// Work is one case with everything that an act looks at or changes.
type Work struct {
	Case   Case
	Stages []Stage // in order
	Events []Event // in order; new ones are appended
	Card   contract.Card
	Term   workdays.Span // of the case, as its card has it
	// MostExtension is by how many calendar days the installation lets a term be extended, all extensions together.
	MostExtension int
	// StorageDays is for how many calendar days the region stores a result; 0: without end.
	StorageDays int
	// SeparateDuties says that the installation lets nobody approve what they prepared.
	SeparateDuties bool
	// Assigned is who works on the case within each party.
	Assigned map[access.Place]Assignment
	// Asked is what its applicant was asked for, the latest last.
	Asked []Correction
	// OpinionsAsked are those that colleagues were asked for, the earliest first.
	OpinionsAsked []OpinionAsked
	// Desk is what whoever acts may do by offices today.
	Desk offices.Desk

	calendar workdays.Calendar
	now      time.Time
	by       access.Actor
	newID    func() uuid.UUID
	added    int               // how many events are new
	held     time.Time         // until when nothing is told of them; zero when their act stands at once
	standsIn string            // name of the official for whom the act is done by a substitute
	asked    *Correction       // what this act asks for
	reply    *Reply            // what this act takes from the applicant
	opinion  *OpinionAsked     // what this act asks a colleague for
	press    uuid.UUID         // the form that asks for this act
	recalled uuid.UUID         // the question that this act takes back
	wentOn   Act               // what was done with this act at once
	form     json.RawMessage   // the form that the answers were given on, when the act or a stage looks at it; nil without one
	facts    map[string]string // of the case, by which stages are done or left out
	measured bool              // the case had come to its end when it was read, so that statistics count it
}

const maxText = 4000

// Possible says whether the act may be done in the case's present state.
func (w *Work) Possible(act Act) bool { return w.Hinders(act) == nil }

// Hinders says why the act cannot be done now, nil when it can.
func (w *Work) Hinders(act Act) error {
	if !slices.Contains(acts[act].from, w.Case.State) {
		return fault.New(fault.Conflict, "cases.act_refused")
	}
	if hinders := acts[act].hinders; hinders != nil {
		return hinders(w)
	}
	return nil
}

// apply does the act: it changes the case, its stages and adds events, or says why it cannot.
func (w *Work) apply(cmd Command) error {
	if err := w.permit(cmd.Act); err != nil {
		return err
	}
	if err := w.Hinders(cmd.Act); err != nil {
		return err
	}
	cmd.trim()
	if err := w.check(cmd); err != nil {
		return err
	}
	rule := acts[cmd.Act]
	w.standsIn, w.held = "", time.Time{}
	if rule.undo != "" {
		w.held = w.now.Add(UndoFor)
	}
	if rule.byOffice != nil {
		w.standsIn = w.capacity(rule.byOffice(w, w.by)).For
	}
	if err := rule.perform(w, cmd); err != nil {
		return err
	}
	if rule.to != "" {
		w.Case.State = rule.to
	}
	w.keepStorage()
	w.keepAssignedTo()
	if cmd.AndNext {
		return w.follow(cmd.Act)
	}
	return nil
}

// trim takes blanks off what was typed.
func (c *Command) trim() {
	c.Text, c.Reasoning, c.OtherGround, c.Paper = strings.TrimSpace(c.Text), strings.TrimSpace(c.Reasoning), joinWords(c.OtherGround), joinWords(c.Paper)
	c.Handed.Name, c.Handed.Basis, c.Handed.Number = joinWords(c.Handed.Name), joinWords(c.Handed.Basis), joinWords(c.Handed.Number)
}

// check says everything that is wrong with what was typed for the act.
func (w *Work) check(cmd Command) error {
	rule := acts[cmd.Act]
	var wrong []fault.FieldError
	if rule.check != nil {
		wrong = rule.check(w, cmd)
	}
	switch {
	case rule.textMissing != "" && cmd.Text == "":
		wrong = append(wrong, fault.FieldError{Field: FieldOf(cmd.Act), Key: rule.textMissing})
	case utf8.RuneCountInString(cmd.Text) > maxText:
		wrong = append(wrong, fault.FieldError{Field: FieldOf(cmd.Act), Key: "form.too_long", Args: []any{maxText}})
	}
	return fault.InvalidFields(wrong...)
}

// moment is when the act happens, as a value of its own: what is kept of this act must not move with the next one.
func (w *Work) moment() *time.Time {
	at := w.now
	return &at
}

func (w *Work) add(kind EventKind, text locale.Text, public bool) {
	actor := w.by.Audit()
	w.added++
	w.Events = append(w.Events, Event{
		ID: w.newID(), CaseID: w.Case.ID, At: w.now, Kind: kind, Text: text, ActorID: actor.ID, Actor: w.by.Name, InsteadOf: w.standsIn,
		Published: public && w.Case.Tracked, held: w.held,
	})
}

// addTyped adds an event with what a member of staff wrote. What the applicant is to read is sealed to their code.
func (w *Work) addTyped(kind EventKind, text locale.Text, typed string, public bool) error {
	w.add(kind, text, public)
	e := &w.Events[len(w.Events)-1]
	e.Typed = typed
	if !e.Published || typed == "" || w.Case.Recipient == "" {
		return nil
	}
	var err error
	e.Sealed, err = seal.ForCode(w.Case.Recipient, []byte(typed))
	return err
}

// said says whether the last thing that the actor did with the case was to add this very text. A form that was sent twice
// arrives the second time with a version that the first has made stale.
func (w *Work) said(cmd Command) bool {
	for _, e := range slices.Backward(w.Events) {
		if e.ActorID != nil && *e.ActorID == w.by.UserID {
			return e.Kind == acts[cmd.Act].appends && e.Typed == strings.TrimSpace(cmd.Text)
		}
	}
	return false
}

// Deadline explains the term of the case.
func (w *Work) Deadline() workdays.Deadline {
	return w.extended(w.extensions())
}

// Running says whether a case in the state can still be late.
func (s State) Running() bool { return s == Registered || s == InProgress }
