package submission

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Submit seals the submission behind t and hands it over. The receipt is kept under a token of its own, which is
// returned; what t opened is forgotten. Sent twice, it gives the same receipt: the draft's lock makes the second wait,
// and then the receipt is there.
//
// describe tells what was sent for the copy that its sender can print or save, once s is the submission that is sent;
// nil keeps no copy.
func (d *Desk) Submit(ctx context.Context, t Token, s Submission, lang locale.Lang, describe func() Copy) (Token, Receipt, error) {
	var receipt Receipt
	own, sent := newToken(), false
	err := d.store.change(ctx, t, func(tx transaction, r row) (kept, error) {
		now, err := openDraft(t, r, s)
		if fault.Is(err, fault.Conflict) && r.submitted {
			sent = true
			return kept{}, nil
		}
		if err != nil {
			return kept{}, err
		}
		if err := s.Ready(d.now()); err != nil {
			return kept{}, err
		}
		var handed []string
		if receipt, handed, err = d.handOver(ctx, tx, s, lang); err != nil {
			return kept{}, err
		}
		if receipt.Copy, err = keepCopy(ctx, tx, describe); err != nil {
			return kept{}, err
		}
		receipt.Copied = !receipt.Copy.IsZero()
		return d.exchange(ctx, tx, now.next(), own, receipt, handed)
	})
	switch {
	case err != nil:
		return t, receipt, err
	case sent:
		return d.Sent(ctx, t)
	}
	d.sent()
	return own, receipt, nil
}

// exchange keeps the receipt under its own token. The draft's row keeps nothing but that token and the one of the copy,
// for a browser that never saw the answer, and goes when the receipt is opened.
func (d *Desk) exchange(ctx context.Context, tx transaction, draft, own Token, receipt Receipt, handed []string) (kept, error) {
	plain, err := json.Marshal(receipt)
	if err != nil {
		return kept{}, fault.Wrap(fault.Internal, err, "")
	}
	defer clear(plain)
	sealed, err := own.seal(plain)
	if err != nil {
		return kept{}, err
	}
	if err := keepReceipt(ctx, tx, own, draft, sealed); err != nil {
		return kept{}, err
	}
	bridge, err := draft.seal(append(own.bytes(), receipt.Copy.bytes()...))
	return kept{sealed: bridge, change: draft.change, handed: handed, submitted: true}, err
}

// Sent is the receipt of a draft that was sent, and the token that opens it from now on. NotFound when the browser has
// that token already, and when nothing was sent.
func (d *Desk) Sent(ctx context.Context, t Token) (Token, Receipt, error) {
	r, err := d.store.load(ctx, t)
	if err != nil {
		return t, Receipt{}, err
	}
	if !r.submitted {
		return t, Receipt{}, errNoDraft()
	}
	if t, err = t.at(r.change); err != nil {
		return t, Receipt{}, err
	}
	raw, err := t.open(r.sealed)
	if err != nil {
		return t, Receipt{}, err
	}
	defer clear(raw)
	var own, copied Token
	if len(raw) == 2*tokenSize { // one that the release before left has no copy
		if err := copied.parse(raw[tokenSize:]); err != nil {
			return t, Receipt{}, err
		}
		raw = raw[:tokenSize]
	}
	if err := own.parse(raw); err != nil {
		return t, Receipt{}, err
	}
	receipt, err := d.openReceipt(ctx, own, false)
	receipt.Copy = copied
	return own, receipt, err
}

// Receipt opens the receipt behind its own token. That the token came is the proof that the browser has it, so the
// draft's row, which led to it, goes.
func (d *Desk) Receipt(ctx context.Context, t Token) (Receipt, error) {
	return d.openReceipt(ctx, t, true)
}

func (d *Desk) openReceipt(ctx context.Context, t Token, arrived bool) (Receipt, error) {
	var receipt Receipt
	sealed, err := d.store.receipt(ctx, t, arrived)
	if err != nil {
		return receipt, err
	}
	plain, err := t.open(sealed)
	if err != nil {
		return receipt, err
	}
	defer clear(plain)
	if json.Unmarshal(plain, &receipt) != nil {
		return receipt, errNoDraft()
	}
	return receipt, nil
}

// handOver seals the record and gives it to the channel. It returns the keys of the objects that went with it.
func (d *Desk) handOver(ctx context.Context, tx transaction, s Submission, lang locale.Lang) (Receipt, []string, error) {
	code, own, err := codeOf(s)
	if err != nil {
		return Receipt{}, nil, err
	}
	hash, draft := code.Hash(), s.Base()
	r, err := s.Record(Sending{
		MessageID: draft.MessageID, ReceiptNumber: draft.ReceiptNumber, CodeHash: hex.EncodeToString(hash[:]),
		Recipient: code.Recipient(), Language: lang, At: d.now().UTC(),
	})
	if err != nil {
		return Receipt{}, nil, err
	}
	record, err := contract.Encode(r, d.now())
	if err != nil {
		return Receipt{}, nil, err
	}
	defer clear(record)
	envelope, err := d.key.Seal(seal.Bound{Kind: s.Kind(), MessageID: draft.MessageID}, record)
	if err != nil {
		return Receipt{}, nil, err
	}
	m := message{
		id: draft.MessageID, kind: s.Kind(), receipt: draft.ReceiptNumber, keyID: d.key.KeyID(),
		envelope: envelope, serviceID: s.Service(), codeHash: hash[:],
	}
	var handed []string
	for _, f := range r.Files() {
		sealed := draft.sealed(f.ID)
		m.attachments = append(m.attachments, sealed)
		handed = append(handed, sealed.Key)
	}
	told, err := ToldOf(s)
	if err != nil {
		return Receipt{}, nil, err
	}
	receipt, err := submit(ctx, tx, m)
	receipt.Place, receipt.Told = s.Place(), told
	if !own {
		receipt.Code = code.Reveal()
	}
	return receipt, handed, err
}

// codeOf is the secret code that the submission is followed by: a new one, unless its sender holds one of their own.
func codeOf(s Submission) (code seal.Code, own bool, err error) {
	if coded, ok := s.(Coded); ok {
		if code = coded.Code(); code.IsZero() {
			return code, true, fault.New(fault.Conflict, "seal.code_wrong")
		}
		return code, true, nil
	}
	code, err = seal.NewCode(rand.Reader)
	return code, false, err
}
