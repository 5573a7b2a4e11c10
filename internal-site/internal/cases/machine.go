package cases

import (
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

// Act is something that staff do with a case.
type Act string

// The acts.
const (
	Take        Act = "take"         // into work, within one's own party
	HandBack    Act = "hand_back"    // to the party's pool
	Assign      Act = "assign"       // to a colleague
	Remind      Act = "remind"       // the party whose turn it is
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

// running are the states in which there is something to do still.
var running = []State{Registered, InProgress, Suspended, Decided}

// acts is the state machine of cases: from where an act may be done, where it leads ("" stays) and the
// right that it takes.
var acts = map[Act]struct {
	from  []State
	to    State
	right access.Action
}{
	Take:        {running, "", WorkOn}, // registered becomes in_progress, when it is the party's turn
	HandBack:    {running, "", WorkOn},
	Assign:      {running, "", WorkOn},
	Remind:      {[]State{Registered, InProgress, Decided}, "", WorkOn},
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
var Acts = []Act{Take, HandBack, Assign, Remind, FinishStage, Suspend, Resume, Message, Note, Decide, Upload, Issue, Close}

// Appends says whether the act only adds a text to the case's history. Such a text stands beside whatever a colleague did
// meanwhile, so the act does not depend on the version that its page showed.
func (a Act) Appends() bool { return a == Message || a == Note }

// Command is one act with what was typed.
type Command struct {
	Act     Act
	Text    string // reason, message, note, or what the decision rests on
	Outcome Outcome
	Ground  string // id of the ground for refusal
	Paper   string // number and date of the paper that Issue handed over
	// To is the colleague of Assign. The store finds out whether they work in the party, and fills in toName.
	To     uuid.UUID
	toName string
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
	// Assigned is who works on the case within each party.
	Assigned map[access.Place]Assignment
	// Desk is what whoever acts may do by offices today.
	Desk offices.Desk

	calendar workdays.Calendar
	now      time.Time
	by       access.Actor
	newID    func() uuid.UUID
	added    int    // how many events are new
	standsIn string // name of the official for whom the act is done by a substitute
}

const (
	maxText  = 4000
	maxPaper = 200
)

// Possible says whether the act may be done in the case's present state.
func (w *Work) Possible(act Act) bool { return w.Hinders(act) == nil }

// Hinders says why the act cannot be done now, nil when it can.
func (w *Work) Hinders(act Act) error {
	if !slices.Contains(acts[act].from, w.Case.State) {
		return fault.New(fault.Conflict, "cases.act_refused")
	}
	switch act {
	case FinishStage:
		return w.finishes()
	case Decide:
		_, err := w.decidesIn()
		return err
	case Issue:
		return w.issues()
	case Take, HandBack, Remind:
		return w.hindersDesk(act)
	case Message:
		if !w.Case.Tracked {
			return fault.New(fault.Conflict, "cases.nobody_reads")
		}
	default:
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
	cmd.Text, cmd.Paper = strings.TrimSpace(cmd.Text), strings.Join(strings.Fields(cmd.Paper), " ")
	if err := w.check(cmd); err != nil {
		return err
	}
	w.standsIn = ""
	if cmd.Act == FinishStage || cmd.Act == Decide {
		w.standsIn = w.capacity().For
	}
	if err := w.perform(cmd); err != nil {
		return err
	}
	if to := acts[cmd.Act].to; to != "" {
		w.Case.State = to
	}
	w.keepAssignedTo()
	return nil
}

// textRequired are the acts whose text has to say something, with what is said when it does not.
var textRequired = map[Act]string{
	Suspend: "cases.reason_required", Message: "cases.message_required", Note: "cases.note_required", HandBack: "cases.hand_back_required",
}

// check says everything that is wrong with what was typed for the act.
func (w *Work) check(cmd Command) error {
	var wrong []fault.FieldError
	key := textRequired[cmd.Act]
	if cmd.Act == Take && w.takesFrom() != "" {
		key = "cases.take_reason_required"
	}
	switch {
	case key != "" && cmd.Text == "":
		wrong = append(wrong, fault.FieldError{Field: FieldOf(cmd.Act), Key: key})
	case utf8.RuneCountInString(cmd.Text) > maxText:
		wrong = append(wrong, fault.FieldError{Field: FieldOf(cmd.Act), Key: "form.too_long", Args: []any{maxText}})
	}
	switch cmd.Act {
	case Decide:
		wrong = append(w.checkDecision(cmd), wrong...)
	case Issue:
		wrong = append(wrong, w.checkPaper(cmd)...)
	case Assign:
		if cmd.toName == "" {
			wrong = append(wrong, fault.FieldError{Field: "to", Key: "cases.colleague_required"})
		}
	default:
	}
	return fault.InvalidFields(wrong...)
}

// checkDecision: a refusal cites a ground of the card that the case began with, and says why it applies.
func (w *Work) checkDecision(cmd Command) (wrong []fault.FieldError) {
	switch cmd.Outcome {
	case Granted:
	case Refused:
		if w.ground(cmd.Ground) == nil {
			wrong = append(wrong, fault.FieldError{Field: "ground", Key: "cases.ground_required"})
		}
		if cmd.Text == "" {
			wrong = append(wrong, fault.FieldError{Field: FieldOf(Decide), Key: "cases.motive_required"})
		}
	default:
		wrong = append(wrong, fault.FieldError{Field: "outcome", Key: "cases.outcome_required"})
	}
	return wrong
}

// checkPaper: where no result was uploaded, a paper was handed over, and the record names it.
func (w *Work) checkPaper(cmd Command) []fault.FieldError {
	switch {
	case cmd.Paper == "" && !w.HasResult():
		return []fault.FieldError{{Field: "paper", Key: "cases.paper_required"}}
	case utf8.RuneCountInString(cmd.Paper) > maxPaper:
		return []fault.FieldError{{Field: "paper", Key: "form.too_long", Args: []any{maxPaper}}}
	}
	return nil
}

func (w *Work) ground(id string) *contract.Ground {
	i := slices.IndexFunc(w.Card.Refusal, func(g contract.Ground) bool { return g.ID == id })
	if i < 0 {
		return nil
	}
	return &w.Card.Refusal[i]
}

// FieldOf is the name of the field in which an act's text is typed.
func FieldOf(act Act) string { return string(act) + "_text" }

func (w *Work) perform(cmd Command) error {
	switch cmd.Act {
	case Take:
		w.take(cmd.Text)
	case HandBack:
		w.handBack(cmd.Text)
	case Assign:
		w.assign(cmd)
	case Remind:
		return w.addTyped(EventReminded, saysReminded, cmd.Text, false)
	case FinishStage:
		w.engage()
		w.finishStage(cmd.Text)
	case Suspend:
		w.engage()
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
		w.issue(cmd.Paper)
	case Close:
		w.Case.ClosedAt = w.moment()
		w.add(EventClosed, saysClosed, true)
	}
	return nil
}

// moment is when the act happens, as a value of its own: what is kept of this act must not move with the next one.
func (w *Work) moment() *time.Time {
	at := w.now
	return &at
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
	w.end(stage)
	stage.Note = note
	w.add(EventStageFinished, saysStageFinished(*stage), true)
	for i := range w.Stages {
		if w.Stages[i].State == StageWaiting {
			w.Stages[i].start(w.now, w.calendar)
			w.add(EventStageStarted, saysStageStarted(w.Stages[i]), true)
			return
		}
	}
}

func (w *Work) end(stage *Stage) {
	id := w.by.UserID
	stage.State, stage.FinishedAt, stage.FinishedBy = StageDone, w.moment(), &id
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

// decide grants or refuses, and ends the stage in which the authority decides.
func (w *Work) decide(cmd Command) error {
	var ground locale.Text
	if cmd.Outcome == Refused {
		ground, w.Case.RefusalGround = w.ground(cmd.Ground).Text, cmd.Ground
	}
	ends, _ := w.decidesIn() // Hinders has asked already
	w.Case.Outcome, w.Case.DecisionNote, w.Case.DecidedAt = cmd.Outcome, cmd.Text, w.moment()
	if err := w.addTyped(EventDecided, saysDecided(cmd.Outcome, ground), cmd.Text, true); err != nil {
		return err
	}
	if cmd.Outcome == Refused {
		w.skipAuthorities()
	}
	if ends != nil {
		w.finishStage("")
	}
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

// issue hands the result over, and with it ends the stages of the centre that are left.
func (w *Work) issue(paper string) {
	w.Case.IssuedPaper = paper
	for i := range w.Stages {
		s := &w.Stages[i]
		if !s.open() {
			continue
		}
		if s.State == StageWaiting {
			s.start(w.now, w.calendar)
		}
		w.end(s)
	}
	w.add(EventIssued, saysIssued, true)
}

func (w *Work) add(kind EventKind, text locale.Text, public bool) {
	actor := w.by.Audit()
	w.added++
	w.Events = append(w.Events, Event{
		ID: w.newID(), CaseID: w.Case.ID, At: w.now, Kind: kind, Text: text, ActorID: actor.ID, Actor: w.by.Name, InsteadOf: w.standsIn,
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

// said says whether the last thing that the actor did with the case was to add this very text. A form that was sent twice
// arrives the second time with a version that the first has made stale.
func (w *Work) said(cmd Command) bool {
	for _, e := range slices.Backward(w.Events) {
		if e.ActorID != nil && *e.ActorID == w.by.UserID {
			return e.Kind == kindOf[cmd.Act] && e.Typed == strings.TrimSpace(cmd.Text)
		}
	}
	return false
}

// kindOf are the events that acts which only append leave behind.
var kindOf = map[Act]EventKind{Message: EventMessage, Note: EventNote}

// Deadline explains the term of the case.
func (w *Work) Deadline() workdays.Deadline {
	return w.calendar.Deadline(w.Case.FiledAt, w.Term, w.now, PausesOf(w.Events)...)
}

// Running says whether a case in the state can still be late.
func (s State) Running() bool { return s == Registered || s == InProgress }
