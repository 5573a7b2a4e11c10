package intake

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// unseal opens the envelope of a message with the keys at hand.
func unseal(keys seal.Keyring, m Message) ([]byte, error) {
	record, err := keys.Open(seal.Bound{Kind: m.Kind, MessageID: m.SealedID}, m.Envelope)
	switch {
	case err == nil:
		return record, nil
	case errors.Is(err, seal.ErrNotSealed):
		return nil, &Refusal{Reason: ReasonNotSealed, Cause: err}
	case errors.Is(err, seal.ErrUnknownKey):
		return nil, &Refusal{Reason: ReasonUnknownKey, Detail: m.KeyID, Cause: err}
	}
	return nil, &Refusal{Reason: ReasonCannotOpen, Cause: err}
}

// judge reads a record by the rules of its kind, at the moment it arrived here, and holds it against what travelled
// beside it.
func judge(m Message, raw []byte) (contract.Record, error) {
	r, err := contract.Decode(m.Kind, raw, m.ReceivedAt)
	switch {
	case errors.Is(err, contract.ErrUnknownKind):
		return nil, &Refusal{Reason: ReasonUnknownKind, Detail: m.Kind, Cause: err}
	case fault.Is(err, fault.Invalid):
		return nil, &Refusal{Reason: ReasonMalformed, Detail: Places(err), Cause: err}
	case err != nil:
		return nil, err
	}
	if h := r.Header(); h.MessageID != m.SealedID || h.ReceiptNumber != m.ReceiptNumber {
		return nil, &Refusal{Reason: ReasonMismatch, Detail: "message_id, receipt_number"}
	}
	return r, nil
}

// knownOf is what staff see of a submission that was opened. Places that do not exist are left out when it is written.
func knownOf(r contract.Record) (known Known, err error) {
	h := r.Header()
	known = Known{ServiceID: h.ServiceID, CentreID: h.CentreID, AuthorityID: h.AuthorityID, Sender: h.Sender, Recipient: h.Recipient}
	if known.CodeHash, err = hex.DecodeString(h.CodeHash); err != nil {
		return known, err
	}
	if r.Kind() == contract.KindApplication {
		known.Record, err = json.Marshal(r)
	}
	return known, err
}

// place is where the submission goes: a centre or an authority.
func (k Known) place() uuid.UUID {
	switch {
	case k.CentreID != nil:
		return *k.CentreID
	case k.AuthorityID != nil:
		return *k.AuthorityID
	}
	return uuid.Nil
}

// Places keeps what an Invalid fault says of where something is wrong, for Refusal.Detail.
func Places(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	var names []string
	for _, field := range f.Fields {
		names = append(names, field.Field)
	}
	if f.Cause != nil && len(names) == 0 {
		return f.Cause.Error()
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// DetailIn is what staff read of where something is wrong: fields of the form stand there by their titles.
func (e Entry) DetailIn(lang locale.Lang) string {
	named := func(id string) string {
		if title, _ := e.Fields[id].In(lang); title != "" {
			return "«" + title + "»"
		}
		return id
	}
	if field, rest, ok := strings.Cut(e.Detail, ": "); ok { // a file and what is wrong with it
		return named(field) + ": " + rest
	}
	ids := strings.Split(e.Detail, ", ")
	for i, id := range ids {
		ids[i] = named(id)
	}
	return strings.Join(ids, ", ")
}

// filedAt is when a submission counts as sent. The public site's clock is not ours and not trusted: never after the
// message arrived here, and not weeks before. Between the two it may have waited for the link.
func filedAt(submitted, received time.Time) time.Time {
	switch earliest := received.AddDate(0, 0, -30); {
	case submitted.After(received):
		return received
	case submitted.Before(earliest):
		return earliest
	}
	return submitted
}

// openedKey is where an opened attachment lies in the bucket quarantine.
func openedKey(message, attachment uuid.UUID) string {
	return fmt.Sprintf("opened/%s/%s", message, attachment)
}

// backoff is how long a message waits after its n-th attempt that failed.
func backoff(n int, longest time.Duration) time.Duration {
	return min(time.Second<<min(max(n-1, 0), 12), longest)
}
