package submission

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// Desk is where a citizen fills in a submission of any kind and hands it in.
type Desk struct {
	store   *Store
	bucket  *blob.Bucket // inbound
	key     seal.PublicKey
	now     func() time.Time
	sent    func()
	senders senders
	spool   *Spool        // files while they arrive
	places  chan struct{} // whole files on their way to the store
}

// Options is what a desk is made of.
type Options struct {
	Store  *Store
	Bucket *blob.Bucket   // inbound
	Key    seal.PublicKey // submissions and files are sealed to it
	Now    func() time.Time
	Room   int64  // bytes of files while they arrive; 2 GiB when zero
	Spool  *Spool // that others use too; one of its own with Room when nil
	Sent   func() // called after each submission, to give memory back soon; nothing when nil
}

// NewDesk makes a desk.
func NewDesk(o Options) *Desk {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Spool == nil {
		o.Spool = NewSpool(o.Room, o.Now)
	}
	if o.Sent == nil {
		o.Sent = func() {}
	}
	return &Desk{
		store: o.Store, bucket: o.Bucket, key: o.Key, now: o.Now, sent: o.Sent,
		senders: newSenders(), spool: o.Spool, places: make(chan struct{}, 8),
	}
}

// Begin lets fn put the first answers into s and keeps them: there is no row before. When fn fails nothing is kept. Conflict when a draft
// was begun under the reserved token already.
func (d *Desk) Begin(ctx context.Context, s Submission, fn func() error) (Token, error) {
	t := s.Base().Reserved
	if t.IsZero() {
		t = newToken()
	}
	s.Base().MessageID = uuid.Must(uuid.NewV7())
	if err := fn(); err != nil {
		return t, err
	}
	k, err := keep(t, s)
	if err != nil {
		return t, err
	}
	k.sender = d.senders.name(s.Base().From)
	return t, d.store.create(ctx, t, s.Base().MessageID, s.Kind(), k, func() (string, error) { return contract.NewReceiptNumber(rand.Reader) })
}

// Load opens the draft behind t into s, and returns the token of its present state. NotFound when it is gone or about
// something else, Conflict when it was sent: then Sent has its receipt.
func (d *Desk) Load(ctx context.Context, t Token, s Submission) (Token, error) {
	r, err := d.store.load(ctx, t)
	if err != nil {
		return t, err
	}
	return openDraft(t, r, s)
}

// Change opens the draft into s, lets fn work on it and keeps it under the next token, which it returns. Two tabs of
// one browser lose nothing of each other. What was sent already cannot be changed: that is Conflict.
func (d *Desk) Change(ctx context.Context, t Token, s Submission, fn func() error) (Token, error) {
	err := d.store.change(ctx, t, func(_ transaction, r row) (kept, error) {
		var err error
		if t, err = openDraft(t, r, s); err != nil {
			return kept{}, err
		}
		if err := fn(); err != nil {
			return kept{}, err
		}
		next := t.next()
		k, err := keep(next, s)
		if err == nil {
			t = next
		}
		return k, err
	})
	return t, err
}

// Until says when the draft behind t ends unless it is changed. NotFound when it is gone or was sent.
func (d *Desk) Until(ctx context.Context, t Token) (time.Time, error) {
	r, err := d.store.load(ctx, t)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := t.at(r.change); err != nil || r.submitted {
		return time.Time{}, errNoDraft()
	}
	return r.expiresAt, nil
}

// Discard forgets a draft and its files.
func (d *Desk) Discard(ctx context.Context, t Token) error {
	keys, err := d.store.discard(ctx, t)
	if err != nil {
		return err
	}
	return removeObjects(ctx, d.bucket, keys)
}

// keep seals s as the state that t opens.
func keep(t Token, s Submission) (kept, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return kept{}, fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plain)
	sealed, err := t.seal(plain)
	return kept{sealed: sealed, change: t.change, filesSize: s.Base().FilesSize(), keys: s.Base().keys()}, err
}

// openDraft opens a row into s and returns the token of its state.
func openDraft(t Token, r row, s Submission) (Token, error) {
	t, err := t.at(r.change)
	if err != nil {
		return t, err
	}
	if r.submitted {
		return t, fault.New(fault.Conflict, "submission.already_sent")
	}
	plain, err := t.open(r.sealed)
	if err != nil {
		return t, err
	}
	defer clear(plain)
	if r.kind != s.Kind() || json.Unmarshal(plain, s) != nil {
		return t, errNoDraft()
	}
	b := s.Base()
	b.MessageID, b.ReceiptNumber, b.ExpiresAt = r.messageID, r.receiptNumber, r.expiresAt
	return t, s.Adopt()
}
