package contract_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
)

// What encoding/json reads otherwise than the schema does would pass by every rule of the schema.
func TestRecordsHaveOneReading(t *testing.T) {
	a := application(t)
	good, err := contract.Encode(&a, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(string) string{
		"another case": func(s string) string {
			return strings.Replace(s, `"media_type"`, `"MEDIA_TYPE":"text/html","media_type"`, 1)
		},
		"another letter":   func(s string) string { return strings.Replace(s, `"consent"`, `"con\u017fent":false,"consent"`, 1) },
		"twice":            func(s string) string { return strings.Replace(s, `"address"`, `"address":"x","address"`, 1) },
		"an object twice":  func(s string) string { return strings.Replace(s, `"consent"`, `"applicant":{},"consent"`, 1) },
		"invalid UTF-8":    func(s string) string { return strings.Replace(s, "Олена", "Ол\xff", 1) },
		"something behind": func(s string) string { return s + `{}` },
		"cut off":          func(s string) string { return s[:len(s)-1] },
		"a hidden key":     func(s string) string { return strings.Replace(s, `"copies"`, `"cop\u200bies"`, 1) },
		"nothing":          func(string) string { return "" },
	} {
		if _, err := contract.Decode(contract.KindApplication, []byte(change(string(good))), time.Now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestServiceTakesItsKindsOfApplicants(t *testing.T) {
	p := contract.Applicant{Kind: contract.ApplicantEntity}
	if err := p.CheckKind([]string{contract.ApplicantPerson, contract.ApplicantEntrepreneur}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an entity: %v", err)
	}
	if err := p.CheckKind([]string{contract.ApplicantPerson, contract.ApplicantEntity}); err != nil {
		t.Error(err)
	}
}

func question(t *testing.T) contract.Question {
	a := application(t)
	centre := uuid.New()
	return contract.Question{
		Version: 1, MessageID: a.MessageID, ReceiptNumber: a.ReceiptNumber, CentreID: &centre, Topic: "Довідка про склад сім’ї",
		Text: "Доброго дня!\n\nЧи можна подати заяву за батька?", Name: "Олена", Email: "olena@example.com", Consent: true,
		Language: a.Language, CodeHash: a.CodeHash, Recipient: a.Recipient, SubmittedAt: a.SubmittedAt,
	}
}

func TestQuestionSurvivesTheJourney(t *testing.T) {
	sent := question(t)
	raw, err := contract.Encode(&sent, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.Decode(contract.KindQuestion, raw, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	back, err := json.Marshal(got)
	if err != nil || string(back) != string(raw) {
		t.Errorf("received %s, %v", back, err)
	}
	if !slices.Contains(contract.Kinds(), contract.KindQuestion) {
		t.Errorf("kinds %v", contract.Kinds())
	}
}

func TestMalformedQuestions(t *testing.T) {
	file := application(t).Attachments[0]
	for name, change := range map[string]func(*contract.Question){
		"two addressees":  func(q *contract.Question) { q.AuthorityID = q.CentreID },
		"no addressee":    func(q *contract.Question) { q.CentreID = nil },
		"blank topic":     func(q *contract.Question) { q.Topic = " " },
		"two officials":   func(q *contract.Question) { q.Official = "a\nb" },
		"long official":   func(q *contract.Question) { q.Official = strings.Repeat("я", 201) },
		"two topics":      func(q *contract.Question) { q.Topic = "a\nb" },
		"blank":           func(q *contract.Question) { q.Text = "\n" },
		"endless":         func(q *contract.Question) { q.Text = strings.Repeat("я", contract.MaxQuestionText+1) },
		"direction":       func(q *contract.Question) { q.Text = "\u202eя" },
		"no name":         func(q *contract.Question) { q.Name = "" },
		"no contact":      func(q *contract.Question) { q.Email = "" },
		"e-mail":          func(q *contract.Question) { q.Email = "a@b.ua\nBcc: c@d.ua" },
		"no consent":      func(q *contract.Question) { q.Consent = false },
		"field of a file": func(q *contract.Question) { q.Attachments = contract.Attachments{file} },
		"many files": func(q *contract.Question) {
			for range contract.MaxQuestionFiles + 1 {
				one := file
				one.ID, one.Field = uuid.New(), contract.QuestionFiles
				q.Attachments = append(q.Attachments, one)
			}
		},
	} {
		q := question(t)
		change(&q)
		if _, err := contract.Encode(&q, time.Now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	q := question(t)
	q.Official = "Коваль Олена Іванівна"
	file.Field, file.Name = contract.QuestionFiles, contract.FileName("C:\\довідка", file.MediaType)
	q.Attachments = contract.Attachments{file}
	if _, err := contract.Encode(&q, time.Now()); err != nil {
		t.Errorf("with a file: %v", err)
	}
}

func documentCheck(t *testing.T) contract.DocumentCheck {
	a := application(t)
	file := a.Attachments[0]
	file.Field, file.Document, file.Name = contract.CheckDocument, "passport", contract.FileName("паспорт", file.MediaType)
	return contract.DocumentCheck{
		Version: 1, MessageID: a.MessageID, ReceiptNumber: a.ReceiptNumber, ServiceID: uuid.New(), CentreID: uuid.New(), Note: "Чи досить копії?\nДякую.",
		Name: "Олена", Phone: "+380671234567", Attachments: contract.Attachments{file}, Consent: true,
		Language: a.Language, CodeHash: a.CodeHash, Recipient: a.Recipient, SubmittedAt: a.SubmittedAt,
	}
}

func TestDocumentCheckSurvivesTheJourney(t *testing.T) {
	sent := documentCheck(t)
	raw, err := contract.Encode(&sent, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.Decode(contract.KindCheck, raw, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if back, err := json.Marshal(got); err != nil || string(back) != string(raw) {
		t.Errorf("received %s, %v", back, err)
	}
}

func TestMalformedDocumentChecks(t *testing.T) {
	for name, change := range map[string]func(*contract.DocumentCheck){
		"no file":         func(d *contract.DocumentCheck) { d.Attachments = nil },
		"no document":     func(d *contract.DocumentCheck) { d.Attachments[0].Document = "" },
		"other field":     func(d *contract.DocumentCheck) { d.Attachments[0].Field = "passport" },
		"a document else": func(d *contract.DocumentCheck) { d.Attachments[0].Field = contract.CheckFiles },
		"endless":         func(d *contract.DocumentCheck) { d.Note = strings.Repeat("я", contract.MaxCheckNote+1) },
		"direction":       func(d *contract.DocumentCheck) { d.Note = "\u202eя" },
		"no name":         func(d *contract.DocumentCheck) { d.Name = " " },
		"no contact":      func(d *contract.DocumentCheck) { d.Phone = "" },
		"no consent":      func(d *contract.DocumentCheck) { d.Consent = false },
		"many files": func(d *contract.DocumentCheck) {
			for range contract.MaxFiles {
				one := d.Attachments[0]
				one.ID = uuid.New()
				d.Attachments = append(d.Attachments, one)
			}
		},
	} {
		d := documentCheck(t)
		change(&d)
		if _, err := contract.Encode(&d, time.Now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEverythingFits(t *testing.T) {
	fit, mend := contract.CheckedPaper{Fit: true}, contract.CheckedPaper{Remark: "підпишіть"}
	for _, c := range []struct {
		papers []contract.CheckedPaper
		want   bool
	}{{nil, false}, {[]contract.CheckedPaper{fit, fit}, true}, {[]contract.CheckedPaper{fit, mend}, false}} {
		if got := (contract.CheckAnswer{Papers: c.papers}).AllFit(); got != c.want {
			t.Errorf("%+v: %t", c.papers, got)
		}
	}
}
