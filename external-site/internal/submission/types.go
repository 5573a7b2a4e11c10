// Package submission is how anything leaves the public site for the inside: the draft that a citizen fills in, its
// files, and the one call that hands the sealed message to the inbound channel. It knows no kind of submission; each
// kind is a package of its own that implements Submission.
//
// A draft is personal, so this node keeps it only sealed: its key is in the citizen's cookie and nowhere else, and
// another one after each change (shared/doc/decisions/0003). Files are sealed for the intake as they arrive. types.go,
// rules.go and token.go are pure; store*.go hold the SQL. It may import shared.
package submission

import (
	"encoding/json"
	"net/netip"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/signature/finding"
)

// Submission is something of one kind while it is being filled in. It marshals to JSON what has to be kept of it, the
// Draft among it.
type Submission interface {
	// Kind is the name of the kind in shared/contract.
	Kind() string
	// Base is the part that the channel keeps for every kind.
	Base() *Draft
	// Adopt fits what was kept earlier to what is asked today. NotFound: it is about something else.
	Adopt() error
	// Takes says which files the field takes, false when it takes none.
	Takes(field string) (FileField, bool)
	// Service is the service that the submission is about, for its receipt; the zero id when it is about none.
	Service() uuid.UUID
	// Place is the centre or the authority that it goes to, for its receipt.
	Place() uuid.UUID
	// Worked says whether something was answered that counts: such a draft goes before others when room is short.
	Worked() bool
	// Ready refuses what is not complete: Conflict with the reason, or Invalid.
	Ready(now time.Time) error
	// Record is the record to seal. Its files are some of the draft's.
	Record(Sending) (contract.Record, error)
}

// Telling is a submission whose receipt says more than what it was about: Told is that, as its kind writes it. It is kept sealed, as the receipt.
type Telling interface {
	Told() (json.RawMessage, error)
}

// maxTold bounds what a receipt says of its submission, in bytes: the row that keeps it is bounded too.
const maxTold = 12_000

// ToldOf is what the submission says of itself for its receipt; nil for nothing, and for more than a receipt has room for: that it is sent matters more.
func ToldOf(s Submission) (json.RawMessage, error) {
	telling, ok := s.(Telling)
	if !ok {
		return nil, nil
	}
	told, err := telling.Told()
	if len(told) > maxTold {
		told = nil
	}
	return told, err
}

// Coded is a submission whose sender holds a secret code already, that of the case which it is about. It is followed by that
// code and gets none of its own.
type Coded interface {
	Code() seal.Code
}

// Draft is what the channel keeps of every submission that is being filled in. It is sealed and never logged.
type Draft struct {
	MessageID     uuid.UUID `json:"-"`
	ReceiptNumber string    `json:"-"`
	ExpiresAt     time.Time `json:"-"`
	// From is where a new draft comes from, for its network's share of room. It is kept nowhere.
	From netip.Addr `json:"-"`
	// Reserved is the token that a new draft gets: one that the browser was given before there was a draft. Zero: a new one.
	Reserved Token `json:"-"`

	Files []File `json:"files"`
}

// File is one attachment: what the record will say of it, and where its sealed bytes are.
type File struct {
	contract.Attachment
	Sealed contract.SealedFile `json:"sealed"`
	// Signed is the SHA-256 (hex) of the file that a signature was added to; "" for other files and while it is of none here.
	Signed string `json:"signed,omitempty"`
	// Wrong is why a signature holds for no file at all, as it was found when it arrived; "" for other files and when nothing was found.
	Wrong finding.Reason `json:"wrong,omitempty"`
}

// FileField is what a field takes.
type FileField struct {
	Document string // id of the card's document that its files answer to, "" when there is none
	MaxFiles int
}

// Sending is what the channel gives every record: its numbers, the sender's secret code, the time.
type Sending struct {
	MessageID     uuid.UUID
	ReceiptNumber string
	CodeHash      string // hex
	Recipient     string // age recipient of the code
	Language      locale.Lang
	At            time.Time
}

// Receipt is what a citizen is given. Code is shown once and is not kept outside the sealed receipt.
type Receipt struct {
	Number   string    `json:"number"`
	Code     string    `json:"code"`     // "" for a sender who has it already
	Envelope string    `json:"envelope"` // hex SHA-256 of the sealed envelope
	SentAt   time.Time `json:"sent_at"`
	Place    uuid.UUID `json:"place"` // the centre or authority that it went to
	Copied   bool      `json:"copied"`
	// Told is what a Telling submission says of itself; nil for others, and in receipts of the release before.
	Told json.RawMessage `json:"told,omitempty"`
	// Copy opens the copy of what was sent; it is known only when the browser is still to get it.
	Copy Token `json:"-"`
}

// How long things live.
const (
	DraftLife   = 3 * 24 * time.Hour // after the last change
	ReceiptLife = 2 * time.Hour      // the receipt page, after sending
)

// Base implements Submission for the kinds that embed a Draft.
func (d *Draft) Base() *Draft { return d }

// FilesSize is the size of all attachments.
func (d *Draft) FilesSize() (total int64) {
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
