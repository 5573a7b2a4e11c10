package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/scan"
	"portal.example/internal-site/internal/scan/scantest"
	"portal.example/shared/awaittest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

var pdf = []byte("%PDF-1.7\n a passport")

// drain handles everything that is due.
func drain(t *testing.T, w *intake.Worker) (handled int) {
	t.Helper()
	for {
		found, err := w.Next(t.Context())
		must(t, err)
		if !found {
			return handled
		}
		handled++
	}
}

type told struct{ outcome, reason, number, state string }

func (p *place) told(t *testing.T, id uuid.UUID) (a told) {
	t.Helper()
	must(t, p.db.Pool.QueryRow(t.Context(), `select coalesce(a.outcome, ''), coalesce(a.reason, ''), coalesce(a.case_number, ''), m.state
		from intake.messages m left join submission.answers a on a.message_id = m.id where m.id = $1`, id).
		Scan(&a.outcome, &a.reason, &a.number, &a.state))
	return a
}

func TestApplicationBecomesACase(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf, []byte("%PDF-1.4 second page"))
	p.send(t, s)
	if n := drain(t, p.worker(scan.New(scantest.Clamd(t)))); n != 1 {
		t.Fatalf("%d messages were handled", n)
	}
	got := p.told(t, s.MessageID)
	if got.outcome != "registered" || !strings.HasPrefix(got.number, "01-") || got.state != "registered" {
		t.Fatalf("the citizen is told %+v", got)
	}
	if n := count(t, p.db.Pool, `select count(*) from cases.cases c join cases.applicants a on a.id = c.applicant_id
		where c.message_id = $1 and c.number = $2 and c.tracked and c.recipient = $3 and a.surname = 'Коваль'
		  and c.answers ->> 'purpose' = 'court' and c.receipt_number = $4`, s.MessageID, got.number, s.Recipient, s.ReceiptNumber); n != 1 {
		t.Errorf("%d such cases", n)
	}
	if n := count(t, p.db.Pool, `select count(*) from documents.files where bucket = 'quarantine' and purpose = 'received'
		and not published and object_key like 'opened/%' and notes = 'malware: none found'`); n != 2 {
		t.Errorf("%d files in the register", n)
	}
	for id, content := range s.files {
		opened, err := p.quarantine.ReadAll(t.Context(), fmt.Sprintf("opened/%s/%s", s.MessageID, id), "", 1<<20)
		if err != nil || !bytes.Equal(opened, content) {
			t.Errorf("opened attachment: %q, %v", opened, err)
		}
		if _, err := p.quarantine.Stat(t.Context(), contract.FileKey(s.MessageID, id)); !fault.Is(err, fault.NotFound) {
			t.Errorf("the sealed copy stayed: %v", err)
		}
	}
}

