package contract_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

func application(t *testing.T) contract.Application {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	number, err := contract.NewReceiptNumber(nil)
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	return contract.Application{
		Version: 1, MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: number, ServiceID: uuid.New(), CentreID: uuid.New(),
		FormID:    uuid.New(),
		Applicant: contract.Applicant{Kind: contract.ApplicantPerson, Surname: "Коваль", GivenName: "Олена", TaxNumber: "3184710691", Phone: "+380671234567", Address: "м. Рівне"},
		Answers:   json.RawMessage(`{"copies":1}`),
		Attachments: []contract.Attachment{{
			ID: uuid.New(), Field: "papers", Document: "passport", Name: "паспорт.pdf", MediaType: "application/pdf",
			Size: 1200, SHA256: strings.Repeat("0a", 32),
		}},
		Consent: true, Language: locale.UK, CodeHash: hex.EncodeToString(hash[:]), Recipient: code.Recipient(),
		SubmittedAt: time.Now().UTC().Truncate(time.Second),
	}
}

// represented changes an application of somebody for whom another acts.
func represented(change func(*contract.Representative)) func(*contract.Application) {
	return func(a *contract.Application) {
		a.Applicant.Representative = &contract.Representative{
			Surname: "Ткач", GivenName: "Ігор", Basis: contract.BasisAttorney, Document: "Довіреність № 12 від 03.02.2026",
		}
		change(a.Applicant.Representative)
	}
}

