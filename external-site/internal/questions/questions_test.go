package questions

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
)

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

// asked is a question that is ready to be sent.
func asked(place Place) *Draft {
	d := NewDraft(Addressee{Place: place, ID: uuid.Must(uuid.NewV7())})
	d.Answers = forms.Answers{"topic": "Канарейка", "text": "Чи потрібна довідка?", "name": "Олена", "phone": "+380671234567"}
	return d
}

func sending(t *testing.T, code seal.Code) submission.Sending {
	t.Helper()
	hash := code.Hash()
	return submission.Sending{
		MessageID: uuid.Must(uuid.NewV7()), ReceiptNumber: "R-0000-0000-0195", CodeHash: hex.EncodeToString(hash[:]),
		Recipient: code.Recipient(), Language: locale.UK, At: time.Now(),
	}
}

// TestTheInsideTakesWhatIsAsked: what the form lets through passes the check that the inside makes.
func TestTheInsideTakesWhatIsAsked(t *testing.T) {
	for _, place := range []Place{Centre, Authority} {
		d := asked(place)
		must(t, d.Adopt())
		must(t, d.Ready(time.Now()))
		r, err := d.Record(sending(t, newCode(t)))
		must(t, err)
		if _, err := contract.Encode(r, time.Now()); err != nil {
			t.Errorf("to one of the %s: %v", place, err)
		}
		q := r.(*contract.Question)
		if q.Official != "" {
			t.Errorf("a question is written to %q", q.Official)
		}
		if (q.CentreID != nil) != (place == Centre) || (q.AuthorityID != nil) != (place == Authority) {
			t.Errorf("to one of the %s: centre %v, authority %v", place, q.CentreID, q.AuthorityID)
		}
	}
}

// A letter names its official as the page of the body does.
func TestALetterNamesItsOfficial(t *testing.T) {
	d := asked(Centre)
	person := contract.Person{Name: "Коваль Олена Іванівна", Position: locale.Text{UK: "Директор"}}
	d.to.CentreAt = &org.Centre{Body: org.Body{People: []contract.Person{person}}}
	if _, found := d.to.Official("nobody"); found {
		t.Error("nobody is found")
	}
	official, found := d.to.Official(person.Key())
	if !found || official.Name.UK != person.Name || official.Name.EN == "" {
		t.Fatalf("%+v, %t", official, found)
	}
	d.Letter = &official
	raw, err := json.Marshal(d)
	must(t, err)
	kept := NewDraft(d.to)
	must(t, json.Unmarshal(raw, kept))
	must(t, kept.Adopt())
	r, err := kept.Record(sending(t, newCode(t)))
	must(t, err)
	if q := r.(*contract.Question); q.Official != person.Name {
		t.Errorf("the record is written to %q", q.Official)
	}
	if _, err := contract.Encode(r, time.Now()); err != nil {
		t.Error(err)
	}
}

func TestNotReady(t *testing.T) {
	for name, spoil := range map[string]func(*Draft){
		"without a contact": func(d *Draft) { delete(d.Answers, "phone") },
		"without a text":    func(d *Draft) { delete(d.Answers, "text") },
		"too long":          func(d *Draft) { d.Answers["text"] = strings.Repeat("я", contract.MaxQuestionText+1) },
		"no e-mail address": func(d *Draft) { d.Answers["email"] = "x\r\nBcc: a@b.ua" },
	} {
		d := asked(Centre)
		spoil(d)
		if err := d.Ready(time.Now()); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestADraftBelongsToOneAddressee: the cookie of one form opens nothing under another's address.
func TestADraftBelongsToOneAddressee(t *testing.T) {
	d := asked(Centre)
	raw, err := json.Marshal(d)
	must(t, err)
	same, other := NewDraft(d.to), NewDraft(Addressee{Place: Centre, ID: uuid.New()})
	must(t, json.Unmarshal(raw, same))
	if err := same.Adopt(); err != nil || same.Answers["topic"] != "Канарейка" {
		t.Errorf("the same addressee: %v, %v", same.Answers, err)
	}
	must(t, json.Unmarshal(raw, other))
	if err := other.Adopt(); !fault.Is(err, fault.NotFound) {
		t.Errorf("another addressee: %v", err)
	}
}

func TestAnswerOpensWithItsCodeOnly(t *testing.T) {
	code := newCode(t)
	recipient, err := seal.ParseRecipient(code.Recipient())
	must(t, err)
	write := func(text string) []byte {
		var out bytes.Buffer
		w, err := seal.FileWriter(&out, recipient)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
		must(t, w.Close())
		return out.Bytes()
	}
	thread := &Thread{Messages: []Message{{sealed: write("Ні.\nДосить паспорта.")}}}
	must(t, thread.Open(code))
	if lines := thread.Messages[0].Lines(); len(lines) != 2 || lines[1] != "Досить паспорта." {
		t.Errorf("the answer: %q", lines)
	}
	for name, c := range map[string]struct {
		sealed []byte
		code   seal.Code
	}{
		"another code":   {write("Ні."), newCode(t)},
		"damaged":        {[]byte("age-encryption.org/v1\n"), code},
		"without an end": {write(strings.Repeat("а", maxMessage)), code},
	} {
		thread := &Thread{Messages: []Message{{sealed: c.sealed}}}
		must(t, thread.Open(c.code))
		if m := thread.Messages[0]; !m.Unreadable || m.Text != "" {
			t.Errorf("%s: %q", name, m.Text)
		}
	}
}
