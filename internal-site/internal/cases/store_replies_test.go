package cases_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/intake"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/pg"
	"portal.example/shared/seal"
)

const formOfTest = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
  "required": ["copies", "purpose"],
  "properties": {
    "copies": {"type": "integer", "minimum": 1, "maximum": 9, "x-title": {"uk": "Примірників", "en": "Copies"}, "x-widget": "number"},
    "purpose": {"type": "string", "maxLength": 100, "x-title": {"uk": "Мета", "en": "Purpose"}, "x-widget": "text"}
  },
  "x-steps": [{"id": "one", "title": {"uk": "Дані", "en": "Data"}, "fields": ["copies", "purpose"]}]
}`

// desk is a case that its officer has suspended, or will, and the code of its applicant.
type desk struct {
	*fixture.Region
	t       *testing.T
	store   *cases.Store
	kase    cases.Case
	code    seal.Code
	officer access.Actor
	now     time.Time
}

func newCode(t *testing.T) seal.Code {
	t.Helper()
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// openDesk registers an application on a form, which the officer of the deciding authority can suspend.
func openDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{Region: fixture.New(t), t: t, code: newCode(t), now: fixture.Now}
	form := fixture.NewID()
	d.DB.Exec(`insert into catalogue.forms (id, service_id, number, effective_from, schema, state, published) values ($1, $2, 1, '2026-01-01', $3, 'published', true)`, form, d.Service, formOfTest)
	f, hash := filing(d.Region), d.code.Hash()
	f.FormID, f.Answers, f.CodeHash, f.Recipient = &form, json.RawMessage(`{"copies":1,"purpose":"для суду"}`), hash[:], d.code.Recipient()
	var err error
	if d.kase, err = register(t.Context(), d.DB.PoolAs("intake"), f); err != nil {
		t.Fatal(err)
	}
	d.officer = d.Users[access.Officer]
	d.store = cases.NewStore(d.DB.PoolAs("internal_site")).At(func() time.Time { return d.now })
	d.do(d.Users[access.Administrator], cases.Command{Act: cases.Take})
	return d
}

func (d *desk) work() *cases.Work {
	d.t.Helper()
	w, err := d.store.Work(d.t.Context(), d.officer, d.kase.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return w
}

func (d *desk) do(who access.Actor, cmd cases.Command) {
	d.t.Helper()
	if err := d.try(who, cmd); err != nil {
		d.t.Fatalf("%s: %v", cmd.Act, err)
	}
}

func (d *desk) try(who access.Actor, cmd cases.Command) error {
	d.t.Helper()
	return d.store.Do(d.t.Context(), who, d.kase.ID, d.work().Case.Version, cmd)
}

// ask suspends the case and asks for the passport and another number of copies.
func (d *desk) ask(confirm bool) contract.Asked {
	d.t.Helper()
	d.do(d.officer, cases.Command{Act: cases.Suspend, Text: "Копія нечитабельна.", Ask: cases.Asking{
		Ground: "missing", Documents: []string{"passport"}, Fields: []string{"copies"}, Until: d.now.Truncate(24*time.Hour).AddDate(0, 0, 10), Confirm: confirm,
	}})
	return d.asked()
}

// asked is what the applicant reads outside: the sealed bytes that leave, opened with the code.
func (d *desk) asked() (asked contract.Asked) {
	d.t.Helper()
	var sealed []byte
	if err := d.DB.Pool.QueryRow(d.t.Context(), `select asked from cases.events where case_id = $1 and kind = 'suspended' order by at desc limit 1`, d.kase.ID).Scan(&sealed); err != nil {
		d.t.Fatal(err)
	}
	raw, err := d.code.Open(sealed, contract.MaxAsked)
	if err == nil {
		err = json.Unmarshal(raw, &asked)
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return asked
}

// reply is what the holder of the code sends.
func (d *desk) reply(asked *uuid.UUID, answers string, documents ...string) *contract.Reply {
	hash := d.code.Hash()
	r := &contract.Reply{
		Version: 1, MessageID: fixture.NewID(), CaseID: d.kase.ID, CentreID: d.Centre, Code: d.code.Reveal(), Purpose: contract.ReplyAnswers,
		AskedID: asked, Text: "Ось вона.", Answers: json.RawMessage(answers), Language: "uk", CodeHash: hex.EncodeToString(hash[:]),
		Recipient: d.code.Recipient(), SubmittedAt: d.now,
	}
	r.ReceiptNumber, _ = contract.NewReceiptNumber(nil)
	for _, id := range documents {
		r.Attachments = append(r.Attachments, contract.Attachment{
			ID: uuid.New(), Field: contract.ReplyDocument, Document: id, Name: id + ".pdf", MediaType: "application/pdf", Size: 4, SHA256: strings.Repeat("0a", 32),
		})
	}
	return r
}

// arrive hands a reply to the intake's handler as the worker does: judged by the contract, as its role, in one transaction.
func (d *desk) arrive(r *contract.Reply) (intake.Answer, error) {
	d.t.Helper()
	raw, err := contract.Encode(r, d.now)
	if err != nil {
		return intake.Answer{}, err
	}
	record, err := contract.Decode(contract.KindReply, raw, d.now)
	if err != nil {
		return intake.Answer{}, err
	}
	hash, _ := hex.DecodeString(r.CodeHash)
	opened := intake.Opened{ID: r.MessageID, ReceiptNumber: r.ReceiptNumber, Record: record, CodeHash: hash, FiledAt: d.now}
	opened = opened.WithFiles(func(context.Context) (files []intake.File, err error) {
		for _, a := range r.Attachments {
			files = append(files, intake.File{Attachment: a, ObjectKey: "opened/" + r.MessageID.String() + "/" + a.ID.String()})
		}
		return files, nil
	})
	var answer intake.Answer
	err = pg.InTx(d.t.Context(), d.DB.PoolAs("intake"), func(tx pgx.Tx) error {
		answer, err = cases.IntakeReplies{}.Handle(d.t.Context(), tx, opened)
		return err
	})
	return answer, err
}

func (d *desk) take(want int) {
	d.t.Helper()
	if n, err := d.store.TakeReplies(d.t.Context()); err != nil || n != want {
		d.t.Fatalf("%d replies taken, want %d: %v", n, want, err)
	}
}

// What is asked for leaves sealed, named in words; a reply that brings it all lets the clock run again by itself, corrects the
// answer and keeps the former one, and the term has moved by the days between.
func TestReplyThatBringsEverything(t *testing.T) {
	d := openDesk(t)
	asked := d.ask(false)
	if asked.Ground.UK != "Немає потрібного документа" || asked.Until != "2026-11-28" || len(asked.Documents) != 1 || asked.Documents[0].Name.UK != "Паспорт" ||
		len(asked.Fields) != 1 || asked.Fields[0].Was != "1" || asked.Fields[0].Title.UK != "Примірників" {
		t.Errorf("asked: %+v", asked)
	}
	d.now = d.now.AddDate(0, 0, 5)
	r := d.reply(&asked.ID, `{"copies":2}`, "passport")
	answer, err := d.arrive(r)
	if err != nil || answer.SubjectNumber != d.kase.Number || answer.Subject != intake.SubjectCase {
		t.Fatalf("%+v, %v", answer, err)
	}
	if again, err := d.arrive(r); err != nil || again.SubjectID != answer.SubjectID || again.Outcome != answer.Outcome {
		t.Errorf("the same message again: %+v, %v", again, err)
	}
	d.take(1)
	d.take(0)
	w := d.work()
	if w.Case.State != cases.InProgress || w.Case.DueOn.Format(time.DateOnly) != "2026-12-03" {
		t.Errorf("%s, due %s", w.Case.State, w.Case.DueOn) // ten days from the 18th are the 28th, and five stood still
	}
	var answers struct {
		Copies  int
		Purpose string
	}
	if err := json.Unmarshal(w.Case.Answers, &answers); err != nil || answers.Copies != 2 || answers.Purpose != "для суду" {
		t.Errorf("answers %s, %v", w.Case.Answers, err)
	}
	list, err := d.store.Replies(t.Context(), w)
	if err != nil || len(list) != 1 || list[0].Text != "Ось вона." || string(list[0].Former) != `{"copies": 1}` || len(list[0].Files) != 1 || list[0].Files[0].Document != "passport" {
		t.Errorf("replies %+v, %v", list, err)
	}
	files, err := documents.OfCase(t.Context(), d.DB.Pool, d.kase.ID)
	if err != nil || len(files) != 1 || files[0].Title != "Паспорт" || files[0].ID == r.Attachments[0].ID {
		t.Errorf("files %+v, %v", files, err)
	}
	d.replySealed("Ось вона.")
}

// replySealed: what the applicant wrote leaves sealed to their own code and in no other way.
func (d *desk) replySealed(text string) {
	d.t.Helper()
	var sealed []byte
	var public string
	err := d.DB.Pool.QueryRow(d.t.Context(), `select sealed, text from cases.events where case_id = $1 and kind = 'replied'`, d.kase.ID).Scan(&sealed, &public)
	if said, errOpen := d.code.Open(sealed, 10_000); err != nil || errOpen != nil || string(said) != text || strings.Contains(public, text) {
		d.t.Errorf("%q in public, %q sealed, %v", public, said, errors.Join(err, errOpen))
	}
}

// What does not bring everything, or what somebody wanted to look at first, waits: it is the officer's turn, and the clock stands.
func TestReplyThatWaitsForAPerson(t *testing.T) {
	for name, tt := range map[string]struct {
		confirm bool
		send    func(*desk, uuid.UUID) *contract.Reply
	}{
		"to be looked at":   {true, func(d *desk, asked uuid.UUID) *contract.Reply { return d.reply(&asked, `{"copies":2}`, "passport") }},
		"without the paper": {false, func(d *desk, asked uuid.UUID) *contract.Reply { return d.reply(&asked, `{"copies":2}`) }},
		"another paper":     {false, func(d *desk, asked uuid.UUID) *contract.Reply { return d.reply(&asked, `{"copies":2}`, "application") }},
		"only words":        {false, func(d *desk, asked uuid.UUID) *contract.Reply { return d.reply(&asked, `{}`) }},
		"to nothing known": {false, func(d *desk, _ uuid.UUID) *contract.Reply {
			other := uuid.New()
			return d.reply(&other, `{}`, "passport")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := openDesk(t)
			asked := d.ask(tt.confirm)
			d.now = d.now.Add(time.Hour)
			if _, err := d.arrive(tt.send(d, asked.ID)); err != nil {
				t.Fatal(err)
			}
			d.take(1)
			w := d.work()
			turn := w.Turn(access.InCentre(d.Centre)) // its stage is the active one
			if w.Case.State != cases.Suspended || turn.Standing != cases.ToAct || !turn.Since.Equal(d.now) || !w.ReplyWaits() {
				t.Errorf("%s, %+v", w.Case.State, turn)
			}
			if n, err := d.store.Reckon(t.Context()); err != nil || n != 0 {
				t.Errorf("%d cases stand otherwise than written, %v", n, err)
			}
			d.do(d.officer, cases.Command{Act: cases.Resume})
			if w := d.work(); w.Case.State != cases.InProgress || w.ReplyWaits() {
				t.Errorf("resumed: %s", w.Case.State)
			}
		})
	}
}

// Whoever has only one of two answers sends that one; it is taken, and the clock waits for the rest.
func TestAPartOfTheAnswersIsTaken(t *testing.T) {
	d := openDesk(t)
	d.do(d.officer, cases.Command{Act: cases.Suspend, Text: "Уточніть.", Ask: cases.Asking{
		Ground: "missing", Fields: []string{"copies", "purpose"}, Until: d.now.Truncate(24*time.Hour).AddDate(0, 0, 10),
	}})
	asked := d.asked()
	for _, sent := range []string{`{"copies":null}`, `{"copies":99}`, `{"other":1}`} {
		if _, err := d.arrive(d.reply(&asked.ID, sent)); err == nil {
			t.Errorf("%s was taken", sent)
		}
	}
	if _, err := d.arrive(d.reply(&asked.ID, `{"copies":2}`)); err != nil {
		t.Fatal(err)
	}
	d.take(1)
	w := d.work()
	answers := map[string]any{}
	if err := json.Unmarshal(w.Case.Answers, &answers); err != nil || answers["copies"] != 2.0 || answers["purpose"] != "для суду" {
		t.Errorf("%s, %v", w.Case.Answers, err)
	}
	if w.Case.State != cases.Suspended || !w.ReplyWaits() {
		t.Errorf("%s", w.Case.State)
	}
}

// What somebody in the DMZ can make up, and what no honest page sends, changes nothing in any case.
func TestForgedRepliesChangeNothing(t *testing.T) {
	d := openDesk(t)
	asked := d.ask(false)
	stranger := newCode(t)
	hash := stranger.Hash()
	for name, change := range map[string]func(*contract.Reply){
		"the code of another case": func(r *contract.Reply) {
			r.Code, r.CodeHash, r.Recipient = stranger.Reveal(), hex.EncodeToString(hash[:]), stranger.Recipient()
		},
		"another's code under its hash": func(r *contract.Reply) { r.Code = stranger.Reveal() },
		"the hash without the code":     func(r *contract.Reply) { r.Code = "" },
		"another case":                  func(r *contract.Reply) { r.CaseID = uuid.New() },
		"another centre":                func(r *contract.Reply) { r.CentreID = d.OtherCentre },
		"an answer not asked for":       func(r *contract.Reply) { r.Answers = json.RawMessage(`{"copies":2,"purpose":"інша"}`) },
		"a wrong answer":                func(r *contract.Reply) { r.Answers = json.RawMessage(`{"copies":99}`) },
		"a request of another case":     func(r *contract.Reply) { other := uuid.New(); r.AskedID = &other },
	} {
		r := d.reply(&asked.ID, `{"copies":2}`, "passport")
		change(r)
		_, err := d.arrive(r)
		var refusal *intake.Refusal
		if !errors.As(err, &refusal) && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		} else if strings.Contains(err.Error(), r.Code) && r.Code != "" {
			t.Errorf("%s: the refusal tells the code", name)
		}
	}
	d.take(0)
	if w := d.work(); w.Case.State != cases.Suspended || w.ReplyWaits() {
		t.Errorf("%s", w.Case.State)
	}
}

// The applicant takes the application back: it stands in the history, and staff decide.
func TestWithdrawalArrives(t *testing.T) {
	d := openDesk(t)
	r := d.reply(nil, `{}`)
	r.Purpose, r.Text = contract.ReplyWithdraws, ""
	if _, err := d.arrive(r); err != nil {
		t.Fatal(err)
	}
	d.take(1)
	w := d.work()
	if w.Case.State != cases.InProgress || !slices.ContainsFunc(w.Events, func(e cases.Event) bool { return e.Kind == cases.EventWithdrawalAsked && e.Published }) {
		t.Errorf("%s, %+v", w.Case.State, w.Events)
	}
}

// Who has no code brings the answer to the counter; at the end of a case papers are added, and it stays at its end.
func TestPapersAtTheCounter(t *testing.T) {
	d := openDesk(t)
	d.ask(false)
	paper := func(name string) []cases.ReplyFile {
		return []cases.ReplyFile{{File: documents.File{
			ID: fixture.NewID(), Purpose: documents.Received, CaseID: &d.kase.ID, Title: name, FileName: name, MediaType: "application/pdf", Size: 4,
			SHA256: strings.Repeat("0a", 32), ObjectKey: "brought/" + name,
		}}}
	}
	clerk := d.Users[access.Administrator]
	d.do(clerk, cases.Command{Act: cases.TakePapers, Text: "приніс паспорт", Papers: paper("a.pdf")})
	if w := d.work(); w.Case.State != cases.Suspended || !w.ReplyWaits() {
		t.Errorf("%s", w.Case.State)
	}
	d.do(clerk, cases.Command{Act: cases.TakePapers, Papers: paper("b.pdf"), GoOn: true})
	if w := d.work(); w.Case.State != cases.InProgress {
		t.Errorf("gone on: %s", w.Case.State)
	}
	if err := d.try(clerk, cases.Command{Act: cases.TakePapers}); !fault.Is(err, fault.Invalid) {
		t.Errorf("nothing brought: %v", err)
	}
	d.DB.Exec(`update cases.cases set state = 'closed', outcome = 'granted', decided_at = now(), closed_at = now() where id = $1`, d.kase.ID)
	d.do(clerk, cases.Command{Act: cases.TakePapers, Papers: paper("c.pdf")})
	w := d.work()
	if last := w.Events[len(w.Events)-1]; w.Case.State != cases.Closed || last.Kind != cases.EventPapersAdded {
		t.Errorf("%s, %s", w.Case.State, last.Kind)
	}
	if list, err := d.store.Replies(t.Context(), w); err != nil || len(list) != 3 || *list[0].EnteredBy != clerk.UserID {
		t.Errorf("replies %+v, %v", list, err)
	}
}

// A suspension says why, and until when it waits for what it names.
func TestWhatIsAskedHasToBeThere(t *testing.T) {
	d := openDesk(t)
	day := d.now.Truncate(24 * time.Hour)
	for name, ask := range map[string]cases.Asking{
		"nothing":              {},
		"another card's":       {Ground: "other"},
		"no day":               {Ground: "missing", Documents: []string{"passport"}},
		"today":                {Ground: "missing", Documents: []string{"passport"}, Until: day},
		"in two years":         {Ground: "missing", Documents: []string{"passport"}, Until: day.AddDate(2, 0, 0)},
		"a paper of no card":   {Ground: "missing", Documents: []string{"visa"}, Until: day.AddDate(0, 0, 5)},
		"a field of no form":   {Ground: "missing", Fields: []string{"salary"}, Until: day.AddDate(0, 0, 5)},
		"a field twice":        {Ground: "missing", Fields: []string{"copies", "copies"}, Until: day.AddDate(0, 0, 5)},
		"more than one can do": {Ground: "missing", Documents: slices.Repeat([]string{"passport"}, 9), Until: day.AddDate(0, 0, 5)},
	} {
		if err := d.try(d.officer, cases.Command{Act: cases.Suspend, Ask: ask}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A case that its applicant takes back ends without a decision, for a paper or for what they sent; whoever heads a place opens it
// again where it stood, and the days between do not count.
func TestWithdrawnAndOpenedAgain(t *testing.T) {
	d := openDesk(t)
	clerk, head := d.Users[access.Administrator], d.Users[access.CentreHead]
	if err := d.try(clerk, cases.Command{Act: cases.Withdraw}); !fault.Is(err, fault.Invalid) {
		t.Errorf("for nothing: %v", err)
	}
	due := d.work().Case.DueOn
	d.do(clerk, cases.Command{Act: cases.Withdraw, Paper: "заява від 18.11.2026"})
	w := d.work()
	if w.Case.State != cases.Closed || w.Case.Outcome != cases.Withdrawn || w.Case.DecidedAt != nil || w.Stages[0].State != cases.StageSkipped {
		t.Errorf("withdrawn: %+v, %s", w.Case, w.Stages[0].State)
	}
	for name, who := range map[string]access.Actor{"a clerk": clerk, "an officer": d.officer} {
		if err := d.try(who, cases.Command{Act: cases.Reopen, Text: "помилка"}); !fault.Is(err, fault.Forbidden) {
			t.Errorf("opened again by %s: %v", name, err)
		}
	}
	d.now = d.now.AddDate(0, 0, 20)
	if err := d.try(head, cases.Command{Act: cases.Unarchive}); !fault.Is(err, fault.Conflict) {
		t.Errorf("brought back from an archive: %v", err)
	}
	d.do(head, cases.Command{Act: cases.Reopen, Text: "помилка"})
	if w = d.work(); w.Case.State != cases.InProgress || w.Case.Outcome != "" || w.Stages[0].State != cases.StageActive || w.Stages[1].State != cases.StageWaiting {
		t.Errorf("opened again: %+v, %s, %s", w.Case, w.Stages[0].State, w.Stages[1].State)
	}
	if w.Case.DueOn.Format(time.DateOnly) != "2026-12-18" { // the 28th and twenty days
		t.Errorf("due %s, before %s", w.Case.DueOn, due)
	}
	if n, err := d.store.Reckon(t.Context()); err != nil || n != 0 {
		t.Errorf("%d cases stand otherwise than written, %v", n, err)
	}
	r := d.reply(nil, `{}`)
	r.Purpose = contract.ReplyWithdraws
	if _, err := d.arrive(r); err != nil {
		t.Fatal(err)
	}
	d.take(1)
	d.do(clerk, cases.Command{Act: cases.Withdraw})
}
