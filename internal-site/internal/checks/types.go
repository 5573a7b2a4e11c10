// Package checks is the preliminary check of documents: somebody sends the papers that they mean to bring to a centre, and its staff
// say of each whether it will do, before the visit. It decides nothing. What is written stays inside; an answer leaves only sealed to
// the secret code of whoever asked. The files are removed once they were kept for as long as people were told.
//
// types.go, rules.go and rights.go are pure; store*.go hold the SQL; intake.go takes what arrives, keep.go removes files. It may
// import shared, internal/access, internal/audit, internal/documents, internal/intake and internal/org.
package checks

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/locale"
)

// State is where a package stands.
type State string

// The states.
const (
	Open     State = "open"     // waits for its answer
	Answered State = "answered" // staff may still correct the answer while they have the files
	Closed   State = "closed"
)

// States lists every state.
var States = []State{Open, Answered, Closed}

// Verdict is what staff say of a paper.
type Verdict string

// The verdicts.
const (
	Unjudged Verdict = ""
	Fit      Verdict = "fit"  // it will do
	Mend     Verdict = "mend" // something has to be mended first
)

// Package is one set of papers with what was said of it.
type Package struct {
	ID            uuid.UUID
	Number        string
	MessageID     uuid.UUID
	ReceiptNumber string
	CentreID      uuid.UUID
	Centre        locale.Text
	ServiceID     uuid.UUID
	Service       locale.Text
	Note          string
	Name          string
	Email         string
	Phone         string
	Language      locale.Lang
	State         State
	SentAt        time.Time
	RegisteredAt  time.Time
	DueOn         time.Time // a date, midnight UTC
	AnsweredAt    *time.Time
	ClosedAt      *time.Time
	FilesUntil    *time.Time // a date; nil until there is an answer
	FilesGoneAt   *time.Time
	Version       int
	PaperCount    int

	Papers  []Paper
	Missing []locale.Text // documents that the card always demands and of which there is no paper
	Answers []Answer

	recipient string
}

// Object is where the package belongs, for access.Can.
func (p Package) Object() access.Object {
	return access.Object{Own: []access.Place{access.InCentre(p.CentreID)}}
}

// Late says whether the package should have been answered before the date today.
func (p Package) Late(today time.Time) bool { return p.State == Open && p.DueOn.Before(today) }

// Paper is one file of a package.
type Paper struct {
	ID       uuid.UUID
	Position int // from 1
	Document string
	Title    locale.Text // of the document in the card's list; zero when it answers to none
	FileName string
	FileID   *uuid.UUID // nil when the file is gone
	Verdict  Verdict
	Remark   string

	File documents.File // zero when it is gone
}

// Answer is what was answered once.
type Answer struct {
	At     time.Time
	Kind   string // KindAnswer or KindClosing
	Text   string
	Author string
}

// The kinds of answers.
const (
	KindAnswer  = "answer"
	KindClosing = "closing" // it was closed without a check; the text says why
)

// Filter says which packages a list shows. Zero fields filter nothing.
type Filter struct {
	State  State // "": those that wait, or all when something is searched for
	Q      string
	Late   bool
	Untold bool // whoever asked does not know that there is an answer
	Page   int  // from 1
}

// PageSize is the number of packages on a page.
const PageSize = 30

// List is one page of packages.
type List struct {
	Packages []Package
	Total    int
	Page     int
}
