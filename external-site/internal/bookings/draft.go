package bookings

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

var (
	_ submission.Submission = (*Draft)(nil)
	_ submission.Submission = (*Change)(nil)
	_ submission.Coded      = (*Change)(nil)
	_ submission.Telling    = (*Draft)(nil)
)

// Kind implements submission.Submission.
func (d *Draft) Kind() string { return contract.KindBooking }

// Service implements submission.Submission.
func (d *Draft) Service() uuid.UUID {
	if d.offer.Service == nil {
		return uuid.Nil
	}
	return *d.offer.Service
}

// Place implements submission.Submission.
func (d *Draft) Place() uuid.UUID { return d.offer.Centre.ID }

// MarshalJSON is what is kept of the draft.
func (d *Draft) MarshalJSON() ([]byte, error) {
	page, err := d.Keep()
	if err != nil {
		return nil, err
	}
	return json.Marshal(keptDraft{KeptPage: page, Group: d.offer.Group})
}

// UnmarshalJSON takes what was kept.
func (d *Draft) UnmarshalJSON(raw []byte) error {
	d.kept = keptDraft{}
	if err := json.Unmarshal(raw, &d.kept); err != nil {
		return err
	}
	d.Restore(d.kept.KeptPage)
	return nil
}

// Adopt implements submission.Submission. A time of another day, or one that is not free any more, has to be chosen anew.
func (d *Draft) Adopt() error {
	if d.kept.Group != d.offer.Group {
		return fault.New(fault.NotFound, "submission.no_draft")
	}
	return d.ReadKept()
}

// Takes implements submission.Submission: no files.
func (d *Draft) Takes(string) (submission.FileField, bool) { return submission.FileField{}, false }

// Worked implements submission.Submission.
func (d *Draft) Worked() bool { return len(d.Answers) > 0 }

// Record implements submission.Submission.
func (d *Draft) Record(by submission.Sending) (contract.Record, error) {
	at, second, err := d.times()
	if err != nil || d.Text(consentField) != "yes" {
		return nil, fault.New(fault.Conflict, "submission.incomplete")
	}
	r := &contract.Booking{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, Act: contract.BookingMakes, CentreID: d.offer.Centre.ID, GroupID: &d.offer.Group,
		ServiceID: d.offer.Service, At: &at, Second: second, Name: d.Text(nameField), Email: d.Text(emailField), Phone: d.Text(phoneField), Consent: true,
		Language: by.Language, CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}
	for _, f := range d.offer.Further {
		r.Further = append(r.Further, f.Matter)
	}
	return r, nil
}

// times are the wished time and the second one, nil when none or the same was chosen. Conflict without the first.
func (d *Draft) times() (at time.Time, second *time.Time, err error) {
	if at, err = time.Parse(time.RFC3339, d.Text(atField)); err != nil {
		return at, nil, fault.New(fault.Conflict, "submission.incomplete")
	}
	if other, err := time.Parse(time.RFC3339, d.Text(secondField)); err == nil && !other.Equal(at) {
		second = &other
	}
	return at, second, nil
}

// Told implements submission.Telling.
func (d *Draft) Told() (json.RawMessage, error) {
	at, second, err := d.times()
	if err != nil {
		return nil, err
	}
	told := Told{At: at, Second: second, Minutes: d.offer.Minutes, Matters: []Named{{Name: d.offer.Name, Minutes: d.offer.Alone}}}
	for _, f := range d.offer.Further {
		told.Matters = append(told.Matters, Named{Name: f.Name(), Minutes: f.Minutes})
	}
	return json.Marshal(told)
}

// Kind implements submission.Submission.
func (*Change) Kind() string { return contract.KindBooking }

// Code implements submission.Coded.
func (c *Change) Code() seal.Code { return c.Held }

// Adopt implements submission.Submission: nothing of a change is kept.
func (*Change) Adopt() error { return fault.New(fault.NotFound, "submission.no_draft") }

// Takes implements submission.Submission: no files.
func (*Change) Takes(string) (submission.FileField, bool) { return submission.FileField{}, false }

// Service implements submission.Submission.
func (*Change) Service() uuid.UUID { return uuid.Nil }

// Place implements submission.Submission.
func (c *Change) Place() uuid.UUID { return c.Booking.CentreID }

// Worked implements submission.Submission.
func (*Change) Worked() bool { return true }

// Ready implements submission.Submission.
func (c *Change) Ready(now time.Time) error {
	if !c.Booking.Changes(now) {
		return fault.New(fault.Conflict, "book.too_late")
	}
	return nil
}

// Record implements submission.Submission.
func (c *Change) Record(by submission.Sending) (contract.Record, error) {
	return &contract.Booking{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.ReceiptNumber, Act: c.Act(), CentreID: c.Booking.CentreID, At: c.To, BookingID: &c.Booking.ID,
		Code: c.Held.Reveal(), Language: by.Language, CodeHash: by.CodeHash, Recipient: by.Recipient, SubmittedAt: by.At,
	}, nil
}
