// Package submission is how an application leaves the public site: the draft that a citizen fills in, its files, and
// the one call that hands the sealed message to the inbound channel.
//
// A draft is personal, so this node keeps it only sealed: its key is in the citizen's cookie and nowhere else
// (shared/doc/decisions). Files are sealed for the intake as they arrive. types.go, rules.go, portal.go and token.go
// are pure; store*.go hold the SQL. It may import shared and external-site/internal/catalogue and org for their types.
package submission

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Service is everything about a quick service that an application needs.
type Service struct {
	ID         uuid.UUID
	Code       string
	Name       locale.Text
	Applicants []catalogue.Applicant
	Card       contract.Card
	Centres    []org.Centre
	FormID     uuid.UUID
	Form       *forms.Form // what this service asks
	Portal     *forms.Form // what every application asks: who, how to reach them, which centre
}

// Draft is an application being filled in. It is kept sealed and never logged.
type Draft struct {
	MessageID     uuid.UUID `json:"-"`
	ReceiptNumber string    `json:"-"`
	ExpiresAt     time.Time `json:"-"`

	ServiceID uuid.UUID       `json:"service_id"`
	FormID    uuid.UUID       `json:"form_id"`
	Portal    forms.Answers   `json:"-"`
	Answers   forms.Answers   `json:"-"`
	Raw       rawAnswers      `json:"answers"`
	Visited   map[string]bool `json:"visited"` // pages that were sent at least once
	Files     []File          `json:"files"`
	Receipt   *Receipt        `json:"receipt,omitempty"`
}

// rawAnswers is how the answers travel inside the sealed draft.
type rawAnswers struct {
	Portal  json.RawMessage `json:"portal"`
	Service json.RawMessage `json:"service"`
}

// File is one attachment: what the record will say of it, and where its sealed bytes are.
type File struct {
	contract.Attachment
	Sealed contract.SealedFile `json:"sealed"`
}

// Receipt is what a citizen is given. Code is shown once and is not kept outside the sealed draft.
type Receipt struct {
	Number   string    `json:"number"`
	Code     string    `json:"code"`
	Envelope string    `json:"envelope"` // hex SHA-256 of the sealed envelope
	SentAt   time.Time `json:"sent_at"`
}

// How long things live.
const (
	DraftLife   = 3 * 24 * time.Hour // after the last change
	BeginLife   = 3 * time.Hour      // of a draft in which nothing was typed yet, so that empty ones cannot fill the desk
	ReceiptLife = 2 * time.Hour      // the receipt page, after sending
)

// filesSize is the size of all attachments.
func (d *Draft) filesSize() (total int64) {
	for _, f := range d.Files {
		total += f.Size
	}
	return total
}

// FilesOf returns the attachments of one field, in the order they were added.
func (d *Draft) FilesOf(field string) []File {
	var out []File
	for _, f := range d.Files {
		if f.Field == field {
			out = append(out, f)
		}
	}
	return out
}
