package counter_test

import (
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// entry is an application that came online two days ago and waits for a person.
func (d *desk) entry(t *testing.T, change func(*contract.Application)) (id uuid.UUID, a contract.Application) {
	t.Helper()
	var drawn [64]byte
	code, err := seal.NewCode(reader(drawn[:]))
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	a = contract.Application{
		Version: 1, MessageID: uuid.New(), ReceiptNumber: "R-1111-2222-3333", ServiceID: d.Service, CentreID: d.Centre, Language: "en",
		Applicant: contract.Applicant{Kind: "person", Surname: "Коваль", GivenName: "Олена", TaxNumber: taxNumber(9), Phone: "+380671234567"},
		CodeHash:  hex.EncodeToString(hash[:]), Recipient: code.Recipient(), Answers: json.RawMessage(`{"purpose": "birth", "children": 2, "truth": true}`),
	}
	change(&a)
	record, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	id = uuid.New()
	d.DB.Exec(`insert into intake.messages (id, kind, receipt_number, key_id, envelope, envelope_sha256, attachments, submitted_at, state)
		values ($1, 'application', $2, '', 'x', sha256('x'), '[]', $3, 'held')`, a.MessageID, a.ReceiptNumber, clock().AddDate(0, 0, -2))
	d.DB.Exec(`insert into submission.answers (message_id, receipt_number, kind, outcome, code_hash) values ($1, $2, 'application', 'held', $3)`,
		a.MessageID, a.ReceiptNumber, hash[:])
	d.DB.Exec(`insert into intake.refusals (id, source, message_id, receipt_number, kind, reason, service_id, centre_id, submitted_at, applicant, record)
		values ($1, 'refused', $2, $3, 'application', $4, $5, $6, $7, 'Коваль Олена', $8)`,
		id, a.MessageID, a.ReceiptNumber, intake.ReasonMalware, a.ServiceID, a.CentreID, clock().AddDate(0, 0, -2), record)
	return id, a
}

type reader []byte

func (r reader) Read(p []byte) (int, error) { return copy(p, r), nil }

// An application that waits for a person becomes a visit with everything that its applicant sent, once; and the case is filed when
// it was sent, followed by the code that the applicant has already, and told under their receipt.
func TestAnEntryOfTheIntakeIsReceived(t *testing.T) {
	d := newDesk(t)
	d.AddForm(d.Service)
	entry, sent := d.entry(t, func(*contract.Application) {})
	if _, err := d.store.StartOfEntry(t.Context(), d.OtherUsers[access.Administrator], entry); !fault.Is(err, fault.NotFound) {
		t.Errorf("another centre's clerk reads it: %v", err)
	}
	st, err := d.store.StartOfEntry(t.Context(), d.clerk, entry)
	if err != nil || st.Centre != d.Centre || st.Who.TaxNumber != taxNumber(9) {
		t.Fatalf("%+v, %v", st, err)
	}
	id, err := d.store.Start(t.Context(), d.clerk, st)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := d.store.Start(t.Context(), d.clerk, st); err != nil || again != id {
		t.Errorf("the same entry is received twice at a time: %v %v, %v", id, again, err)
	}
	v, err := d.store.Get(t.Context(), d.clerk, id)
	if err != nil || v.ServiceID == nil || *v.ServiceID != d.Service || v.Content.Who.Surname != "Коваль" || v.Content.Answers["children"][0] != "2" {
		t.Fatalf("%+v, %v", v, err)
	}
	service, err := d.store.Service(t.Context(), d.Centre, d.Service)
	if err != nil {
		t.Fatal(err)
	}
	v.Content = v.Content.Offered(service.Card)
	v.Content.Answers["truth"] = []string{"true"} // is confirmed anew
	if v, err = d.store.Save(t.Context(), d.clerk, id, v.Version, v.ServiceID, v.Content); err != nil {
		t.Fatal(err)
	}
	made, err := d.store.Register(t.Context(), d.clerk, id, v.Version, v.Content, "")
	if err != nil || !made.Code.IsZero() {
		t.Fatalf("%v, another code: %t", err, !made.Code.IsZero())
	}
	var filed time.Time
	var hash, answered, record []byte
	var recipient, outcome, number, state, message string
	err = d.DB.Pool.QueryRow(t.Context(), `
		select c.filed_at, c.code_hash, c.recipient, a.outcome, a.case_number, a.code_hash, r.state, r.record, m.state
		from cases.cases c join submission.answers a on a.case_id = c.id join intake.refusals r on r.message_id = c.message_id
		join intake.messages m on m.id = c.message_id where c.id = $1`, made.CaseID).
		Scan(&filed, &hash, &recipient, &outcome, &number, &answered, &state, &record, &message)
	if err != nil {
		t.Fatal(err)
	}
	if !filed.Equal(clock().AddDate(0, 0, -2)) || hex.EncodeToString(hash) != sent.CodeHash || recipient != sent.Recipient {
		t.Errorf("filed %s, followed by %x and %q", filed, hash, recipient)
	}
	if outcome != "registered" || number != "01-2026-000001" || hex.EncodeToString(answered) != sent.CodeHash || state != "registered" || message != "registered" || record != nil {
		t.Errorf("%s %s %s %s %s", outcome, number, state, message, record)
	}
	if _, err := d.store.StartOfEntry(t.Context(), d.clerk, entry); !fault.Is(err, fault.Conflict) {
		t.Errorf("received again: %v", err)
	}
}

// When a colleague decides about the entry while the visitor stands there, no case is registered twice or in vain.
func TestAnEntryThatWasDecidedMeanwhile(t *testing.T) {
	d := newDesk(t)
	entry, _ := d.entry(t, func(*contract.Application) {})
	st, err := d.store.StartOfEntry(t.Context(), d.clerk, entry)
	if err != nil {
		t.Fatal(err)
	}
	id, err := d.store.Start(t.Context(), d.clerk, st)
	if err != nil {
		t.Fatal(err)
	}
	v, _ := d.store.Get(t.Context(), d.clerk, id)
	service, _ := d.store.Service(t.Context(), d.Centre, d.Service)
	if v, err = d.store.Save(t.Context(), d.clerk, id, v.Version, v.ServiceID, v.Content.Offered(service.Card)); err != nil {
		t.Fatal(err)
	}
	d.DB.Exec(`update intake.refusals set state = 'closed', decided_at = now() where id = $1`, entry)
	if _, err := d.store.Register(t.Context(), d.clerk, id, v.Version, v.Content, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
	var n int
	if err := d.DB.Pool.QueryRow(t.Context(), `select count(*) from cases.cases`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d cases, %v", n, err)
	}
}

// Somebody with an appointment needs no more than what reception knows of them; the same appointment is one visit, and a service
// that the centre does not give is left to the clerk.
func TestABookedVisitorIsReceived(t *testing.T) {
	d := newDesk(t)
	booked := counter.Start{Origin: counter.Booked, ID: uuid.New(), Centre: d.Centre, Service: &d.OtherService}
	booked.Who.Surname, booked.Who.Phone = " Їжак ", "067 123 45 67"
	id, err := d.store.Start(t.Context(), d.clerk, booked)
	if err != nil {
		t.Fatal(err)
	}
	v, err := d.store.Get(t.Context(), d.clerk, id)
	if err != nil || v.ServiceID != nil || v.Content.Who.Surname != "Їжак" || v.Content.Who.Phone != "+380671234567" || v.Origin != counter.Booked || *v.OriginID != booked.ID {
		t.Errorf("%+v, %v", v, err)
	}
	if again, err := d.store.Start(t.Context(), d.clerk, booked); err != nil || again != id {
		t.Errorf("%v, %v", again, err)
	}
	if _, err := d.store.Start(t.Context(), d.OtherUsers[access.Administrator], booked); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another centre's clerk: %v", err)
	}
}
