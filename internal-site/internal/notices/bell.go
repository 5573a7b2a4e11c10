package notices

import (
	"time"

	"github.com/google/uuid"

	"portal.example/shared/locale"
)

// NewsKind is why a case stands under somebody's bell.
type NewsKind string

// The kinds of news.
const (
	ForBody NewsKind = "body"  // came to the person's centre or authority, and nobody has it there
	ForMe   NewsKind = "me"    // it is the person's turn
	DueSoon NewsKind = "due"   // theirs, and its term ends: an alarm of their party rang
	CaseDue NewsKind = "case"  // theirs at the centre, and the term of the whole case ends while others act
	Urgent  NewsKind = "head"  // of those whom the person heads, and its term ends
	TakenBy NewsKind = "taken" // was theirs, and went to somebody else
	GivenTo NewsKind = "given" // became theirs by a colleague's act, while others have the turn

	Replied NewsKind = "replied" // the applicant of a case of theirs has answered

	AskedOf   NewsKind = "asked"  // a request to the person's authority, new or reminded of
	AnswerDue NewsKind = "answer" // a request to the person's authority, theirs or nobody's, or of those whom they head, and its term ends
	WaitsDue  NewsKind = "waits"  // a request that the person asked waits for its answer, and its term ends

	Silence NewsKind = "tacit" // of a case of theirs, or of those whom they head, silence counts as consent by now

	OpinionAsked NewsKind = "opinion"       // a colleague asks for the person's opinion on a case, or for anybody's of their place
	OpinionGiven NewsKind = "opinion_given" // the opinion that the person has asked for

	OpinionRecalled NewsKind = "opinion_recalled" // the opinion that the person was asked for is needed no more

	ToSign   NewsKind = "sign"      // a decision was prepared for an office of theirs, or one that they stand in for
	SentBack NewsKind = "sent_back" // a decision that they prepared was returned to them

	NotCollected NewsKind = "uncollected" // a result of a case of theirs, or of those whom they head, was not collected in its storage term

	Answered NewsKind = "answered" // a request of theirs, or of a case that they have
)

// News is one line under the bell. It holds while it is shown: what somebody else has done meanwhile is not there.
type News struct {
	Kind   NewsKind
	CaseID uuid.UUID
	// RequestID is the request that the line is about. Such a line names no case: whoever is asked has no sight of it.
	RequestID uuid.UUID
	Number    string
	Service   locale.Text
	Since     time.Time
	DueOn     *time.Time
}

// OfTerm says whether the line names the last day of a term.
func (n News) OfTerm() bool {
	return n.Kind == DueSoon || n.Kind == CaseDue || n.Kind == Urgent || n.Kind == AnswerDue || n.Kind == WaitsDue || n.Kind == OpinionAsked
}

// Subject names the line, to mark it as seen.
func (n News) Subject() string {
	if n.RequestID != uuid.Nil {
		return string(n.Kind) + ":" + n.RequestID.String()
	}
	return string(n.Kind) + ":" + n.CaseID.String()
}

const (
	// NewsKept is how long something counts as news that nobody looked at.
	NewsKept = 7 * 24 * time.Hour
	// MostNews is how many lines the bell has; what is older is found in the list of cases.
	MostNews = 99
)
