package intake

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// The sources of entries in the queue of staff.
const (
	SourceRefused  = "refused"  // the worker could not take it
	SourceDamaged  = "damaged"  // it could not be fetched whole
	SourceConflict = "conflict" // its id or receipt number was seen with other content
)

// Decision is what a member of staff does about an entry.
type Decision string

// The decisions.
const (
	Retry  Decision = "retry"  // the worker opens the message once more
	Refuse Decision = "refuse" // the citizen is told that it is not accepted, and why
	Close  Decision = "close"  // dealt with in another way; a note says how
	Open   Decision = "open"   // another message has its number: the worker opens it as one of its own
)

// Entry is one submission that staff have to look at. Applicant, Phone and Email are as whoever sent it typed them, known
// where the envelope could be opened; beside them nothing was typed by the applicant but a file's name.
type Entry struct {
	ID            uuid.UUID
	Source        string
	MessageID     uuid.UUID
	ReceiptNumber string
	Kind          string
	Reason        string // key in the catalogue
	Detail        string
	Fields        map[string]locale.Text // what the form of the service calls its fields, which Detail names by their ids
	ServiceID     *uuid.UUID
	Service       locale.Text
	Place         locale.Text // the centre or authority that it was sent to
	Applicant     string
	Phone, Email  string
	Recipient     string // of the sender's secret code; "" where the envelope could not be opened
	SubmittedAt   time.Time
	CreatedAt     time.Time
	State         string // open, retried, refused, closed, registered
	DecidedAt     *time.Time
	DecidedBy     string
	Note          string
	Told          locale.Text // the portal's own words that the citizen reads, once it is decided
	Typed         locale.Text // what staff wrote to the citizen
	Version       int
}

// Waits says whether something is still to be decided.
func (e Entry) Waits() bool { return e.State == "open" }

// ownsMessage says whether the entry is about the message with its id. The one with the id of a conflict is another's,
// and one that came damaged is not inside; what came whole under its id later has its own entry if it needs one.
func (e Entry) ownsMessage() bool { return e.Source == SourceRefused }

// ReceivedAtCounter says whether the entry can be taken over at the counter: an application that could not be taken by itself, and
// that is inside under its own id.
func (e Entry) ReceivedAtCounter() bool {
	return e.Waits() && e.ownsMessage() && e.Kind == contract.KindApplication
}

// May says whether the decision makes sense for the entry.
func (e Entry) May(d Decision) bool {
	switch {
	case !e.Waits():
		return false
	case d == Retry:
		return e.Source == SourceRefused
	case d == Open:
		return e.Source == SourceConflict
	case d == Refuse:
		return e.Source != SourceConflict // nobody knows yet what it is
	}
	return d == Close
}

// Verdict is a decision with its words.
type Verdict struct {
	Decision Decision
	Reason   locale.Text // typed for the citizen: with Refuse why, with Close what became of it
	Saying   string      // which of Sayings the citizen is told where nothing typed can reach them
	Note     string      // for staff
}

// Filter says which entries of the queue to show. Zero fields filter nothing.
type Filter struct {
	Decided bool   // those that were decided, instead of those that wait
	Q       string // a part of the receipt number
	Kind    string
	Reason  string
	Place   uuid.UUID // of a centre or an authority
	// NoPlace leaves those that belong to no place that is known.
	NoPlace bool
	// Masses also shows, one by one, what otherwise stands as one line with a number.
	Masses bool
	Page   int // from 1
	// Until leaves out what arrived later, so that a decision about many reaches none that nobody saw.
	Until time.Time
}

// PageSize is the number of entries on a page.
const PageSize = 50

// always are the reasons whose entries stand as one line with a number, and often those that do when they are many:
// nobody can tell one from the other by looking, and a flood must not hide what people wrote.
var (
	always = []string{ReasonAllowance, ReasonDamaged}
	often  = []string{ReasonNotSealed, ReasonCannotOpen, ReasonUnknownKey, ReasonUnknownKind, ReasonMalformed, ReasonMismatch, ReasonModuleOff, ReasonConflict}
)

// many is when entries of one reason become one line.
const many = 20

// showsAll says whether the filter shows every entry by itself: a list of one reason or of one number does.
func (f Filter) showsAll() bool { return f.Masses || f.Decided || f.Reason != "" || f.Q != "" }

// Narrow says whether the filter leaves anything out, beside what was decided or is still to be.
func (f Filter) Narrow() bool {
	return f.Q != "" || f.Kind != "" || f.Reason != "" || f.Place != uuid.Nil || f.NoPlace
}

// Mass is how many entries of one reason, kind and place wait.
type Mass struct {
	Reason string
	Kind   string
	Place  locale.Text
	// PlaceID is the zero id for what belongs to no place that is known.
	PlaceID uuid.UUID
	Number  int
	Oldest  time.Time
}

// Filter shows the entries of the line and no others.
func (m Mass) Filter() Filter {
	return Filter{Reason: m.Reason, Kind: m.Kind, Place: m.PlaceID, NoPlace: m.PlaceID == uuid.Nil}
}

// Place is a centre or an authority that entries belong to.
type Place struct {
	ID   uuid.UUID
	Name locale.Text
}

// List is one page of the queue.
type List struct {
	Entries []Entry
	Total   int
	Page    int
	Pages   int
	Masses  []Mass // of those that wait, on the first page without a filter of reasons
}

// Clamp is the page that there is nearest to the one that was asked for, and the number of pages.
func Clamp(page, total int) (at, pages int) {
	pages = max((total+PageSize-1)/PageSize, 1)
	return min(max(page, 1), pages), pages
}

const maxWords = 1000

// check names what is missing, field by field as the form calls them.
func (v Verdict) check() error {
	var wrong []fault.FieldError
	reason := "reason"
	if v.Decision == Close {
		reason = "closing"
	}
	for field, text := range map[string]string{reason: v.Reason.UK, reason + "_en": v.Reason.EN, "note": v.Note} {
		if utf8.RuneCountInString(text) > maxWords {
			wrong = append(wrong, fault.FieldError{Field: field, Key: "form.too_long", Args: []any{maxWords}})
		}
	}
	if v.Decision == Close && strings.TrimSpace(v.Note) == "" {
		wrong = append(wrong, fault.FieldError{Field: "note", Key: "intake.note_required"})
	}
	return fault.InvalidFields(wrong...)
}
