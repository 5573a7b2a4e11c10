package contract

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
)

// Record is what a submission of any kind is, once it is open.
type Record interface {
	// Kind is the name of its kind.
	Kind() string
	// Header is what records of all kinds have.
	Header() Header
	// Files are its attachments.
	Files() []Attachment
	// Check holds the rules of its kind that a JSON Schema cannot say; each problem names its place in the record.
	Check() []fault.FieldError
}

// Header is what the channel has to know of a record.
type Header struct {
	MessageID     uuid.UUID
	ReceiptNumber string
	CodeHash      string // hex SHA-256 of the citizen's secret code
	Recipient     string // age recipient derived from it; what is personal leaves sealed to it
	Language      locale.Lang
	SubmittedAt   time.Time // by the clock of the public site

	// What it is about and to whom it goes, as far as its kind says.
	ServiceID, CentreID, AuthorityID *uuid.UUID

	// Sender is who sent it and how to reach them.
	Sender Sender
}

// Sender is who sent a record, as they say themselves: an applicant, or whoever asks.
type Sender struct {
	Name, Phone, Email string
}

// Encode is the record to seal, at the moment of sending. It is judged as the other side will judge it.
func Encode(r Record, at time.Time) ([]byte, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "contract.malformed")
	}
	_, err = Decode(r.Kind(), raw, at)
	return raw, err
}

// Decode reads a record and judges everything about it that can be judged by its content. Both sites ask this
// function and no other: whatever it refuses was never written by an honest public site. The moment is by the clock
// of the caller: of sending outside, of arrival inside. Anything wrong is an Invalid fault that names places in the
// record, never values.
func Decode(kind string, raw []byte, at time.Time) (Record, error) {
	k, err := lookup(kind)
	if err != nil {
		return nil, err
	}
	if err := checkText(raw); err != nil {
		return nil, err
	}
	if err := k.checkSchema(raw); err != nil {
		return nil, err
	}
	r := k.New()
	if err := unmarshal(raw, r); err != nil {
		return nil, err
	}
	wrong := checkHeader(r.Header(), at)
	wrong = append(wrong, checkFiles(r.Files())...)
	return r, fault.InvalidFields(append(wrong, r.Check()...)...)
}

// unmarshal is json.Unmarshal that refuses anything after the record.
func unmarshal(raw []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(into); err != nil {
		return malformed("record does not fit its struct")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return malformed("something follows the record")
	}
	return nil
}

func malformed(why string) error {
	return fault.Wrap(fault.Invalid, errors.New(why), "contract.malformed")
}

func wrongAt(place string) fault.FieldError {
	return fault.FieldError{Field: place, Key: "contract.malformed"}
}

// wrongIn returns a problem for each place that is not as it should be.
func wrongIn(places map[string]bool) (wrong []fault.FieldError) {
	for _, place := range slices.Sorted(maps.Keys(places)) {
		if !places[place] {
			wrong = append(wrong, wrongAt(place))
		}
	}
	return wrong
}
