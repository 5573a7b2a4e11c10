package areatest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Desk keeps submissions in memory, as JSON and without sealing them, by the rules of the real one.
type Desk struct {
	Err    error    // what it answers to everything, when it is not nil
	Handed []string // what was handed over, as it was kept

	drafts   map[submission.Token][]byte
	sent     map[submission.Token]submission.Token // from a draft to its receipt
	receipts map[submission.Token]submission.Receipt
	copies   map[submission.Token]submission.Copy
}

// NewDesk makes a desk on which nothing lies.
func NewDesk() *Desk {
	return &Desk{
		drafts: map[submission.Token][]byte{}, sent: map[submission.Token]submission.Token{},
		receipts: map[submission.Token]submission.Receipt{}, copies: map[submission.Token]submission.Copy{},
	}
}

// Drafts is how many submissions are being filled in.
func (d *Desk) Drafts() int { return len(d.drafts) }

// Lose forgets every draft, as when their time has passed.
func (d *Desk) Lose() { clear(d.drafts) }

// LoseCopies forgets what was sent, as when the time of the receipts has passed.
func (d *Desk) LoseCopies() { clear(d.copies) }

// newToken draws a token such as a cookie holds.
func newToken() submission.Token {
	raw := make([]byte, 16+4+32)
	_, _ = rand.Read(raw[:16])
	_, _ = rand.Read(raw[20:])
	t, err := submission.ParseToken(base64.RawURLEncoding.EncodeToString(raw))
	if err != nil {
		panic(err) // the form of tokens has changed
	}
	return t
}

func gone() error { return fault.New(fault.NotFound, "submission.no_draft") }

// Begin implements sending.Desk.
func (d *Desk) Begin(_ context.Context, s submission.Submission, fn func() error) (submission.Token, error) {
	t := s.Base().Reserved
	if t.IsZero() {
		t = newToken()
	}
	_, begun := d.drafts[t]
	if _, sent := d.sent[t]; begun || sent {
		return t, fault.New(fault.Conflict, "submission.already_sent")
	}
	return t, d.keep(t, s, fn)
}

func (d *Desk) keep(t submission.Token, s submission.Submission, fn func() error) error {
	if err := fn(); err != nil {
		return err
	}
	if d.Err != nil {
		return d.Err
	}
	raw, err := json.Marshal(s)
	d.drafts[t] = raw
	return err
}

// Load implements sending.Desk.
func (d *Desk) Load(_ context.Context, t submission.Token, s submission.Submission) (submission.Token, error) {
	if d.Err != nil {
		return t, d.Err
	}
	if _, sent := d.sent[t]; sent {
		return t, fault.New(fault.Conflict, "submission.already_sent")
	}
	raw, ok := d.drafts[t]
	if !ok || json.Unmarshal(raw, s) != nil {
		return t, gone()
	}
	s.Base().ExpiresAt = Monday().Add(submission.DraftLife)
	return t, s.Adopt()
}

// Change implements sending.Desk.
func (d *Desk) Change(ctx context.Context, t submission.Token, s submission.Submission, fn func() error) (submission.Token, error) {
	if _, err := d.Load(ctx, t, s); err != nil {
		return t, err
	}
	return t, d.keep(t, s, fn)
}

// Discard implements sending.Desk.
func (d *Desk) Discard(_ context.Context, t submission.Token) error {
	delete(d.drafts, t)
	return d.Err
}

// AddFile implements sending.Desk. Of the file only its name, size and hash stay.
func (d *Desk) AddFile(ctx context.Context, t submission.Token, s submission.Submission, in submission.Incoming) (submission.Token, error) {
	if _, err := d.Load(ctx, t, s); err != nil {
		return t, err
	}
	takes, ok := s.Takes(in.Field)
	if !ok {
		return t, fault.New(fault.Invalid, "submission.file_unexpected")
	}
	content, err := io.ReadAll(in.Body)
	if err != nil {
		return t, err
	}
	sum := sha256.Sum256(content)
	return d.Change(ctx, t, s, func() error {
		file := contract.Attachment{
			ID: uuid.New(), Field: in.Field, Document: takes.Document, Name: contract.FileName(in.Name, in.MediaType), MediaType: in.MediaType,
			Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
		}
		added := submission.File{Attachment: file}
		if added.IsSignature() {
			added.Wrong = submission.WrongIn(content, time.Now())
		}
		if err := s.Base().Attach(in, takes, added); err != nil {
			return err
		}
		return s.Adopt()
	})
}

// RemoveFile implements sending.Desk.
func (d *Desk) RemoveFile(ctx context.Context, t submission.Token, s submission.Submission, id string) (submission.Token, error) {
	return d.Change(ctx, t, s, func() error {
		s.Base().Detach(id)
		return s.Adopt()
	})
}

// Submit implements sending.Desk.
func (d *Desk) Submit(
	ctx context.Context, t submission.Token, s submission.Submission, _ locale.Lang, describe func() submission.Copy,
) (submission.Token, submission.Receipt, error) {
	if _, err := d.Load(ctx, t, s); fault.Is(err, fault.Conflict) {
		return d.Sent(ctx, t)
	} else if err != nil {
		return t, submission.Receipt{}, err
	}
	if err := s.Ready(Monday()); err != nil {
		return t, submission.Receipt{}, err
	}
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		return t, submission.Receipt{}, err
	}
	number, err := contract.NewReceiptNumber(rand.Reader)
	if err != nil {
		return t, submission.Receipt{}, err
	}
	told, err := submission.ToldOf(s)
	if err != nil {
		return t, submission.Receipt{}, err
	}
	own, copied := newToken(), newToken()
	d.Handed = append(d.Handed, string(d.drafts[t]))
	d.sent[t] = own
	if describe != nil {
		d.copies[copied] = describe()
	}
	d.receipts[own] = submission.Receipt{
		Number: number, Code: code.Reveal(), Envelope: "0123456789abcdef", SentAt: Monday().Add(time.Minute),
		Place: s.Place(), Copied: true, Copy: copied, Told: told,
	}
	delete(d.drafts, t)
	return own, d.receipts[own], nil
}

// Sent implements sending.Desk.
func (d *Desk) Sent(_ context.Context, t submission.Token) (submission.Token, submission.Receipt, error) {
	own, ok := d.sent[t]
	switch {
	case d.Err != nil:
		return own, submission.Receipt{}, d.Err
	case !ok:
		return own, submission.Receipt{}, gone()
	}
	return own, d.receipts[own], nil
}

// Receipt implements sending.Desk.
func (d *Desk) Receipt(_ context.Context, t submission.Token) (submission.Receipt, error) {
	r, ok := d.receipts[t]
	if d.Err == nil && !ok {
		return r, gone()
	}
	return r, d.Err
}

// Copy implements sending.Desk.
func (d *Desk) Copy(_ context.Context, t submission.Token) (submission.Copy, error) {
	kept, ok := d.copies[t]
	if d.Err == nil && !ok {
		return kept, gone()
	}
	return kept, d.Err
}
