package intake_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/scan"
	"portal.example/shared/blob"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

var ownKey = sync.OnceValue(func() seal.PrivateKey {
	k, err := seal.Generate("portal.example")
	if err != nil {
		panic(err)
	}
	return k
})

// place is a node with an intake: database, quarantine, a quick service with a form.
type place struct {
	*fixture.Region
	db         *pgtest.Database
	store      blob.Config
	quarantine *blob.Bucket
	form       uuid.UUID
}

func newPlace(t *testing.T) *place {
	t.Helper()
	region := fixture.New(t)
	db := region.DB
	store := blobtest.Config(t, "quarantine")
	bucket, err := blob.Open(store)
	must(t, err)
	must(t, bucket.Ensure(t.Context()))
	p := &place{Region: region, db: db, store: store, quarantine: bucket, form: uuid.Must(uuid.NewV7())}
	schema, err := os.ReadFile("../../../shared/forms/testdata/extract.json")
	must(t, err)
	db.Exec(`insert into catalogue.forms (id, service_id, number, effective_from, schema, state, published) values ($1, $2, 1, '2026-01-01', $3, 'published', true)`,
		p.form, p.Service, schema)
	return p
}

func (p *place) worker(scanner scan.Scanner) *intake.Worker {
	return intake.New(intake.Options{
		Store: intake.NewStore(p.db.PoolAs("intake")), Quarantine: p.quarantine, Keys: seal.NewKeyring(ownKey()),
		Handlers: []intake.Handler{cases.NewIntake()},
		Scanner:  scanner, Lease: 100 * time.Millisecond, Poll: time.Hour, Log: slog.New(slog.DiscardHandler),
	})
}

// submission is what a citizen sends; tests change it before it is sealed.
type submission struct {
	contract.Application
	code  seal.Code
	files map[uuid.UUID][]byte
}

func (p *place) submission(t *testing.T, contents ...[]byte) *submission {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	number, err := contract.NewReceiptNumber(nil)
	must(t, err)
	hash := code.Hash()
	s := &submission{code: code, files: map[uuid.UUID][]byte{}, Application: contract.Application{
		Version: 1, MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: number, ServiceID: p.Service, CentreID: p.Centre, FormID: p.form,
		Applicant: contract.Applicant{
			Kind: contract.ApplicantPerson, Surname: "Коваль", GivenName: "Олена", TaxNumber: "3184710691", Phone: "+380671234567", Address: "с. Лугове, вул. Нова, 5",
		},
		Consent: true, Language: locale.UK, CodeHash: hex.EncodeToString(hash[:]), Recipient: code.Recipient(),
		SubmittedAt: time.Now().UTC(),
	}}
	ids := []string{}
	for _, content := range contents {
		ids = append(ids, s.attach(content).String())
	}
	s.answer(t, map[string]any{"purpose": "court", "persons": "me", "copies": 2, "identity_document": ids})
	return s
}

func (s *submission) answer(t *testing.T, answers map[string]any) {
	t.Helper()
	raw, err := json.Marshal(answers)
	must(t, err)
	s.Answers = raw
}

func (s *submission) attach(content []byte) uuid.UUID {
	id, sum := uuid.Must(uuid.NewV7()), sha256.Sum256(content)
	s.files[id] = content
	s.Attachments = append(s.Attachments, contract.Attachment{
		ID: id, Field: "identity_document", Document: "passport", Name: "паспорт.pdf", MediaType: "application/pdf",
		Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]),
	})
	return id
}

// send seals the submission as the public site does and brings it in as the fetcher does.
func (p *place) send(t *testing.T, s *submission, changes ...func(*handed)) handed {
	t.Helper()
	record, err := contract.Encode(&s.Application, time.Now())
	must(t, err)
	return p.sendRecord(t, s, record, changes...)
}

func (p *place) sendRecord(t *testing.T, s *submission, record []byte, changes ...func(*handed)) handed {
	t.Helper()
	envelope, err := ownKey().Public().Seal(seal.Bound{Kind: contract.KindApplication, MessageID: s.MessageID}, record)
	must(t, err)
	h := handed{
		id: s.MessageID, kind: contract.KindApplication, receipt: s.ReceiptNumber, keyID: ownKey().KeyID(),
		envelope: envelope, attachments: p.sealFiles(t, s), at: s.SubmittedAt,
	}
	for _, change := range changes {
		change(&h)
	}
	sum := sha256.Sum256(h.envelope)
	h.sha256 = sum[:]
	said, err := receive(t.Context(), p.db.PoolAs("fetcher"), h)
	if err != nil || said != "new" {
		t.Fatalf("receive: %q, %v", said, err)
	}
	return h
}

// offer brings in a submission whose number or id may be taken, and returns what the inside says.
func (p *place) offer(t *testing.T, s *submission) string {
	t.Helper()
	record, err := contract.Encode(&s.Application, time.Now())
	must(t, err)
	envelope, err := ownKey().Public().Seal(seal.Bound{Kind: contract.KindApplication, MessageID: s.MessageID}, record)
	must(t, err)
	sum := sha256.Sum256(envelope)
	said, err := receive(t.Context(), p.db.PoolAs("fetcher"), handed{
		id: s.MessageID, kind: contract.KindApplication, receipt: s.ReceiptNumber, keyID: ownKey().KeyID(),
		envelope: envelope, sha256: sum[:], attachments: p.sealFiles(t, s), at: s.SubmittedAt,
	})
	must(t, err)
	return said
}

func (p *place) sealFiles(t *testing.T, s *submission) json.RawMessage {
	t.Helper()
	list := []contract.SealedFile{}
	for id, content := range s.files {
		var sealed bytes.Buffer
		w, err := seal.FileWriter(&sealed, ownKey().Public().Files())
		must(t, err)
		_, err = w.Write(content)
		must(t, err)
		must(t, w.Close())
		key := contract.FileKey(s.MessageID, id)
		sum, err := p.quarantine.PutBytes(t.Context(), key, sealed.Bytes(), "application/octet-stream")
		must(t, err)
		list = append(list, contract.SealedFile{Key: key, Size: int64(sealed.Len()), SHA256: sum})
	}
	raw, err := json.Marshal(list)
	must(t, err)
	return raw
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