func TestApplicationSurvivesTheJourney(t *testing.T) {
	sent := application(t)
	represented(func(*contract.Representative) {})(&sent)
	record, err := contract.Encode(&sent, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.Decode(contract.KindApplication, record, time.Now())
	if err != nil || !reflect.DeepEqual(got, &sent) {
		t.Fatalf("received %+v, %v", got, err)
	}
	newer := strings.Replace(string(record), `"version"`, `"of_a_later_release":{"x":1},"version"`, 1)
	if _, err := contract.Decode(contract.KindApplication, []byte(newer), time.Now()); err != nil {
		t.Fatalf("a field of a later release: %v", err)
	}
}

func TestMalformedApplicationsAreRefusedWithoutQuotingThem(t *testing.T) {
	for name, change := range map[string]func(*contract.Application){
		"version":         func(a *contract.Application) { a.Version = 2 },
		"no consent":      func(a *contract.Application) { a.Consent = false },
		"kind":            func(a *contract.Application) { a.Applicant.Kind = "robot" },
		"no name":         func(a *contract.Application) { a.Applicant.Surname = "" },
		"kind, number":    func(a *contract.Application) { a.Applicant.EDRPOU = "14360570" },
		"check digit":     func(a *contract.Application) { a.Applicant.TaxNumber = "3184710692" },
		"nobody":          func(a *contract.Application) { a.Applicant.TaxNumber = "" },
		"passport only":   func(a *contract.Application) { a.Applicant.TaxNumber, a.Applicant.Passport = "", "КС 123456" },
		"no passport":     func(a *contract.Application) { a.Applicant.TaxNumber, a.Applicant.NoTaxNumber = "", true },
		"passport":        func(a *contract.Application) { a.Applicant.Passport = "DROP TABLE" },
		"phone":           func(a *contract.Application) { a.Applicant.Phone = "+380<b>" },
		"short phone":     func(a *contract.Application) { a.Applicant.Phone = "+38050123456" },
		"long phone":      func(a *contract.Application) { a.Applicant.Phone = "+38050123456712" },
		"other spelling":  func(a *contract.Application) { a.Applicant.TaxNumber = "3184 710 691" },
		"two alphabets":   func(a *contract.Application) { a.Applicant.Email = "user@gmail.соm" },
		"document":        func(a *contract.Application) { a.Applicant.Document = "licence" },
		"no number":       func(a *contract.Application) { a.Applicant.Document = contract.DocumentForeign },
		"nobody acts":     represented(func(r *contract.Representative) { r.Surname = "" }),
		"acts by nothing": represented(func(r *contract.Representative) { r.Basis = "" }),
		"acts by will":    represented(func(r *contract.Representative) { r.Basis = "friendship" }),
		"no proof":        represented(func(r *contract.Representative) { r.Document = "" }),
		"hidden proof":    represented(func(r *contract.Representative) { r.Document = "довіреність\u202e" }),
		"e-mail":          func(a *contract.Application) { a.Applicant.Email = "x\r\nBcc: a@b.ua" },
		"direction":       func(a *contract.Application) { a.Applicant.Surname = "Ков\u202eаль" },
		"two lines":       func(a *contract.Application) { a.Applicant.GivenName = "Олена\nГоловний лікар" },
		"NUL":             func(a *contract.Application) { a.Applicant.Address = "м. \x00" },
		"hidden answer":   func(a *contract.Application) { a.Answers = json.RawMessage(`{"a":["x\u2066"]}`) },
		"lone surrogate":  func(a *contract.Application) { a.Answers = json.RawMessage(`{"a":"\ud800"}`) },
		"deep answer": func(a *contract.Application) {
			a.Answers = json.RawMessage(`{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`)
		},
		"year 2199":      func(a *contract.Application) { a.SubmittedAt = time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC) },
		"program":        func(a *contract.Application) { a.Attachments[0].Name = "заява.hta" },
		"link":           func(a *contract.Application) { a.Attachments[0].Name = "рахунок.pdf.lnk" },
		"path":           func(a *contract.Application) { a.Attachments[0].Name = "../../../etc/cron.d/x.pdf" },
		"other ending":   func(a *contract.Application) { a.Attachments[0].Name = "паспорт.png" },
		"mirrored name":  func(a *contract.Application) { a.Attachments[0].Name = "паспорт\u202ecod.pdf" },
		"header in name": func(a *contract.Application) { a.Attachments[0].Name = "x\r\nContent-Type: a.pdf" },
		"no contact":     func(a *contract.Application) { a.Applicant.Phone = "" },
		"entity":         func(a *contract.Application) { a.Applicant.Kind = contract.ApplicantEntity },
		"receipt":        func(a *contract.Application) { a.ReceiptNumber = "R-0000-0000-0000" },
		"code hash":      func(a *contract.Application) { a.CodeHash = "00" },
		"recipient":      func(a *contract.Application) { a.Recipient = "age1" + strings.Repeat("q", 58) },
		"answers":        func(a *contract.Application) { a.Answers = json.RawMessage(`[]`) },
		"media type":     func(a *contract.Application) { a.Attachments[0].MediaType = "text/html" },
		"file twice":     func(a *contract.Application) { a.Attachments = append(a.Attachments, a.Attachments[0]) },
		"file too large": func(a *contract.Application) { a.Attachments[0].Size = contract.MaxFileSize + 1 },
		"files too large": func(a *contract.Application) {
			for range 3 {
				f := a.Attachments[0]
				f.ID, f.Size = uuid.New(), contract.MaxFileSize
				a.Attachments = append(a.Attachments, f)
			}
		},
	} {
		a := application(t)
		change(&a)
		_, errOut := contract.Encode(&a, time.Now())
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		_, errIn := contract.Decode(contract.KindApplication, raw, time.Now())
		for side, err := range map[string]error{"outside": errOut, "inside": errIn} {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("%s, %s: %v", name, side, err)
			} else if strings.Contains(err.Error(), "Олена") || strings.Contains(err.Error(), "380671234567") {
				t.Errorf("%s, %s: the error quotes the applicant: %v", name, side, err)
			}
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if _, err := contract.Decode("complaint", []byte(`{}`), time.Now()); !errors.Is(err, contract.ErrUnknownKind) {
		t.Fatal(err)
	}
}

func TestReceiptNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number, err := contract.NewReceiptNumber(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		for _, typed := range []string{number, strings.ToLower(number), strings.ReplaceAll(number[2:], "-", " "), strings.ReplaceAll(number, "-", ""), strings.ReplaceAll(number, "-", "—"), "№ " + strings.ReplaceAll(number, "R", "Р"), strings.ReplaceAll(number, "-", "\u00a0")} {
			if got, ok := contract.ParseReceiptNumber(typed); !ok || got != number {
				t.Fatalf("%q read as %q, %v", typed, got, ok)
			}
		}
		wrong := []byte(number)
		i := rapid.SampledFrom([]int{2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15}).Draw(t, "digit")
		wrong[i] = '0' + (wrong[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "off")))%10
		if _, ok := contract.ParseReceiptNumber(string(wrong)); ok {
			t.Fatalf("%s was taken for a receipt number like %s", wrong, number)
		}
	})
}

func TestSealedFilesBelongToTheirMessage(t *testing.T) {
	message, file := uuid.New(), uuid.New()
	good := contract.SealedFile{Key: contract.FileKey(message, file), Size: 10, SHA256: strings.Repeat("0a", 32)}
	list := func(f contract.SealedFile) []byte {
		raw, err := json.Marshal([]contract.SealedFile{f})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	files, err := contract.ParseSealedFiles(message, list(good))
	if err != nil || files[file] != good {
		t.Fatalf("%v, %v", files, err)
	}
	for name, change := range map[string]func(*contract.SealedFile){
		"other message": func(f *contract.SealedFile) { f.Key = contract.FileKey(uuid.New(), file) },
		"short":         func(f *contract.SealedFile) { f.Key = "opened/x" },
		"hash":          func(f *contract.SealedFile) { f.SHA256 = "x" },
		"size":          func(f *contract.SealedFile) { f.Size = 1 << 30 },
	} {
		bad := good
		change(&bad)
		if _, err := contract.ParseSealedFiles(message, list(bad)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