// TestWhatCannotBecomeACaseGoesToStaff: every reason, each with an answer that the citizen can read.
func TestWhatCannotBecomeACaseGoesToStaff(t *testing.T) {
	p, scanner := newPlace(t), scan.New(scantest.Clamd(t))
	stranger, err := seal.Generate("portal.example")
	must(t, err)
	for _, c := range []struct {
		reason string
		detail string
		send   func(t *testing.T) uuid.UUID
	}{
		{intake.ReasonNotSealed, "", p.changed(func(h *handed) { h.envelope = bytes.Repeat([]byte{9}, len(h.envelope)) })},
		{intake.ReasonUnknownKey, "", p.changed(func(h *handed) {
			h.envelope, err = stranger.Public().Seal(seal.Bound{Kind: h.kind, MessageID: h.id}, []byte("{}"))
		})},
		{intake.ReasonCannotOpen, "", p.changed(func(h *handed) { h.envelope[len(h.envelope)-1] ^= 1 })},
		{intake.ReasonCannotOpen, "", p.changed(func(h *handed) { h.kind = "appeal" })}, // the kind is bound
		{intake.ReasonUnknownKind, "appeal", func(t *testing.T) uuid.UUID {
			s := p.submission(t, pdf)
			envelope, err := ownKey().Public().Seal(seal.Bound{Kind: "appeal", MessageID: s.MessageID}, []byte("{}"))
			must(t, err)
			p.send(t, s, func(h *handed) { h.kind, h.envelope = "appeal", envelope })
			return s.MessageID
		}},
		{intake.ReasonMalformed, "consent", p.record(func(a map[string]any) { a["consent"] = false })},
		{intake.ReasonMalformed, "", p.record(func(a map[string]any) { delete(a, "applicant") })},
		{intake.ReasonMalformed, "applicant/tax_number", p.applicant("tax_number", "3184710692")},
		{intake.ReasonMalformed, "applicant/tax_number", p.applicant("tax_number", "")},
		{intake.ReasonMalformed, "applicant/email", p.applicant("email", "x\r\nBcc: a@b.ua")},
		{intake.ReasonMalformed, "hidden characters", p.applicant("surname", "Ков\u202eаль")},
		{intake.ReasonMalformed, "hidden characters", p.applicant("surname", "Ков\x00аль")},
		{intake.ReasonMalformed, "submitted_at", p.record(func(a map[string]any) { a["submitted_at"] = "2199-01-01T00:00:00Z" })},
		{intake.ReasonMalformed, "attachments/0/name", p.named("заява.hta")},
		{intake.ReasonMalformed, "attachments/0/name", p.named("рахунок.pdf.lnk")},
		{intake.ReasonMalformed, "attachments/0/name", p.named("../../../etc/cron.d/x")},
		{intake.ReasonMalformed, "attachments/0/name", p.named("паспорт.docx")},
		{intake.ReasonMalformed, "", p.named("x\r\nSet-Cookie: a.pdf")},
		{intake.ReasonMalformed, "hidden characters", p.named("договір\u202efdp.pdf")},
		{intake.ReasonMalformed, "no UTF-8", p.bytes(func(raw []byte) []byte { return bytes.Replace(raw, []byte("Олена"), []byte("Ол\xff"), 1) })},
		{intake.ReasonMalformed, "stands twice", p.bytes(func(raw []byte) []byte {
			return bytes.Replace(raw, []byte(`"media_type"`), []byte(`"Media_Type":"text/html","media_type"`), 1)
		})},
		{intake.ReasonApplicant, "applicant/kind", p.applicant("kind", "entrepreneur")},
		{intake.ReasonMismatch, "receipt_number", p.record(func(a map[string]any) { a["receipt_number"] = "R-0000-0000-0001-" })},
		{intake.ReasonMismatch, "message_id", p.record(func(a map[string]any) { a["message_id"] = uuid.NewString() })},
		{intake.ReasonMismatch, "attachments", p.changed(func(h *handed) { h.attachments = json.RawMessage("[]") })},
		{intake.ReasonForm, "", p.record(func(a map[string]any) { a["form_id"] = uuid.NewString() })},
		{intake.ReasonAnswers, "copies", p.record(func(a map[string]any) { a["answers"].(map[string]any)["copies"] = 99 })},
		{intake.ReasonAnswers, "identity_document", p.record(func(a map[string]any) { delete(a["answers"].(map[string]any), "identity_document") })},
		{intake.ReasonService, "cases.service_not_in_centre", p.record(func(a map[string]any) { a["centre_id"] = p.OtherCentre.String() })},
		{intake.ReasonService, "", p.record(func(a map[string]any) { a["centre_id"] = uuid.NewString() })},
		{intake.ReasonFileMissing, "паспорт.pdf", func(t *testing.T) uuid.UUID {
			s := p.submission(t, pdf)
			p.send(t, s)
			must(t, p.quarantine.Remove(t.Context(), contract.FileKey(s.MessageID, s.Attachments[0].ID)))
			return s.MessageID
		}},
		{intake.ReasonFileDamaged, "", func(t *testing.T) uuid.UUID {
			s := p.submission(t, pdf)
			p.send(t, s)
			_, err := p.quarantine.PutBytes(t.Context(), contract.FileKey(s.MessageID, s.Attachments[0].ID), bytes.Repeat([]byte("x"), 2000), "")
			must(t, err)
			return s.MessageID
		}},
		{intake.ReasonFileDamaged, "sha-256", p.record(func(a map[string]any) {
			a["attachments"].([]any)[0].(map[string]any)["sha256"] = strings.Repeat("00", 32)
		})},
		{intake.ReasonFileType, "application/pdf", p.attached([]byte("<html>not a PDF</html>"))},
		{intake.ReasonMalware, "EICAR", p.attached([]byte("%PDF-1.7\n" + scantest.EICAR))},
	} {
		id := c.send(t)
		must(t, err)
		if n := drain(t, p.worker(scanner)); n != 1 {
			t.Errorf("%s: handled %d times", c.reason, n)
		}
		got := p.told(t, id)
		if got.outcome != "held" || got.state != "held" || !strings.Contains(got.reason, "передано працівнику") {
			t.Errorf("%s: the citizen is told %+v", c.reason, got)
		}
		var reason, detail string
		must(t, p.db.Pool.QueryRow(t.Context(), "select reason, detail from intake.refusals where message_id = $1", id).Scan(&reason, &detail))
		if reason != c.reason || !strings.Contains(detail, c.detail) {
			t.Errorf("staff read %s (%s), expected %s (%s)", reason, detail, c.reason, c.detail)
		}
	}
	if n := count(t, p.db.Pool, "select count(*) from cases.cases"); n != 0 {
		t.Errorf("%d cases", n)
	}
}

