package contract

import (
	_ "embed"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// KindBooking is the name of the kind of appointments.
const KindBooking = "booking"

//go:embed booking.schema.json
var bookingSchema []byte

func init() {
	Register(Kind{Name: KindBooking, Schema: bookingSchema, New: func() Record { return new(Booking) }})
}

// What a Booking asks for.
const (
	BookingMakes    = "book"
	BookingMoves    = "move"   // to another time of the same group
	BookingGivesUp  = "cancel" // gives the place back
	MaxBookingEmail = 254      // characters
	MaxBookingName  = 120      // characters
	MaxMatters      = 5        // that one appointment is for
	bookingAhead    = 100 * 24 * time.Hour
)

// Booking is the wish for an appointment in a hall, or to move or give back one. The place is taken inside, or is not: the answer says.
// Whoever moves or gives back shows the secret code of the appointment, as in a Reply.
type Booking struct {
	Version       int         `json:"version"` // 1
	MessageID     uuid.UUID   `json:"message_id"`
	ReceiptNumber string      `json:"receipt_number"`
	Act           string      `json:"act"`
	CentreID      uuid.UUID   `json:"centre_id"`
	GroupID       *uuid.UUID  `json:"group_id,omitempty"`   // what it is for; with BookingMakes
	ServiceID     *uuid.UUID  `json:"service_id,omitempty"` // nil: not said
	Further       []Matter    `json:"further,omitempty"`    // what else it is for, one after another; none in messages of before
	At            *time.Time  `json:"at,omitempty"`
	Second        *time.Time  `json:"second,omitempty"` // another time that would do, if At is not free any more
	BookingID     *uuid.UUID  `json:"booking_id,omitempty"`
	Code          string      `json:"code,omitempty"` // of the appointment that is moved or given back, in its normal form
	Name          string      `json:"name,omitempty"` // how to address the person; nobody has to prove who they are
	Email         string      `json:"email,omitempty"`
	Phone         string      `json:"phone,omitempty"`
	Consent       bool        `json:"consent,omitempty"` // to the processing of personal data
	Language      locale.Lang `json:"language"`
	CodeHash      string      `json:"code_hash"` // hex SHA-256 of the person's secret code
	Recipient     string      `json:"recipient"` // age recipient derived from it
	SubmittedAt   time.Time   `json:"submitted_at"`
}

// Matter is one of the things that somebody comes for: a service of a group, or with a nil ServiceID the group as such.
type Matter struct {
	GroupID   uuid.UUID  `json:"group_id"`
	ServiceID *uuid.UUID `json:"service_id,omitempty"`
}

// Same says whether two matters are one.
func (m Matter) Same(other Matter) bool {
	if m.ServiceID == nil || other.ServiceID == nil {
		return m.ServiceID == nil && other.ServiceID == nil && m.GroupID == other.GroupID
	}
	return *m.ServiceID == *other.ServiceID
}

// MattersLast is how long an appointment lasts, in minutes, that is for matters of such lengths: they are served one after another, so their
// lengths add up, with what the hall says belongs between two of them: a pause, or below zero the time that each further one saves. It never
// is shorter than its longest matter. Both sites reckon with it.
func MattersLast(minutes []int, between int) (total int) {
	longest := 0
	for i, each := range minutes {
		if i > 0 {
			total += between
		}
		total, longest = total+each, max(longest, each)
	}
	return max(total, longest)
}

// Kind implements Record.
func (b *Booking) Kind() string { return KindBooking }

// Header implements Record.
func (b *Booking) Header() Header {
	return Header{
		MessageID: b.MessageID, ReceiptNumber: b.ReceiptNumber, CodeHash: b.CodeHash, Recipient: b.Recipient, Language: b.Language,
		SubmittedAt: b.SubmittedAt, CentreID: &b.CentreID, ServiceID: b.ServiceID, Sender: Sender{Name: b.Name, Phone: b.Phone, Email: b.Email},
	}
}

// Files implements Record.
func (b *Booking) Files() []Attachment { return nil }

// Check implements Record. Whether the time is offered and free is judged inside.
func (b *Booking) Check() []fault.FieldError {
	makes := b.Act == BookingMakes
	return wrongIn(map[string]bool{
		"group_id":   makes == (b.GroupID != nil),
		"booking_id": makes == (b.BookingID == nil),
		"code":       makes && b.Code == "" || !makes && provenBy(b.Code, b.CodeHash, b.Recipient),
		"at":         (b.Act == BookingGivesUp) == (b.At == nil) && b.near(b.At),
		"further":    len(b.Further) == 0 || makes && b.further(),
		"second":     b.Second == nil || makes && b.near(b.Second) && !b.Second.Equal(*b.At),
		"name":       !makes && b.Name == "" || makes && plain.IsLine(b.Name) && strings.TrimSpace(b.Name) != "",
		"email":      b.Email == "" || makes && plain.IsEmail(b.Email),
		"phone":      b.Phone == "" || makes && plain.IsPhone(b.Phone),
		"consent":    makes == b.Consent,
	})
}

// further says whether there are not too many further matters, and none of them is there twice.
func (b *Booking) further() bool {
	if len(b.Further) >= MaxMatters || b.GroupID == nil {
		return false
	}
	all := append([]Matter{{*b.GroupID, b.ServiceID}}, b.Further...)
	for i, m := range all {
		if slices.ContainsFunc(all[:i], m.Same) {
			return false
		}
	}
	return true
}

// near says whether a moment is one that the site can have offered when the record was made.
func (b *Booking) near(at *time.Time) bool {
	return at == nil || !at.Before(b.SubmittedAt.Add(-clocksApart)) && at.Before(b.SubmittedAt.Add(bookingAhead))
}
