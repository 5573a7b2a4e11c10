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

	"portal.example/external-site/internal/modules"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

// Channel is where the triggers of migrations/live tell of changes of what people follow.
const Channel = "followed_changed"

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
	// Module is the module to which the subject belongs: while it is off, nobody can follow it.
	Module() string
	// ByNumber finds the subject that has this number of its own, with the hash of the code that opens it. NotFound
	// when there is none.
	ByNumber(ctx context.Context, tx pgx.Tx, number string) (id uuid.UUID, hash []byte, err error)
	// Version is a text that changes when anything that Load reads does.
	Version(ctx context.Context, tx pgx.Tx, id uuid.UUID) (string, error)
	// Load puts what its holder may see into the status.
	Load(ctx context.Context, tx pgx.Tx, id uuid.UUID, s *Status) error
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

// Status returns what the holder of the code may see, opened with it, and the version of exactly that.
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
	if err != nil {
		return status, err
	}
	return status, status.open(code)
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

// held is what a number and a code belong to: a message that was sent from here, a subject inside, or both.
type held struct {
	message  uuid.NullUUID
	taken    bool          // what came inside under the message's id was sealed with another code: it is somebody else's
	closed   uuid.NullUUID // and staff have closed what came later: the answer that tells so
	follower Follower      // nil: nothing has become of it yet
	subject  uuid.UUID
}

// find looks in receipts (made here), answers and subjects (came from inside), so that a submission is found at every
// moment of its way. Hashes are compared in a time that tells nothing of them.
func (s *Store) find(ctx context.Context, tx pgx.Tx, n Number, code seal.Code) (held, error) {
	by, number := s.byNumber, n.Own
	if n.Receipt != "" {
		by, number = s.byReceipt, n.Receipt
	}
	h, err := by(ctx, tx, number, code)
	if err != nil {
		return h, err
	}
	module, err := h.module(ctx, tx)
	if err != nil {
		return h, err
	}
	return h, switchedOn(ctx, tx, module)
}

// module names the module to which what was found belongs; before anything has become of a message, its kind tells.
func (h held) module(ctx context.Context, tx pgx.Tx) (string, error) {
	if h.follower != nil {
		return h.follower.Module(), nil
	}
	var kind string
	err := tx.QueryRow(ctx, `
		select coalesce((select kind from account.receipts where message_id = $1), (select kind from submission.answers where message_id = $1), '')`,
		h.message).Scan(&kind)
	return contract.ModuleOf(kind), pg.Fault("kind of submission", err)
}

// switchedOn refuses to show what belongs to a module that is off, to whoever has proved to hold the code.
func switchedOn(ctx context.Context, tx pgx.Tx, module string) error {
	switches, err := modules.NewStore(tx).Switches(ctx)
	if err != nil || switches.On(module) {
		return err
	}
	return fault.New(fault.Conflict, "modules.off."+module)
}

// unknown is a hash that no code has, to compare with where there is none.
var unknown = make([]byte, 32)

// byReceipt finds the message. Whoever broke into this node can give another message the same number, and the same id;
// the code says whose is whose. When the inside has another message under the id, it has ours under another one as soon
// as staff have opened it.
func (s *Store) byReceipt(ctx context.Context, tx pgx.Tx, receipt string, code seal.Code) (held, error) {
	messages, err := messagesOf(ctx, tx, receipt, code)
	if err != nil {
		return held{}, err
	}
	if len(messages) == 0 {
		return held{}, errNoMatch()
	}
	var first held
	for i, message := range messages {
		h := held{message: message}
		if err := s.follow(ctx, tx, code, &h); err != nil || !h.taken {
			return h, err
		}
		if i == 0 {
			first = h
		}
	}
	err = tx.QueryRow(ctx, `
		select message_id from submission.answers where receipt_number = $1 and outcome = 'closed' and code_hash is null
		order by answered_at desc, message_id limit 1`, receipt).Scan(&first.closed)
	return first, optional("find answer of a closed conflict", err)
}

// answer is the message under whose id the inside told what became of this one.
func (h held) answer() uuid.NullUUID {
	if h.taken {
		return h.closed
	}
	return h.message
}

// messagesOf returns the messages with the number and the code: the one that was sent from here, then those that the
// inside answered, the oldest answer first. A number alone leads to any number of answers, so those without a code are
// left out.
func messagesOf(ctx context.Context, tx pgx.Tx, receipt string, code seal.Code) (messages []uuid.NullUUID, err error) {
	rows, err := tx.Query(ctx, `
		select message_id, code_hash from (
			select message_id, code_hash, sent_at as at, 0 as rank from account.receipts where receipt_number = $1
			union all
			select message_id, code_hash, answered_at, 1 from submission.answers where receipt_number = $1 and code_hash is not null
		) found order by rank, at, message_id limit 100`, receipt)
	if err != nil {
		return nil, pg.Fault("find submission", err)
	}
	var message uuid.UUID
	var hash []byte
	code.Matches(unknown)
	_, err = pgx.ForEachRow(rows, []any{&message, &hash}, func() error {
		if len(hash) == len(unknown) && code.Matches(hash) {
			messages = append(messages, uuid.NullUUID{UUID: message, Valid: true})
		}
		return nil
	})
	return messages, pg.Fault("find submission", err)
}

