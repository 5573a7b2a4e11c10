package intake_test

import (
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

// Staff who look at what was not taken see who sent it and how to reach them, where the envelope could be opened. Clerks
// of the centre see it too, and decide nothing.
func TestARefusedSubmissionSaysWhoSentIt(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	id := p.refused(t, q).ID
	clerk := p.Users[access.Administrator]
	e, err := q.Get(t.Context(), clerk, id)
	must(t, err)
	if e.Applicant != "Коваль Олена" || e.Phone != "+380671234567" || e.Email != "" {
		t.Errorf("the clerk sees %q, %q, %q", e.Applicant, e.Phone, e.Email)
	}
	if err := q.Decide(t.Context(), clerk, id, e.Version, intake.Verdict{Decision: intake.Close, Note: "сам"}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("a clerk decides: %v", err)
	}
	if _, err := q.Get(t.Context(), p.OtherUsers[access.Administrator], id); !fault.Is(err, fault.NotFound) {
		t.Errorf("a clerk of another centre: %v", err)
	}
	if _, err := q.Get(t.Context(), p.Users[access.PortalAdministrator], id); !fault.Is(err, fault.Forbidden) {
		t.Errorf("whoever keeps accounts: %v", err)
	}
}

// ask sends a question to an authority, sealed as the public site does.
func (p *place) ask(t *testing.T, authority uuid.UUID) uuid.UUID {
	t.Helper()
	s := p.submission(t)
	question := contract.Question{
		Version: 1, MessageID: s.MessageID, ReceiptNumber: s.ReceiptNumber, AuthorityID: &authority, Topic: "other", Text: "Коли приймаєте?",
		Name: "Марія", Email: "maria@example.org", Attachments: contract.Attachments{}, Consent: true, Language: locale.UK,
		CodeHash: s.CodeHash, Recipient: s.Recipient, SubmittedAt: s.SubmittedAt,
	}
	record, err := contract.Encode(&question, time.Now())
	must(t, err)
	envelope, err := ownKey().Public().Seal(seal.Bound{Kind: contract.KindQuestion, MessageID: s.MessageID}, record)
	must(t, err)
	sum := sha256.Sum256(envelope)
	_, err = receive(t.Context(), p.db.PoolAs("fetcher"), handed{
		id: s.MessageID, kind: contract.KindQuestion, receipt: s.ReceiptNumber, keyID: ownKey().KeyID(),
		envelope: envelope, sha256: sum[:], attachments: json.RawMessage(`[]`), at: s.SubmittedAt,
	})
	must(t, err)
	return s.MessageID
}

// What was sent to an authority and could not be taken stands in its own queue, and not in the region's alone.
func TestAQuestionToAnAuthorityStandsInItsQueue(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	message := p.ask(t, p.Authority)
	drain(t, p.at(func(o *intake.Options) {
		o.Handlers, o.Allowance = []intake.Handler{questions.NewIntake()}, map[string]int{contract.KindQuestion: 0}
	}))
	list, err := q.List(t.Context(), p.Users[access.AuthorityHead], intake.Filter{Masses: true})
	must(t, err)
	if len(list.Entries) != 1 || list.Entries[0].MessageID != message || list.Entries[0].Email != "maria@example.org" {
		t.Fatalf("the head of the authority sees %+v", list.Entries)
	}
	if len(list.Masses) != 1 || list.Masses[0].PlaceID != p.Authority {
		t.Errorf("lines of many: %+v", list.Masses)
	}
	places, err := q.Places(t.Context(), p.Users[access.Officer])
	must(t, err)
	if len(places) != 1 || places[0].ID != p.Authority {
		t.Errorf("places: %+v", places)
	}
	for name, other := range map[string]access.Actor{"another authority": p.OtherUsers[access.AuthorityHead], "a centre": p.Users[access.CentreHead]} {
		if list, err := q.List(t.Context(), other, intake.Filter{Masses: true}); err != nil || len(list.Entries) != 0 {
			t.Errorf("%s sees %+v, %v", name, list.Entries, err)
		}
	}
	must(t, q.Decide(t.Context(), p.Users[access.AuthorityHead], list.Entries[0].ID, list.Entries[0].Version, intake.Verdict{Decision: intake.Retry}))
}

// Closing an entry reaches the page of whoever sent it: with the words that staff wrote, or with ours.
func TestClosingIsTold(t *testing.T) {
	p := newPlace(t)
	q := intake.NewQueue(p.db.PoolAs("internal_site"))
	head := p.Users[access.CentreHead]
	told := func(e intake.Entry) (outcome, reason string) {
		must(t, p.db.Pool.QueryRow(t.Context(), `select outcome, reason from submission.answers where message_id = $1`, e.MessageID).Scan(&outcome, &reason))
		return outcome, reason
	}
	one := p.refused(t, q)
	must(t, q.Decide(t.Context(), head, one.ID, one.Version, intake.Verdict{
		Decision: intake.Close, Note: "зателефонували", Reason: locale.Text{UK: "Вас прийнято в центрі.\nПриходьте по результат."},
	}))
	if outcome, reason := told(one); outcome != intake.OutcomeClosed || reason != "" {
		t.Errorf("closed by itself: %s, %q", outcome, reason)
	}
	if e, err := q.Get(t.Context(), head, one.ID); err != nil || e.Typed.UK != "Вас прийнято в центрі.\nПриходьте по результат." {
		t.Errorf("the entry says %q, %v", e.Typed.UK, err)
	}
	many := p.refused(t, q)
	n, err := q.DecideAll(t.Context(), head, intake.Filter{Reason: many.Reason, Until: time.Now()}, intake.Verdict{Decision: intake.Close, Note: "разом"})
	must(t, err)
	if outcome, reason := told(many); n != 1 || outcome != intake.OutcomeClosed || reason == "" {
		t.Errorf("closed with others: %d, %s, %q", n, outcome, reason)
	}
}
