package submission

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"portal.example/shared/blob"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Desk is where a citizen fills in an application and hands it in.
type Desk struct {
	store  *Store
	bucket *blob.Bucket // inbound
	key    seal.PublicKey
	now    func() time.Time
	places chan struct{} // files being received at once: each is in memory, sealed
}

// NewDesk makes a desk that seals to key.
func NewDesk(store *Store, bucket *blob.Bucket, key seal.PublicKey, now func() time.Time) *Desk {
	return &Desk{store: store, bucket: bucket, key: key, now: now, places: make(chan struct{}, 8)}
}

// Start begins an application for the service.
func (d *Desk) Start(ctx context.Context, s Service) (Token, error) {
	t := NewToken()
	sealed, err := sealDraft(t, &Draft{ServiceID: s.ID, FormID: s.FormID, Visited: map[string]bool{}})
	if err != nil {
		return t, err
	}
	return t, d.store.create(ctx, t, sealed)
}

// Load opens the draft behind t, fitted to the service's form of today. NotFound when it is gone or belongs to
// another service.
func (d *Desk) Load(ctx context.Context, t Token, s Service) (*Draft, error) {
	r, err := d.store.load(ctx, t)
	if err != nil {
		return nil, err
	}
	return openDraft(t, r, s)
}

// Change lets fn work on the draft and keeps it. What was sent already cannot be changed: that is Conflict.
func (d *Desk) Change(ctx context.Context, t Token, s Service, fn func(*Draft) error) (*Draft, error) {
	var changed *Draft
	err := d.store.change(ctx, t, func(_ transaction, r row) (kept, error) {
		draft, err := openDraft(t, r, s)
		if err != nil {
			return kept{}, err
		}
		changed = draft
		if draft.Receipt != nil {
			return kept{}, fault.New(fault.Conflict, "apply.already_sent")
		}
		if err := fn(draft); err != nil {
			return kept{}, err
		}
		draft.syncFiles(s.Form)
		sealed, err := sealDraft(t, draft)
		return kept{sealed, draft.filesSize(), draft.keys()}, err
	})
	return changed, err
}

// Submit seals the application and hands it over. Sent twice, it gives the same receipt: the draft's lock makes the
// second wait, and then the receipt is there.
func (d *Desk) Submit(ctx context.Context, t Token, s Service, lang locale.Lang) (Receipt, error) {
	var receipt Receipt
	err := d.store.change(ctx, t, func(tx transaction, r row) (kept, error) {
		draft, err := openDraft(t, r, s)
		if err != nil {
			return kept{}, err
		}
		if draft.Receipt != nil {
			receipt = *draft.Receipt
			return kept{}, nil
		}
		if err := d.complete(draft, s); err != nil {
			return kept{}, err
		}
		if receipt, err = d.handOver(ctx, tx, t, draft, s, lang); err != nil {
			return kept{}, err
		}
		// What was typed is inside the envelope now and is forgotten here; the receipt stays for its page.
		sealed, err := sealDraft(t, &Draft{ServiceID: s.ID, FormID: s.FormID, Visited: map[string]bool{}, Receipt: &receipt})
		return kept{sealed: sealed}, err
	})
	return receipt, err
}

// complete refuses a draft that is not ready to be sent.
func (d *Desk) complete(draft *Draft, s Service) error {
	if s.NextPage(draft, d.now()) != "check" {
		return fault.New(fault.Conflict, "apply.incomplete")
	}
	return errors.Join(s.Portal.Validate(draft.Portal, d.now()), s.Form.Validate(draft.Answers, d.now()))
}

func (d *Desk) handOver(ctx context.Context, tx transaction, t Token, draft *Draft, s Service, lang locale.Lang) (Receipt, error) {
	application, code, err := draft.record(s, lang, d.now())
	if err != nil {
		return Receipt{}, err
	}
	record, err := contract.Encode(&application, d.now())
	if err != nil {
		return Receipt{}, err
	}
	defer clear(record)
	envelope, err := d.key.Seal(seal.Bound{Kind: contract.KindApplication, MessageID: draft.MessageID}, record)
	if err != nil {
		return Receipt{}, err
	}
	hash := code.Hash()
	m := message{
		id: draft.MessageID, kind: contract.KindApplication, receipt: draft.ReceiptNumber, keyID: d.key.KeyID(),
		envelope: envelope, serviceID: s.ID, codeHash: hash[:],
	}
	for _, f := range draft.attached(s.Form) {
		m.attachments = append(m.attachments, f.Sealed)
	}
	receipt, err := submit(ctx, tx, t, m)
	receipt.Code = code.Reveal()
	return receipt, err
}

// Discard forgets a draft and its files.
func (d *Desk) Discard(ctx context.Context, t Token) error {
	keys, err := d.store.discard(ctx, t)
	if err != nil {
		return err
	}
	return d.removeObjects(ctx, keys)
}

func sealDraft(t Token, d *Draft) ([]byte, error) {
	var err error
	if d.Raw.Portal, err = json.Marshal(d.Portal); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "")
	}
	if d.Raw.Service, err = json.Marshal(d.Answers); err != nil {
		return nil, fault.Wrap(fault.Internal, err, "")
	}
	plain, err := json.Marshal(d)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plain)
	return t.seal(plain)
}

func openDraft(t Token, r row, s Service) (*Draft, error) {
	plain, err := t.open(r.sealed)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	var d Draft
	if err := json.Unmarshal(plain, &d); err != nil {
		return nil, fault.New(fault.NotFound, "apply.no_draft")
	}
	if d.ServiceID != s.ID {
		return nil, fault.New(fault.NotFound, "apply.no_draft")
	}
	d.MessageID, d.ReceiptNumber, d.ExpiresAt = r.messageID, r.receiptNumber, r.expiresAt
	if d.Visited == nil {
		d.Visited = map[string]bool{}
	}
	d.adopt(s)
	return &d, nil
}
