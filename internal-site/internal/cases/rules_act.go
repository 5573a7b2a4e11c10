package cases

import (
	"slices"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/fault"
)

// Act is something that staff do with a case.
type Act string

// rule is everything that the state machine knows of one act. An act is added as a constant and a rule, in a file
// rules_act_*.go, in the list below and, for its part of the page, in the list of web/cases.
type rule struct {
	act   Act
	from  []State       // where it may be done
	to    State         // where it leads; "" stays
	right access.Action // that it takes

	object      func(*Work) access.Object               // what the right has to cover; nil is the case with its stages
	permits     func(*Work, access.Actor) error         // beyond the right; nil permits
	denied      func(*Work, access.Actor, error) error  // says in better words why the right is missing; nil leaves it
	byOffice    func(*Work, access.Actor) *Stage        // the stage of which only the office may act that it names; nil is none
	hinders     func(*Work) error                       // why it cannot be done now, beyond the state; nil is nothing
	textMissing string                                  // the message for an act without its text; "" needs none
	check       func(*Work, Command) []fault.FieldError // of what was typed, beyond the text; nil is nothing
	perform     func(*Work, Command) error
	next        Act // may follow at once, by the same press of a button; "" for none
	// undo says whether whoever did it can take it back for a moment. Only for an act that changes nothing but the case,
	// its stages and who works on it, and leaves no more than a document that can be withdrawn.
	undo undoing
	// appends is the event of an act that only adds a text to the case's history; "" changes more than that.
	appends EventKind
	// detail is what the trail keeps of the act besides the state; typed texts stay in the case itself.
	detail func(Command) map[string]string
}

// acts is the state machine of cases, and Acts the names of its acts. Both are filled when the program starts, since what
// an act does may ask for other acts.
var (
	acts = map[Act]rule{}
	Acts []Act
)

func init() {
	for _, r := range []rule{
		take, handBack, assign, remind,
		finishStage, returnStage, insertStage, dropStage, suspend, resume, extend,
		message, note, opinion, askOpinion, recallOpinion,
		propose, sign, sendBack, decide, recordSilence, correctDecision, withdrawDecision,
		upload, signResult, withdrawResult, issue, closing, unarchive,
		takePapers, withdraw, reopen,
	} {
		acts[r.act] = r
		Acts = append(Acts, r.act)
	}
}

// running are the states in which there is something to do still.
var running = []State{Registered, InProgress, Suspended, Decided}

// Appends says whether the act only adds a text to the case's history. Such a text stands beside whatever a colleague did
// meanwhile, so the act does not depend on the version that its page showed.
func (a Act) Appends() bool { return acts[a].appends != "" }

// FieldOf is the name of the field in which an act's text is typed. A decision is worded in the same field whoever decides, and what
// only differs in its readers is typed in one.
func FieldOf(act Act) string {
	switch {
	case slices.Contains(says, act):
		return sayField
	case act == Propose:
		act = Decide
	}
	return string(act) + "_text"
}
