package cases

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

// Act is something that staff do with a case.
type Act string

// The acts.
const (
	Take        Act = "take"         // into work: assigned to whoever does it
	FinishStage Act = "finish_stage" // the active stage; the next one begins
	Suspend     Act = "suspend"
	Resume      Act = "resume"
	Message     Act = "message" // to the applicant
	Note        Act = "note"    // for staff only
	Decide      Act = "decide"
	Upload      Act = "upload" // the result
	Issue       Act = "issue"  // the result was handed over
	Close       Act = "close"  // into the archive
)

// acts is the state machine of cases: from where an act may be done, where it leads ("" stays) and the
// right that it takes.
var acts = map[Act]struct {
	from  []State
	to    State
	right access.Action
}{
	Take:        {[]State{Registered, InProgress, Suspended}, "", WorkOn}, // registered becomes in_progress
	FinishStage: {[]State{InProgress, Decided}, "", WorkOn},
	Suspend:     {[]State{InProgress}, Suspended, WorkOn},
	Resume:      {[]State{Suspended}, InProgress, WorkOn},
	Message:     {[]State{Registered, InProgress, Suspended, Decided, Issued}, "", WorkOn},
	Note:        {States, "", WorkOn},
	Decide:      {[]State{InProgress}, Decided, DecideOn},
	Upload:      {[]State{Decided, Issued}, "", UploadResult},
	Issue:       {[]State{Decided}, Issued, IssueResult},
	Close:       {[]State{Issued}, Closed, IssueResult},
}

// Acts lists every act.
var Acts = []Act{Take, FinishStage, Suspend, Resume, Message, Note, Decide, Upload, Issue, Close}

// Command is one act with what was typed.
type Command struct {
	Act     Act
	Text    string // reason, message, note, or what the decision rests on
	Outcome Outcome
	Ground  string // id of the ground for refusal
	// Result is the file of Upload, already in the object store; its row is written with the event.
	Result *ResultFile
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
	Term   int // days of the case's term

	calendar workdays.Calendar
	now      time.Time
	by       access.Actor
	newID    func() uuid.UUID
	added    int // how many events are new
}

const maxText = 4000

// May says whether actor may ever do the act with this case, in whatever state.
func (w *Work) May(actor access.Actor, act Act) bool {
	return access.Can(actor, acts[act].right, w.object(act))
}

// object is what the act is about: the case, or for what changes its course the stage that is active. An authority
// that only takes part later, or did before, neither finishes the stages of others nor stops their clock.
func (w *Work) object(act Act) access.Object {
	o := w.Case.Object(w.Stages)
	stage := w.active()
	if stage == nil || act != FinishStage && act != Suspend && act != Resume {
		return o
	}
	o.Part = nil
	if stage.AuthorityID != nil {
		o.Part = []access.Place{access.InAuthority(*stage.AuthorityID)}
	}
	return o
}

// Possible says whether the act may be done in the case's present state.
func (w *Work) Possible(act Act) bool {
	if act == FinishStage && w.active() == nil {
		return false
	}
	return slices.Contains(acts[act].from, w.Case.State)
}

// apply does the act: it changes the case, its stages and adds events, or says why it cannot.
func (w *Work) apply(cmd Command) error {
	if err := w.permit(cmd.Act); err != nil {
		return err
	}
	if !w.Possible(cmd.Act) {
		return fault.New(fault.Conflict, "cases.act_refused")
	}
	cmd.Text = strings.TrimSpace(cmd.Text)
	if err := w.checkText(cmd); err != nil {
		return err
	}
	if err := w.perform(cmd); err != nil {
		return err
	}
	if to := acts[cmd.Act].to; to != "" {
		w.Case.State = to
	}
	return nil
}

// permit says whether whoever acts has the right to the act.
func (w *Work) permit(act Act) error {
	rule, known := acts[act]
	if !known {
		return fault.New(fault.Invalid, "")
	}
	return access.Require(w.by, rule.right, w.object(act))
}

// checkText: reasons, messages and notes have to say something.
func (w *Work) checkText(cmd Command) error {
	needed := map[Act]string{
		Suspend: "cases.reason_required", Message: "cases.message_required", Note: "cases.note_required",
	}[cmd.Act]
	switch {
	case needed != "" && cmd.Text == "":
		return fault.InvalidFields(fault.FieldError{Field: FieldOf(cmd.Act), Key: needed})
	case utf8.RuneCountInString(cmd.Text) > maxText:
		return fault.InvalidFields(fault.FieldError{Field: FieldOf(cmd.Act), Key: "form.too_long", Args: []any{maxText}})
	}
	return nil
}

// FieldOf is the name of the field in which an act's text is typed.
func FieldOf(act Act) string { return string(act) + "_text" }

