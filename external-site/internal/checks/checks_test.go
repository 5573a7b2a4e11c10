package checks

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/submission/submissiontest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newCode(t *testing.T) seal.Code {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	return code
}

// offered is a service with two documents and as many centres.
func offered(centres int) Offer {
	o := Offer{ID: uuid.Must(uuid.NewV7()), Code: "01-07", Documents: submissiontest.Card().Documents}
	for range centres {
		c := org.Centre{}
		c.ID, c.Name = uuid.Must(uuid.NewV7()), locale.Text{UK: "ЦНАП", EN: "Centre"}
		o.Centres = append(o.Centres, c)
	}
	return o
}

func attached(d *Draft, field, document string) {
	d.Files = append(d.Files, submission.File{Attachment: contract.Attachment{
		ID: uuid.Must(uuid.NewV7()), Field: field, Document: document, Name: "скан.pdf", MediaType: "application/pdf", Size: 8, SHA256: strings.Repeat("a", 64),
	}})
}

// ready is a package that can be sent.
func ready(t *testing.T, o Offer) *Draft {
	t.Helper()
	d := NewDraft(o)
	d.Answers = forms.Answers{"name": "Олена", "phone": "+380671234567", "note": "Канарейка"}
	if len(o.Centres) > 1 {
		d.Answers["centre"] = o.Centres[1].ID.String()
	}
	attached(d, "document_2", "proof")
	attached(d, "other", "")
	must(t, d.Adopt())
	return d
}

func sending(code seal.Code) submission.Sending {
	hash := code.Hash()
	return submission.Sending{
		MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: "R-0000-0000-0195", CodeHash: hex.EncodeToString(hash[:]),
		Recipient: code.Recipient(), Language: locale.UK, At: time.Now(),
	}
}

// What the form lets through passes the check that the inside makes.
func TestTheInsideTakesWhatIsSent(t *testing.T) {
	for centres := 1; centres <= 12; centres += 11 {
		o := offered(centres)
		d := ready(t, o)
		must(t, d.Ready(time.Now()))
		r, err := d.Record(sending(newCode(t)))
		must(t, err)
		if _, err := contract.Encode(r, time.Now()); err != nil {
			t.Errorf("of %d centres: %v", centres, err)
		}
		c := r.(*contract.DocumentCheck)
		if want := o.Centres[min(1, centres-1)].ID; c.CentreID != want || d.Place() != want {
			t.Errorf("of %d centres it goes to %s", centres, c.CentreID)
		}
		if c.Attachments[0].Field != contract.CheckDocument || c.Attachments[0].Document != "proof" || c.Attachments[1].Field != contract.CheckFiles {
			t.Errorf("attachments %+v", c.Attachments)
		}
	}
}

func TestNotReady(t *testing.T) {
	for name, spoil := range map[string]func(*Draft){
		"without a contact": func(d *Draft) { delete(d.Answers, "phone") },
		"without a centre":  func(d *Draft) { delete(d.Answers, "centre") },
		"without a name":    func(d *Draft) { delete(d.Answers, "name") },
		"without a file":    func(d *Draft) { d.Files = nil },
		"too long":          func(d *Draft) { d.Answers["note"] = strings.Repeat("я", contract.MaxCheckNote+1) },
	} {
		d := ready(t, offered(2))
		spoil(d)
		if err := d.Ready(time.Now()); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A draft is kept and read again, goes to no other service, and follows its documents when the list changes.
func TestADraftFollowsTheListOfDocuments(t *testing.T) {
	o := offered(2)
	raw, err := json.Marshal(ready(t, o))
	must(t, err)
	other := NewDraft(offered(2))
	must(t, json.Unmarshal(raw, other))
	if err := other.Adopt(); !fault.Is(err, fault.NotFound) {
		t.Errorf("another service: %v", err)
	}
	same := NewDraft(o)
	must(t, json.Unmarshal(raw, same))
	must(t, same.Adopt())
	if same.Answers["note"] != "Канарейка" || same.Files[0].Field != "document_2" || same.Ready(time.Now()) != nil {
		t.Errorf("the same service: %+v", same.Answers)
	}
	o.Documents = slices.Clone(o.Documents)
	slices.Reverse(o.Documents)
	moved := NewDraft(o)
	must(t, json.Unmarshal(raw, moved))
	must(t, moved.Adopt())
	if moved.Files[0].Field != "document_1" {
		t.Errorf("the file stands in %s", moved.Files[0].Field)
	}
	o.Documents = o.Documents[1:]
	gone := NewDraft(o)
	must(t, json.Unmarshal(raw, gone))
	must(t, gone.Adopt())
	if gone.Files[0].Field != "other" || gone.Files[0].Document != "" {
		t.Errorf("the file of a document that is listed no more: %+v", gone.Files[0].Attachment)
	}
	if r, err := gone.Record(sending(newCode(t))); err != nil || r.Files()[0].Field != contract.CheckFiles {
		t.Errorf("its record: %v", err)
	}
}

func TestAnswerOpensWithItsCodeOnly(t *testing.T) {
	code := newCode(t)
	raw, err := json.Marshal(contract.CheckAnswer{Papers: []contract.CheckedPaper{{File: "скан.pdf", Remark: "підпишіть"}}, Text: "Візьміть\nпаспорт"})
	must(t, err)
	whole, err := seal.ForCode(code.Recipient(), raw)
	must(t, err)
	p := &Package{Answer: &Answer{sealed: whole}}
	must(t, p.Open(code))
	if p.Answer.Unreadable || len(p.Answer.Lines()) != 2 || p.Answer.Papers[0].Remark != "підпишіть" {
		t.Errorf("the answer: %+v", p.Answer)
	}
	for name, one := range map[string]struct {
		sealed []byte
		code   seal.Code
	}{"another code": {whole, newCode(t)}, "damaged": {whole[:len(whole)-3], code}, "nothing": {nil, code}} {
		p := &Package{Answer: &Answer{sealed: one.sealed}}
		must(t, p.Open(one.code))
		if !p.Answer.Unreadable || p.Answer.Text != "" {
			t.Errorf("%s: %+v", name, p.Answer)
		}
	}
}

// Papers are checked for services that are there, by their centres that do it.
func TestOffers(t *testing.T) {
	region := submissiontest.New(t)
	store := NewStore(region.DB.PoolAs("external_site"), time.Now)
	o, err := store.Offer(t.Context(), submissiontest.Code)
	must(t, err)
	if o.ID != region.Service || len(o.Centres) != 2 || len(o.Documents) != 2 || o.Documents[0].ID != "passport" {
		t.Errorf("%+v", o)
	}
	if _, err := store.Offer(t.Context(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an unknown service: %v", err)
	}
	off := `insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'checks', $1, false)`
	region.DB.Exec(off, region.Centre)
	if o, err := store.Offer(t.Context(), submissiontest.Code); err != nil || len(o.Centres) != 1 || o.Centres[0].ID != region.OtherCentre {
		t.Errorf("one centre does not: %+v, %v", o.Centres, err)
	}
	region.DB.Exec(off, region.OtherCentre)
	if _, err := store.Offer(t.Context(), submissiontest.Code); !fault.Is(err, fault.Conflict) {
		t.Errorf("none does: %v", err)
	}
	region.DB.Exec(off, nil)
	if _, err := store.Offer(t.Context(), submissiontest.Code); !fault.Is(err, fault.NotFound) {
		t.Errorf("nowhere: %v", err)
	}
}
