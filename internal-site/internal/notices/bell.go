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
	DueSoon NewsKind = "due"   // theirs, and due today or tomorrow
	TakenBy NewsKind = "taken" // was theirs, and went to somebody else

	AskedOf  NewsKind = "asked"    // a request to the person's authority, new or reminded of
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
