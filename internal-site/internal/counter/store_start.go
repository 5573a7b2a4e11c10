package counter

import (
	"context"
	"encoding/hex"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/notices/outbox"
	"portal.example/shared/fault"
)

// Start opens a visit with what is known of it, or returns the open one that began with the same. A service that the centre does
// not give is left for the clerk to choose.
func (s *Store) Start(ctx context.Context, actor access.Actor, st Start) (uuid.UUID, error) {
	v := Visit{CentreID: st.Centre, Origin: st.Origin, OriginID: &st.ID, Content: Content{Who: st.Who.Normal(), Sent: st.Sent}}
	if st.Service != nil {
		service, err := s.Service(ctx, st.Centre, *st.Service)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return uuid.Nil, err
		}
		if err == nil {
			v.ServiceID = st.Service
		}
		if service.Sheet != nil && st.Answers != nil {
			v.Content.Answers, _ = service.Sheet.Repeat(nil, st.Answers)
		}
	}
	return s.open(ctx, actor, v)
}

// StartOfEntry says how the visit begins that takes an entry of the intake queue over.
func (s *Store) StartOfEntry(ctx context.Context, actor access.Actor, id uuid.UUID) (Start, error) {
	t, err := intake.Take(ctx, s.pool, actor, id)
	if err != nil {
		return Start{}, err
	}
	st := Start{Origin: FromIntake, ID: id, Service: t.ServiceID}
	if t.CentreID != nil {
		st.Centre = *t.CentreID
	}
	if a := t.Application; a != nil {
		st.Who, st.Answers, st.Sent = Person{Applicant: a.Applicant}, a.Answers, map[string]string{}
		for _, f := range a.Attachments {
			st.Sent[f.ID.String()] = f.Document
		}
		return st, nil
	}
	st.Who.Phone, st.Who.Email = t.Phone, t.Email
	st.Who = st.Who.With(Sought{Clue: ByName, Value: t.Applicant})
	return st, nil
}

// takeOver makes the filing of a visit that took an entry over what the applicant sent: filed when it was sent, and followed by the
// code that they have already. It returns the entry, nil for other visits, and whether the applicant needs no other code.
func (s *Store) takeOver(ctx context.Context, tx pgx.Tx, actor access.Actor, v Visit, f *cases.Filing) (entry *intake.Entry, coded bool, err error) {
	if v.Origin != FromIntake {
		return nil, false, nil
	}
	t, err := intake.Take(ctx, tx, actor, *v.OriginID)
	if err != nil {
		return nil, false, err
	}
	f.MessageID, f.ReceiptNumber = &t.MessageID, t.ReceiptNumber
	if f.FiledAt = t.SubmittedAt; f.FiledAt.After(s.now()) {
		f.FiledAt = s.now()
	}
	if t.Application == nil {
		return &t.Entry, false, nil
	}
	hash, err := hex.DecodeString(t.Application.CodeHash)
	if err != nil {
		return nil, false, fault.Wrap(fault.Internal, err, "")
	}
	f.CodeHash, f.Recipient = hash, t.Application.Recipient
	f.Told = outbox.Choice{Channel: f.Told.Channel, Language: string(t.Application.Language)}
	return &t.Entry, true, nil
}