func (p *place) changed(change func(*handed)) func(*testing.T) uuid.UUID {
	return func(t *testing.T) uuid.UUID {
		s := p.submission(t, pdf)
		p.send(t, s, change)
		return s.MessageID
	}
}

// record sends a record that the public site would not have made.
func (p *place) record(change func(map[string]any)) func(*testing.T) uuid.UUID {
	return func(t *testing.T) uuid.UUID {
		s := p.submission(t, pdf)
		raw, err := contract.Encode(&s.Application, time.Now())
		must(t, err)
		var fields map[string]any
		must(t, json.Unmarshal(raw, &fields))
		change(fields)
		if n, ok := fields["receipt_number"].(string); ok && strings.HasSuffix(n, "-") {
			other, err := contract.NewReceiptNumber(nil)
			must(t, err)
			fields["receipt_number"] = other
		}
		raw, err = json.Marshal(fields)
		must(t, err)
		p.sendRecord(t, s, raw)
		return s.MessageID
	}
}

// applicant sends a record with something else of the applicant.
func (p *place) applicant(field string, value any) func(*testing.T) uuid.UUID {
	return p.record(func(a map[string]any) { a["applicant"].(map[string]any)[field] = value })
}

// named sends a record whose attachment is called so.
func (p *place) named(name string) func(*testing.T) uuid.UUID {
	return p.record(func(a map[string]any) { a["attachments"].([]any)[0].(map[string]any)["name"] = name })
}

// bytes sends a record with other bytes.
func (p *place) bytes(change func([]byte) []byte) func(*testing.T) uuid.UUID {
	return func(t *testing.T) uuid.UUID {
		s := p.submission(t, pdf)
		raw, err := contract.Encode(&s.Application, time.Now())
		must(t, err)
		p.sendRecord(t, s, change(raw))
		return s.MessageID
	}
}

func (p *place) attached(content []byte) func(*testing.T) uuid.UUID {
	return func(t *testing.T) uuid.UUID {
		s := p.submission(t, content)
		p.send(t, s)
		return s.MessageID
	}
}

// switchable is a scanner that can be down, or worse.
type switchable struct {
	down, panics bool
}

func (s *switchable) Scan(_ context.Context, r io.Reader) (string, error) {
	switch {
	case s.panics:
		panic("scanner library has a bug")
	case s.down:
		return "", fault.New(fault.Unavailable, "intake.scanner_unavailable")
	}
	_, err := io.Copy(io.Discard, r)
	return "", err
}