// follow finds what the message became.
func (s *Store) follow(ctx context.Context, tx pgx.Tx, code seal.Code, h *held) error {
	var subject string
	var id uuid.NullUUID
	hash := code.Hash()
	err := tx.QueryRow(ctx, `
		select coalesce(subject, case when case_id is not null then 'case' end, ''), coalesce(subject_id, case_id),
		       coalesce(code_hash <> $2, false)
		from submission.answers where message_id = $1`, h.message, hash[:]).Scan(&subject, &id, &h.taken)
	if err != nil || h.taken {
		return optional("find subject", err)
	}
	for _, f := range s.followers {
		if f.Subject() == subject && id.Valid {
			h.follower, h.subject = f, id.UUID
		}
	}
	return nil
}

// byNumber finds the subject. Every follower is asked, so that the time does not tell which of them knows the number.
func (s *Store) byNumber(ctx context.Context, tx pgx.Tx, number string, code seal.Code) (held, error) {
	var h held
	code.Matches(unknown)
	for _, f := range s.followers {
		id, hash, err := f.ByNumber(ctx, tx, number)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return h, err
		}
		if err == nil && len(hash) == len(unknown) && code.Matches(hash) {
			h.follower, h.subject = f, id
		}
	}
	if h.follower == nil {
		return h, errNoMatch()
	}
	err := tx.QueryRow(ctx, `
		select message_id from submission.answers where coalesce(subject_id, case_id) = $1
		order by kind = 'reply', answered_at, message_id limit 1`, h.subject).Scan(&h.message)
	return h, optional("find submission of subject", err)
}

func (h held) version(ctx context.Context, tx pgx.Tx) (string, error) {
	var parts []string
	var own string
	err := tx.QueryRow(ctx, `
		select concat_ws('|',
			(select r.delivered_at from account.receipts r where r.message_id = $1),
			(select a.outcome || a.answered_at from submission.answers a where a.message_id = $2))`, h.message, h.answer()).Scan(&own)
	if err != nil {
		return "", pg.Fault("version of submission", err)
	}
	parts = append(parts, own)
	if h.follower != nil {
		inside, err := h.follower.Version(ctx, tx, h.subject)
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
	if h.message.Valid {
		if err := loadReceipt(ctx, tx, h.message, &s); err != nil {
			return s, err
		}
		if err := h.loadAnswer(ctx, tx, &s); err != nil {
			return s, err
		}
	}
	if h.follower == nil {
		return s, nil
	}
	s.Subject = h.follower.Subject()
	if err := h.follower.Load(ctx, tx, h.subject, &s); err != nil {
		return s, fmt.Errorf("%s: %w", s.Subject, err)
	}
	return s, nil
}

func loadReceipt(ctx context.Context, tx pgx.Tx, message uuid.NullUUID, s *Status) error {
	err := tx.QueryRow(ctx, `
		select r.receipt_number, r.kind, r.sent_at, r.delivered_at, coalesce(v.name, ''), coalesce(v.name_en, ''), coalesce(v.code, '')
		from account.receipts r left join catalogue.services v on v.id = r.service_id where r.message_id = $1`, message).
		Scan(&s.ReceiptNumber, &s.Kind, &s.SentAt, &s.DeliveredAt, &s.Service.UK, &s.Service.EN, &s.ServiceCode)
	return optional("load receipt", err)
}

// loadAnswer reads what the intake said of the message. Nothing is said of one whose id is taken before staff, who see that
// two have the same id, have decided: it waits for them inside. An envelope that could not be opened tells no kind.
func (h held) loadAnswer(ctx context.Context, tx pgx.Tx, s *Status) error {
	if h.taken && !h.closed.Valid {
		s.Answer = &Answer{Outcome: "held"}
		return nil
	}
	var a Answer
	err := tx.QueryRow(ctx, `
		select a.receipt_number, coalesce(nullif(a.kind, ''), $3), a.outcome, a.reason, a.reason_en, a.answered_at, coalesce(a.subject_number, a.case_number),
		       case when octet_length(a.sealed) <= $2 then a.sealed end
		from submission.answers a where a.message_id = $1`, h.answer(), maxSaid*2, s.Kind).
		Scan(&s.ReceiptNumber, &s.Kind, &a.Outcome, &a.Reason.UK, &a.Reason.EN, &a.AnsweredAt, &s.Number, &a.sealed)
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
