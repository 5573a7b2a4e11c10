package tracking

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// Store finds what citizens follow. It has no way to write.
type Store struct {
	db        pg.Beginner
	followers []Follower
}

// Follower shows what has become of a submission inside. There is one for each subject that the intake can name in its
// answer. Its methods read one snapshot.
type Follower interface {
	// Subject is the name of what it follows, as in submission.answers.
	Subject() string
	// Find looks for the subject by the number of its receipt or by its own. NotFound when there is none.
	Find(ctx context.Context, tx pgx.Tx, n Number) (Found, error)
	// Version is a text that changes when anything that Load reads does.
	Version(ctx context.Context, tx pgx.Tx, id uuid.UUID) (string, error)
	// Load puts what its holder may see into the status.
	Load(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error
}

// Found is a subject that a number belongs to, before the code is compared.
type Found struct {
	ID      uuid.UUID
	Receipt string // the number of its receipt, "" when it has none
	Hash    []byte // of the code that opens it
}

// NewStore makes a store over db, with the role external_site.
func NewStore(db pg.Beginner, followers ...Follower) *Store {
	return &Store{db: db, followers: followers}
}

// errNoMatch is the one answer to an unknown number and to a wrong code.
func errNoMatch() error { return fault.New(fault.NotFound, "track.no_match") }

// Check says whether code belongs to the number. Unknown numbers take the same way as known ones.
func (s *Store) Check(ctx context.Context, n Number, code seal.Code) error {
	return s.view(ctx, func(tx pgx.Tx) error {
		_, err := s.find(ctx, tx, n, code)
		return err
	})
}

// Status returns what the holder of the code may see, with the version of exactly that.
func (s *Store) Status(ctx context.Context, n Number, code seal.Code) (Status, error) {
	var status Status
	err := s.view(ctx, func(tx pgx.Tx) error {
		h, err := s.find(ctx, tx, n, code)
		if err != nil {
			return err
		}
		if status, err = h.load(ctx, tx); err != nil {
			return err
		}
		status.Version, err = h.version(ctx, tx)
		return err
	})
	return status, err
}

// Version is a token that changes when the status does; it is cheap to ask.
func (s *Store) Version(ctx context.Context, n Number, code seal.Code) (string, error) {
	var version string
	err := s.view(ctx, func(tx pgx.Tx) error {
		h, err := s.find(ctx, tx, n, code)
		if err != nil {
			return err
		}
		version, err = h.version(ctx, tx)
		return err
	})
	return version, err
}

func (s *Store) view(ctx context.Context, fn func(pgx.Tx) error) error {
	return pg.Fault("track", pg.InSnapshot(ctx, s.db, fn))
}

// held is what a number belongs to: a message that was sent from here, a subject inside, or both.
type held struct {
	message  *uuid.UUID
	subject  Found
	follower Follower // nil: nothing is known of a subject yet
	hash     []byte
}

// find looks in receipts (made here), answers and the subjects (came from inside), so that a submission is found at
// every moment of its way. The comparison is of hashes and takes the same time whatever they are.
func (s *Store) find(ctx context.Context, tx pgx.Tx, n Number, code seal.Code) (held, error) {
	h, err := findMessage(ctx, tx, n)
	if err != nil {
		return h, err
	}
	if err := s.findSubject(ctx, tx, n, &h); err != nil {
		return h, err
	}
	if len(h.hash) != 32 {
		h.hash = make([]byte, 32) // no code has this hash
	}
	if !code.Matches(h.hash) {
		return h, errNoMatch()
	}
	if h.message == nil && h.subject.Receipt != "" { // it was asked for by its own number
		sent, err := findMessage(ctx, tx, Number{Receipt: h.subject.Receipt})
		h.message = sent.message
		return h, err
	}
	return h, nil
}

// findMessage looks for what was sent under the number of a receipt.
func findMessage(ctx context.Context, tx pgx.Tx, n Number) (held, error) {
	var h held
	if n.Receipt == "" {
		return h, nil
	}
	err := tx.QueryRow(ctx, `
		select message_id, code_hash
		from (select r.message_id, r.code_hash, 1 as source from account.receipts r where r.receipt_number = $1
		      union all
		      select a.message_id, a.code_hash, 2 from submission.answers a where a.receipt_number = $1) n
		order by source limit 1`, n.Receipt).Scan(&h.message, &h.hash)
	return h, optional("find submission", err)
}

// findSubject looks for what became of it inside. A subject that has the number of a receipt by chance, but opens with
// another code, is somebody else's.
func (s *Store) findSubject(ctx context.Context, tx pgx.Tx, n Number, h *held) error {
	for _, f := range s.followers {
		found, err := f.Find(ctx, tx, n)
		switch {
		case fault.Is(err, fault.NotFound):
			continue
		case err != nil:
			return err
		case h.message != nil && string(found.Hash) != string(h.hash):
			continue
		}
		h.subject, h.follower, h.hash = found, f, found.Hash
		return nil
	}
	return nil
}

func (h held) version(ctx context.Context, tx pgx.Tx) (string, error) {
	var parts []string
	var own string
	err := tx.QueryRow(ctx, `
		select concat_ws('|',
			(select r.delivered_at from account.receipts r where r.message_id = $1),
			(select a.outcome || a.answered_at from submission.answers a where a.message_id = $1))`, h.message).Scan(&own)
	if err != nil {
		return "", pg.Fault("version of submission", err)
	}
	parts = append(parts, own)
	if h.follower != nil {
		inside, err := h.follower.Version(ctx, tx, h.subject.ID)
		if err != nil {
			return "", err
		}
		parts = append(parts, h.follower.Subject(), inside)
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16]), nil
}

func (h held) load(ctx context.Context, tx pgx.Tx) (Status, error) {
	var s Status
	if h.message != nil {
		if err := loadReceipt(ctx, tx, h.message, &s); err != nil {
			return s, err
		}
		if err := loadAnswer(ctx, tx, h.message, &s); err != nil {
			return s, err
		}
	}
	if h.follower == nil {
		return s, nil
	}
	s.Subject = h.follower.Subject()
	if err := h.follower.Load(ctx, tx, h.subject.ID, &s); err != nil {
		return s, fmt.Errorf("%s: %w", s.Subject, err)
	}
	return s, nil
}

func loadReceipt(ctx context.Context, tx pgx.Tx, message *uuid.UUID, s *Status) error {
	err := tx.QueryRow(ctx, `
		select r.receipt_number, r.kind, r.sent_at, r.delivered_at, coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, '')
		from account.receipts r left join catalogue.services v on v.id = r.service_id where r.message_id = $1`, message).
		Scan(&s.ReceiptNumber, &s.Kind, &s.SentAt, &s.DeliveredAt, &s.Service.UK, &s.Service.EN, &s.ServiceCode)
	return optional("load receipt", err)
}

func loadAnswer(ctx context.Context, tx pgx.Tx, message *uuid.UUID, s *Status) error {
	var a Answer
	err := tx.QueryRow(ctx, `
		select a.receipt_number, a.kind, a.outcome, a.reason, a.reason_en, a.answered_at, a.case_number
		from submission.answers a where a.message_id = $1`, message).
		Scan(&s.ReceiptNumber, &s.Kind, &a.Outcome, &a.Reason.UK, &a.Reason.EN, &a.AnsweredAt, &s.Number)
	if err == nil {
		s.Answer = &a
	}
	return optional("load answer", err)
}

// optional makes "no row" no error.
func optional(op string, err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return pg.Fault(op, err)
}