func TestMessagesWaitForTheScanner(t *testing.T) {
	p, scanner := newPlace(t), &switchable{down: true}
	s := p.submission(t, pdf)
	p.send(t, s)
	w := p.worker(scanner)
	for range 20 {
		drain(t, w)
		p.db.Exec("update intake.messages set next_attempt_at = now()")
	}
	if got := p.told(t, s.MessageID); got.state != "waiting" || got.outcome != "" {
		t.Fatalf("with the scanner down: %+v", got)
	}
	if n := count(t, p.db.Pool, "select failures from intake.messages"); n != 0 {
		t.Errorf("waiting for a neighbour counted as %d failures", n)
	}
	scanner.down = false
	drain(t, w)
	if got := p.told(t, s.MessageID); got.outcome != "registered" {
		t.Fatalf("with the scanner back: %+v", got)
	}
}

// choking is a scanner that is well but for one file.
type choking struct{ on []byte }

func (c choking) Scan(_ context.Context, r io.Reader) (string, error) {
	content, err := io.ReadAll(r)
	if bytes.Equal(content, c.on) {
		return "", fault.New(fault.Unavailable, "intake.scanner_unavailable")
	}
	return "", err
}

// A file that the scanner cannot finish would wait for ever, and take a worker's time again and again.
func TestFileThatTheScannerFailsOnEndsWithStaff(t *testing.T) {
	p := newPlace(t)
	s := p.submission(t, pdf)
	p.send(t, s)
	w := p.worker(choking{pdf})
	for range 4 {
		drain(t, w)
		p.db.Exec("update intake.messages set next_attempt_at = now() where state = 'waiting'")
	}
	var reason, detail string
	if got := p.told(t, s.MessageID); got.outcome != "held" || !strings.Contains(got.reason, "не вдалося перевірити") {
		t.Fatalf("the citizen is told %+v", got)
	}
	must(t, p.db.Pool.QueryRow(t.Context(), "select reason, detail from intake.refusals where message_id = $1", s.MessageID).Scan(&reason, &detail))
	if reason != intake.ReasonNotScanned || !strings.Contains(detail, "identity_document") {
		t.Errorf("staff read %s (%s)", reason, detail)
	}
	if _, err := p.quarantine.Stat(t.Context(), "opened/"+s.MessageID.String()+"/"+s.Attachments[0].ID.String()); !fault.Is(err, fault.NotFound) {
		t.Errorf("the file lies open: %v", err)
	}
}

func TestPoisonDoesNotBlockOthersAndEndsWithStaff(t *testing.T) {
	p, scanner := newPlace(t), &switchable{panics: true}
	poison, good := p.submission(t, pdf), p.submission(t)
	good.answer(t, map[string]any{"purpose": "court", "persons": "me", "copies": 1, "identity_document": []string{good.attach(pdf).String()}})
	p.send(t, poison)
	w := p.worker(scanner)
	for range 9 {
		drain(t, w)
		p.db.Exec("update intake.messages set next_attempt_at = now() where state = 'waiting'")
	}
	if got := p.told(t, poison.MessageID); got.outcome != "held" {
		t.Fatalf("poison: %+v", got)
	}
	scanner.panics = false
	p.send(t, good)
	drain(t, w)
	if got := p.told(t, good.MessageID); got.outcome != "registered" {
		t.Fatalf("a good message after it: %+v", got)
	}
}

// Nobody looks for messages for an hour (Poll), so what is answered was told of.
func TestAnswerComesAtOnce(t *testing.T) {
	p := newPlace(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.worker(nil).Run(ctx) }()
	listening(t, p)
	s := p.submission(t, pdf)
	p.send(t, s)
	awaittest.Until(t, "the message is answered", func() bool { return p.told(t, s.MessageID).outcome != "" })
	stop()
	must(t, <-done)
}

// listening returns when the worker listens.
func listening(t *testing.T, p *place) {
	t.Helper()
	admin, err := pgxpool.New(t.Context(), p.db.AdminDSN()) // another role's queries are shown to the superuser only
	must(t, err)
	defer admin.Close()
	awaittest.Until(t, "the worker listens", func() bool {
		return count(t, admin, `select count(*) from pg_stat_activity
			where datname = '`+p.db.Name+`' and query = 'listen intake_message' and state = 'idle'`) > 0
	})
}
