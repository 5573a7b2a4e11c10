// Package journals reads the journals that centres keep by law: of applications, of results that came from authorities, of results handed
// over, and of requests to authorities. Entries are made by the database in the transaction of what they tell of
// (migrations/journals); this package finds them and writes remarks beside them, and can neither change nor remove one. types.go and
// rules.go are pure, store*.go hold the SQL. It may import shared, internal/access and internal/audit.
package journals

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
)

// Journal names one of the journals.
type Journal string

// The journals.
const (
	Applications Journal = "applications"
	Arrived      Journal = "arrived" // results that came from authorities
	Issued       Journal = "issued"  // results handed over
	Requests     Journal = "requests"
)

// All lists the journals in the order in which pages show them.
var All = []Journal{Applications, Arrived, Issued, Requests}

// Whether an entry of Arrived or Issued stands.
const (
	Stands    = "stands"
	TakenBack = "taken_back"
)

// States are what a journal can be narrowed to: the states of cases, those of requests, or whether an entry stands.
func (j Journal) States() []string {
	switch j {
	case Applications:
		return []string{"registered", "in_progress", "suspended", "decided", "issued", "closed"}
	case Requests:
		return []string{"asked", "answered", "refused", "withdrawn"}
	}
	return []string{Stands, TakenBack}
}

// Filter narrows a journal. Zero values narrow nothing.
type Filter struct {
	Journal   Journal
	From, To  time.Time // days, both included; midnight UTC
	Centre    uuid.UUID
	Authority uuid.UUID
	Service   uuid.UUID
	State     string
	Q         string // number of a case or its end; but for requests also a name or a code of an applicant
}

// Place is a place in a journal: behind one entry and before the next. The zero value is the end of the journal, where the newest entries are.
type Place struct {
	Day time.Time
	ID  int64
}

// Entry is one line of a journal.
type Entry struct {
	ID      int64
	Journal Journal
	Number  int // within the journal of its centre and its year
	Year    int
	Day     time.Time // midnight UTC
	At      time.Time
	CaseID  uuid.UUID
	Case    string // number
	Centre  locale.Text
	// Authority decides; of a request it is the one that is asked.
	Authority   locale.Text
	Service     locale.Text
	ServiceCode string
	TakenBackAt *time.Time
	Notes       []Note

	Applicant string // "" in the journal of requests: who is asked does not learn it
	Clerk     string // who registered, handed over or asked; "" for the portal
	Outcome   string // of the decision; "" before

	Channel   string     // of Applications, as is State
	State     string     // of the case; of a request its own
	DueOn     *time.Time // of Applications and Requests
	EndedAt   *time.Time // when the case was decided, or the request answered
	Document  string     // number of the decision's document; of Requests what is asked for
	Paper     string     // of Issued: number and date of the paper that was handed over
	Recipient string     // of Issued: applicant or representative; "" when it was not written down
	Name      string     // of Issued: of the representative
	Identity  string     // of Issued: the kind of document by which they were known
	IdentityN string     // of Issued: its number
	Position  int        // of Requests: within the case
	Asker     locale.Text

	about             *uuid.UUID // the handing over or the request
	centre, authority uuid.UUID
	asker             *uuid.UUID
}

// Request is the request that an entry of Requests is of.
func (e Entry) Request() uuid.UUID {
	if e.Journal != Requests || e.about == nil {
		return uuid.Nil
	}
	return *e.about
}

// Object is where the entry belongs, for access.Can.
func (e Entry) Object() access.Object {
	o := access.Object{Own: []access.Place{access.InCentre(e.centre), access.InAuthority(e.authority)}}
	if e.asker != nil {
		o.Own = append(o.Own, access.InAuthority(*e.asker))
	}
	return o
}

// Place is the place of the entry in its journal.
func (e Entry) Place() Place { return Place{Day: e.Day, ID: e.ID} }

// Note stands beside an entry.
type Note struct {
	TakenBack bool // the portal says that what was entered was taken back
	At        time.Time
	Who       string
	Text      string
}

// Page is a part of a journal, the newest entries first.
type Page struct {
	Entries      []Entry
	Newer, Older bool // there are entries before the first and behind the last
	Much         bool // so many cases have what is searched for that nothing is shown
	Total        int  // of the whole journal as it is narrowed, up to MostCounted + 1
}

// MostCounted is how many entries are counted. Of more it is said that there are more.
const MostCounted = 10_000

// MaxRemark is how long a remark can be, in characters.
const MaxRemark = 1000
