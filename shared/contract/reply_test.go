package contract_test

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
)

// reply is an answer by the holder of a code, with a paper and a corrected field.
func reply(t *testing.T) contract.Reply {
	t.Helper()
	a, asked := application(t), uuid.New()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	file := a.Attachments[0]
	file.Field = contract.ReplyDocument
	return contract.Reply{
		Version: 1, MessageID: a.MessageID, ReceiptNumber: a.ReceiptNumber, CaseID: uuid.New(), CentreID: uuid.New(), Code: code.Reveal(),
		Purpose: contract.ReplyAnswers, AskedID: &asked, Text: "Додаю довідку.\nДякую!", Answers: json.RawMessage(`{"copies":2}`),
		Attachments: contract.Attachments{file}, Language: a.Language, CodeHash: hex.EncodeToString(hash[:]), Recipient: code.Recipient(),
		SubmittedAt: a.SubmittedAt,
	}
}

func TestReplySurvivesTheJourney(t *testing.T) {
	sent := reply(t)
	raw, err := contract.Encode(&sent, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	got, err := contract.Decode(contract.KindReply, raw, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	back, err := json.Marshal(got)
	if err != nil || string(back) != string(raw) {
		t.Errorf("received %s, %v", back, err)
	}
}

// Whoever knows the hash of a code, and every public thing about a case, makes no reply without the code itself.
func TestRepliesThatProveOrSayNothing(t *testing.T) {
	other := reply(t)
	for name, change := range map[string]func(*contract.Reply){
		"without the code":  func(r *contract.Reply) { r.Code = "" },
		"only its hash":     func(r *contract.Reply) { r.Code = r.CodeHash[:30] },
		"another's code":    func(r *contract.Reply) { r.Code = other.Code },
		"another's hash":    func(r *contract.Reply) { r.CodeHash = other.CodeHash },
		"sealed to another": func(r *contract.Reply) { r.Recipient = other.Recipient },
		"other spelling":    func(r *contract.Reply) { r.Code = strings.ToLower(r.Code) },
		"nothing":           func(r *contract.Reply) { r.Text, r.Answers, r.Attachments = " \n", json.RawMessage(`{ }`), nil },
		"endless":           func(r *contract.Reply) { r.Text = strings.Repeat("я", contract.MaxReplyText+1) },
		"direction":         func(r *contract.Reply) { r.Text = "\u202eя" },
		"purpose":           func(r *contract.Reply) { r.Purpose = "complaint" },
		"corrects unasked":  func(r *contract.Reply) { r.AskedID = nil },
		"corrects, takes":   func(r *contract.Reply) { r.Purpose = contract.ReplyWithdraws },
		"field of a file":   func(r *contract.Reply) { r.Attachments[0].Field = "papers" },
		"file of nothing":   func(r *contract.Reply) { r.Attachments[0].Document = "" },
		"file of something": func(r *contract.Reply) { r.Attachments[0].Field = contract.ReplyFiles },
		"no answers":        func(r *contract.Reply) { r.Answers = json.RawMessage(`[]`) },
	} {
		r := reply(t)
		change(&r)
		if _, err := contract.Encode(&r, time.Now()); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), r.Code) && r.Code != "" {
			t.Errorf("%s: the error tells the code", name)
		}
	}
	r := reply(t)
	r.Purpose, r.Text, r.Answers, r.Attachments = contract.ReplyWithdraws, "", json.RawMessage(`{}`), nil
	if _, err := contract.Encode(&r, time.Now()); err != nil {
		t.Errorf("withdrawn without a word: %v", err)
	}
}