func (w *Work) perform(cmd Command) error {
	switch cmd.Act {
	case Take:
		w.take()
	case FinishStage:
		w.finishStage(cmd.Text)
	case Suspend:
		return w.addTyped(EventSuspended, saysSuspended, cmd.Text, true)
	case Resume:
		w.resume()
	case Message:
		return w.addTyped(EventMessage, locale.Text{}, cmd.Text, true)
	case Note:
		return w.addTyped(EventNote, locale.Text{}, cmd.Text, false)
	case Decide:
		return w.decide(cmd)
	case Upload:
		w.add(EventResultReady, saysResultReady, true)
	case Issue:
		w.issue()
	case Close:
		w.Case.ClosedAt = &w.now
		w.add(EventClosed, saysClosed, true)
	}
	return nil
}

func (w *Work) take() {
	id := w.by.UserID
	w.Case.AssignedTo = &id
	first := w.Case.State == Registered
	if first {
		w.Case.State = InProgress
	}
	w.add(EventAssigned, saysAssigned, first)
}

func (w *Work) active() *Stage {
	for i := range w.Stages {
		if w.Stages[i].State == StageActive {
			return &w.Stages[i]
		}
	}
	return nil
}

// finishStage finishes the active stage and begins the next one that waits.
func (w *Work) finishStage(note string) {
	stage := w.active()
	if stage == nil {
		return
	}
	id := w.by.UserID
	stage.State, stage.FinishedAt, stage.FinishedBy, stage.Note = StageDone, &w.now, &id, note
	w.add(EventStageFinished, saysStageFinished(*stage), true)
	for i := range w.Stages {
		if w.Stages[i].State == StageWaiting {
			w.Stages[i].start(w.now, w.calendar)
			w.add(EventStageStarted, saysStageStarted(w.Stages[i]), true)
			return
		}
	}
}

// resume moves the deadlines by the time in which the work stood still.
func (w *Work) resume() {
	w.add(EventResumed, saysResumed, true)
	pauses := PausesOf(w.Events)
	w.Case.DueOn = w.calendar.Deadline(w.Case.FiledAt, w.Term, w.now, pauses...).Due
	if stage := w.active(); stage != nil && stage.StartedAt != nil {
		due := w.calendar.Deadline(*stage.StartedAt, stage.Days, w.now, pauses...).Due
		stage.DueOn = &due
	}
}

// decide grants or refuses; a refusal cites a ground of the card that the case began with.
func (w *Work) decide(cmd Command) error {
	var ground locale.Text
	switch cmd.Outcome {
	case Granted:
	case Refused:
		i := slices.IndexFunc(w.Card.Refusal, func(g contract.Ground) bool { return g.ID == cmd.Ground })
		if i < 0 {
			return fault.InvalidFields(fault.FieldError{Field: "ground", Key: "cases.ground_required"})
		}
		if cmd.Text == "" {
			return fault.InvalidFields(fault.FieldError{Field: FieldOf(Decide), Key: "cases.motive_required"})
		}
		ground = w.Card.Refusal[i].Text
		w.Case.RefusalGround = cmd.Ground
	default:
		return fault.InvalidFields(fault.FieldError{Field: "outcome", Key: "cases.outcome_required"})
	}
	w.Case.Outcome, w.Case.DecisionNote, w.Case.DecidedAt = cmd.Outcome, cmd.Text, &w.now
	if err := w.addTyped(EventDecided, saysDecided(cmd.Outcome, ground), cmd.Text, true); err != nil {
		return err
	}
	if cmd.Outcome == Refused {
		w.skipAuthorities()
	}
	w.finishStage("")
	return nil
}

// skipAuthorities leaves out what authorities would still have done: after a refusal only the centre has
// something left to do.
func (w *Work) skipAuthorities() {
	for i := range w.Stages {
		if s := &w.Stages[i]; s.State == StageWaiting && s.AuthorityID != nil {
			s.State = StageSkipped
		}
	}
}

// issue ends what is left of the stages: the active one is done, those that wait are not needed any more.
func (w *Work) issue() {
	id := w.by.UserID
	for i := range w.Stages {
		switch s := &w.Stages[i]; s.State {
		case StageActive:
			s.State, s.FinishedAt, s.FinishedBy = StageDone, &w.now, &id
		case StageWaiting:
			s.State = StageSkipped
		case StageDone, StageSkipped:
		}
	}
	w.add(EventIssued, saysIssued, true)
}

func (w *Work) add(kind EventKind, text locale.Text, public bool) {
	actor := w.by.Audit()
	w.added++
	w.Events = append(w.Events, Event{
		ID: w.newID(), CaseID: w.Case.ID, At: w.now, Kind: kind, Text: text, ActorID: actor.ID, Actor: w.by.Name,
		Published: public && w.Case.Tracked,
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

// Deadline explains the term of the case.
func (w *Work) Deadline() workdays.Deadline {
	return w.calendar.Deadline(w.Case.FiledAt, w.Term, w.now, PausesOf(w.Events)...)
}

// Running says whether a case in the state can still be late.
func (s State) Running() bool { return s == Registered || s == InProgress }
