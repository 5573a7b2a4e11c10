package replies

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

const copies = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false, "required": ["copies"],
  "properties": {"copies": {"type": "integer", "minimum": 1, "maximum": 9, "x-title": {"uk": "Примірників", "en": "Copies"}, "x-widget": "number"}},
  "x-steps": [{"id": "fields", "title": {"uk": "Виправте", "en": "Correct"}, "fields": ["copies"]}]
}`

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// about is a case whose applicant is asked for a paper without an English name and another number of copies.
func about(t *testing.T, purpose string) About {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	must(t, err)
	return About{
		Case: uuid.New(), Centre: uuid.New(), Purpose: purpose, Code: code,
		Asked: &contract.Asked{
			ID: uuid.New(), Documents: []contract.AskedDocument{{ID: "bank-note", Name: locale.Text{UK: "Довідка банку"}}},
			Fields: []contract.AskedField{{Name: "copies"}}, Form: json.RawMessage(copies),
		},
	}
}

func attach(d *Draft, field string) {
	d.Files = append(d.Files, submission.File{Attachment: contract.Attachment{
		ID: uuid.New(), Field: field, Name: "a.pdf", MediaType: "application/pdf", Size: 9, SHA256: hex.EncodeToString(make([]byte, 32)),
	}})
}

// What the page lets through passes the check that the inside makes, bound to the case by its own code.
func TestTheInsideTakesWhatIsReplied(t *testing.T) {
	a := about(t, contract.ReplyAnswers)
	d := NewDraft(a)
	d.Answers = forms.Answers{"copies": json.Number("2"), textField: "Ось вона."}
	attach(d, documentField+"1")
	attach(d, filesField)
	raw, err := json.Marshal(d)
	must(t, err)
	kept := NewDraft(a)
	must(t, json.Unmarshal(raw, kept))
	must(t, kept.Adopt())
	must(t, kept.Ready(time.Now()))
	hash := kept.Code().Hash()
	number, err := contract.NewReceiptNumber(nil)
	must(t, err)
	record, err := kept.Record(submission.Sending{
		MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: number, CodeHash: hex.EncodeToString(hash[:]), Recipient: kept.Code().Recipient(),
		Language: locale.UK, At: time.Now(),
	})
	must(t, err)
	if _, err := contract.Encode(record, time.Now()); err != nil {
		t.Fatal(err)
	}
	r := record.(*contract.Reply)
	if r.CaseID != a.Case || *r.AskedID != a.Asked.ID || string(r.Answers) != `{"copies":2}` || r.Attachments[0].Document != "bank-note" || r.Attachments[1].Document != "" {
		t.Errorf("%+v", r)
	}
}

func TestRepliesThatAreNotReady(t *testing.T) {
	for name, spoil := range map[string]func(*Draft){
		"nothing":       func(d *Draft) { d.Answers = forms.Answers{} },
		"not corrected": func(d *Draft) { delete(d.Answers, "copies") },
		"too many":      func(d *Draft) { d.Answers["copies"] = json.Number("99") },
		"half typed":    func(d *Draft) { d.Typed = &submission.Typed{} },
	} {
		d := NewDraft(about(t, contract.ReplyAnswers))
		d.Answers = forms.Answers{"copies": json.Number("2")}
		spoil(d)
		if err := d.Ready(time.Now()); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := NewDraft(about(t, contract.ReplyWithdraws)).Ready(time.Now()); err != nil {
		t.Errorf("withdrawn without a word: %v", err)
	}
}

// Whoever has not found everything yet sends what there is.
func TestAPartOfWhatIsAskedIsAReply(t *testing.T) {
	d := NewDraft(about(t, contract.ReplyAnswers))
	must(t, d.Take(web.NewForm(url.Values{"copies": {""}, textField: {"Решту надішлю завтра."}}), time.Now()))
	must(t, d.Ready(time.Now()))
	if corrected, err := d.corrected(); err != nil || string(corrected) != "{}" {
		t.Errorf("%s, %v", corrected, err)
	}
}

// A draft belongs to one case and one purpose; when something else is asked meanwhile, what has a place stays.
func TestADraftBelongsToOneCase(t *testing.T) {
	a := about(t, contract.ReplyAnswers)
	d := NewDraft(a)
	d.Answers = forms.Answers{"copies": json.Number("2"), textField: "так"}
	raw, err := json.Marshal(d)
	must(t, err)
	for name, change := range map[string]func(*About){
		"another case":    func(a *About) { a.Case = uuid.New() },
		"another purpose": func(a *About) { a.Purpose = contract.ReplyWithdraws },
	} {
		other := a
		change(&other)
		d := NewDraft(other)
		must(t, json.Unmarshal(raw, d))
		if err := d.Adopt(); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a.Asked = nil
	d = NewDraft(a)
	must(t, json.Unmarshal(raw, d))
	must(t, d.Adopt())
	if d.Answers["copies"] != nil || d.Answers[textField] != "так" {
		t.Errorf("%v", d.Answers)
	}
}
