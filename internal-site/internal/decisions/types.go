// Package decisions knows what a decision looks like as a document: the template of the authority that decides, the fields
// that a case fills in, and the pages that come of it. types.go, rules.go and words.go are pure; store.go holds the SQL. It
// may import internal/access, internal/audit, internal/paper and shared, and no domain that decides anything.
package decisions

import (
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
)

// Edit is the action of writing the templates of an authority's decisions.
const Edit access.Action = "decisions.edit"

// Rights is what the domain declares. Templates belong to an authority.
var Rights = access.Domain{Name: "decisions", Words: Words, Rights: []access.Right{
	{Action: Edit, Sensitive: true, Own: access.Places(access.Authority), Default: access.Defaults{access.AuthorityHead: access.Own}},
}}

// ScopeSQL holds for the templates t that a scope covers.
const ScopeSQL = `(@scope_all or t.authority_id = any(@scope_own_authority))`

// Outcome is what a document says was decided.
type Outcome string

// The outcomes for which there are templates.
const (
	Granted Outcome = "granted"
	Refused Outcome = "refused"
)

// Outcomes lists every outcome, in the order of pages.
var Outcomes = []Outcome{Granted, Refused}

// Field is something of a case that a template names.
type Field string

// The fields.
const (
	Number         Field = "number" // of the decision
	Date           Field = "date"
	CaseNumber     Field = "case"
	Filed          Field = "filed"
	Service        Field = "service"
	ServiceCode    Field = "service_code"
	Applicant      Field = "applicant"
	Representative Field = "representative"
	Address        Field = "address"
	Decided        Field = "outcome"
	Grounds        Field = "grounds"
	Reasoning      Field = "reasoning"
	Authority      Field = "authority"
	Position       Field = "position" // of the official
	Official       Field = "official"
	Acts           Field = "acts" // legal acts that the service rests on
	Appeal         Field = "appeal"
)

// Fields lists every field, in the order of pages.
var Fields = []Field{
	Number, Date, CaseNumber, Filed, Service, ServiceCode, Applicant, Representative, Address, Decided, Grounds, Reasoning, Authority, Position,
	Official, Acts, Appeal,
}

// Key says for which decisions a template is.
type Key struct {
	Authority uuid.UUID
	Service   uuid.UUID // Nil: every service that has none of its own
	Outcome   Outcome
}

// Template is how the documents of an authority's decisions are worded. Every version is kept.
type Template struct {
	Key
	ID      uuid.UUID // Nil for the portal's own
	Version int       // 0 when the authority has written none
	Text    string    // "": the portal's own, which the authority went back to
	SavedAt time.Time
	SavedBy string
}

// Named is an authority or a service with its name.
type Named struct {
	ID        uuid.UUID
	Name      locale.Text
	Authority uuid.UUID // of a service
}

// Board is what whoever writes templates sees: the newest of each, their authorities and the services of these.
type Board struct {
	Authorities, Services []Named
	Templates             []Template
}

// Document is a decision as it is handed to the applicant.
type Document struct {
	Number   string
	Position int // of the case's decisions, from 1
	Title    locale.Text
	Author   string
	Made     time.Time
	Template uuid.UUID // Nil: the portal's own
	Text     string    // of the template
	Values   map[Field]string
	// Check is the number by which anybody checks the document, and CheckAt the address of the page where; without a number, as in a draft,
	// none stands on it.
	Check, CheckAt string
}
