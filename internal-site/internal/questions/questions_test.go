package questions_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/intake/intaketest"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/blobtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/pg"
	"portal.example/shared/pgtest"
	"portal.example/shared/seal"
)

func TestMain(m *testing.M) { pgtest.Main(m, blobtest.Stop) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// place is a node whose intake takes questions.
type place struct {
	*intaketest.Node
	store *questions.Store
}

func newPlace(t *testing.T) *place {
	t.Helper()
	node := intaketest.New(t, questions.NewIntake())
	return &place{node, questions.NewStore(node.DB.PoolAs("internal_site"))}
}

// ask sends a question as the public site does and lets the intake take it.
func (p *place) ask(t *testing.T, files [][]byte, changes ...func(*contract.Question)) (contract.Question, seal.Code) {
	t.Helper()
	by := intaketest.NewSender(t)
	q := contract.Question{
		Version: 1, MessageID: by.MessageID, ReceiptNumber: by.Number, CentreID: &p.Centre, ServiceID: &p.Service,
		Topic: "Довідка про склад сім’ї", Text: "Доброго дня!\n\nЧи можна подати заяву за батька?", Name: "Олена", Email: "olena@example.com",
		Consent: true, Language: locale.UK, CodeHash: by.CodeHash, Recipient: by.Code.Recipient(), SubmittedAt: by.At,
	}
	var list []intaketest.File
	for _, content := range files {
		list = append(list, intaketest.File{Field: contract.QuestionFiles, Content: string(content)})
	}
	attachments, sealed := p.Attach(t, q.MessageID, list)
	q.Attachments = attachments
	for _, change := range changes {
		change(&q)
	}
	p.Send(t, by, &q, sealed)
	return q, by.Code
}

// only returns the thread of a message.
func (p *place) only(t *testing.T, actor access.Actor, message uuid.UUID) questions.Thread {
	t.Helper()
	l, err := p.store.List(t.Context(), actor, questions.Filter{})
	must(t, err)
	for _, thread := range l.Threads {
		if thread.MessageID == message {
			thread, err := p.store.Get(t.Context(), actor, thread.ID)
			must(t, err)
			return thread
		}
	}
	t.Fatalf("the question is not among %d", l.Total)
	return questions.Thread{}
}

func TestQuestionBecomesAThreadAndIsAnswered(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	q, code := p.ask(t, [][]byte{[]byte("%PDF-1.7 one"), []byte("%PDF-1.7 two")})
	thread := p.only(t, clerk, q.MessageID)
	if thread.State != questions.Open || thread.Messages[0].Text != q.Text || len(thread.Files) != 2 || thread.Email != q.Email ||
		!strings.HasPrefix(thread.Number, "К-") || thread.Service.UK == "" || thread.Addressee.Name.UK == "" {
		t.Fatalf("staff see %+v", thread)
	}
	if _, err := p.store.File(t.Context(), clerk, thread.ID, thread.Files[0].ID); err != nil {
		t.Errorf("a file: %v", err)
	}
	var subject, number string
	var id uuid.UUID
	must(t, p.DB.Pool.QueryRow(t.Context(), "select subject, subject_id, subject_number from submission.answers where message_id = $1", q.MessageID).
		Scan(&subject, &id, &number))
	if subject != questions.Subject || id != thread.ID || number != thread.Number {
		t.Errorf("the citizen is told %s %s %s", subject, id, number)
	}

	err := p.store.Do(t.Context(), clerk, thread.ID, thread.Version, questions.Command{Act: questions.DoAnswer, Text: " \n"})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty answer: %v", err)
	}
	const words = "Так, за довіреністю.\nПриходьте з паспортом."
	must(t, p.store.Do(t.Context(), clerk, thread.ID, thread.Version, questions.Command{Act: questions.DoAnswer, Text: words + "\u202e"}))
	if got := p.opened(t, code, thread.ID); got != words {
		t.Errorf("the code opens %q", got)
	}
	if n := p.count(t, "select count(*) from questions.messages where published and strpos(encode(sealed, 'escape'), 'довіреністю') > 0"); n != 0 {
		t.Error("an answer leaves in the clear")
	}
	after := p.only(t, clerk, q.MessageID)
	if after.State != questions.Answered || after.AnsweredAt == nil || after.Version != thread.Version+1 {
		t.Errorf("afterwards %+v", after)
	}
	err = p.store.Do(t.Context(), clerk, thread.ID, thread.Version, questions.Command{Act: questions.DoAnswer, Text: "ще раз"})
	if !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale answer: %v", err)
	}
	must(t, p.store.Do(t.Context(), clerk, thread.ID, after.Version, questions.Command{Act: questions.DoClose}))
	if n := p.count(t, "select count(*) from audit.events where object_type = 'question' and object_id = $1", thread.ID.String()); n != 3 {
		t.Errorf("%d lines in the trail", n)
	}
}

// opened is what the last message that left for a thread says to the holder of the code.
func (p *place) opened(t *testing.T, code seal.Code, thread uuid.UUID) string {
	t.Helper()
	var sealed []byte
	must(t, p.DB.Pool.QueryRow(t.Context(), "select sealed from questions.messages where thread_id = $1 and published order by at desc, id desc limit 1", thread).Scan(&sealed))
	identity, err := code.Identity()
	must(t, err)
	r, err := seal.FileReader(bytes.NewReader(sealed), identity)
	must(t, err)
	text, err := io.ReadAll(r)
	must(t, err)
	return string(text)
}

func (p *place) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	must(t, p.DB.Pool.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// Nobody is offered, or takes, a question that they could not answer so that the person sees it.
func TestQuestionsGoToWhoeverCanAnswer(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	q, _ := p.ask(t, nil)
	thread := p.only(t, clerk, q.MessageID)
	p.DB.Exec(`update org.authorities set published = false where id = $1`, p.OtherAuthority)
	p.DB.Exec(`insert into modules.switches (id, module, centre_id, enabled) values (gen_random_uuid(), 'questions', $1, false)`, p.OtherCentre)
	list, err := p.store.Candidates(t.Context())
	must(t, err)
	if len(list) != 2 || list[0].ID() != p.Centre || list[1].ID() != p.Authority {
		t.Errorf("offered: %+v", list)
	}
	for name, to := range map[string]questions.Addressee{
		"unpublished": {AuthorityID: &p.OtherAuthority}, "switched off": {CentreID: &p.OtherCentre},
	} {
		if err := p.store.Do(t.Context(), clerk, thread.ID, 1, questions.Command{Act: questions.DoHandOver, To: to, Text: "до вас"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAddresseeHandsOverAndLosesSight(t *testing.T) {
	p := newPlace(t)
	clerk, officer := p.Users[access.Administrator], p.Users[access.Officer]
	q, code := p.ask(t, nil)
	thread := p.only(t, clerk, q.MessageID)
	over := questions.Command{Act: questions.DoHandOver, To: questions.Addressee{AuthorityID: &p.Authority}, Text: "Це до вас"}
	for name, bad := range map[string]questions.Command{
		"nobody": {Act: questions.DoHandOver, Text: "x"}, "both": {Act: questions.DoHandOver, To: questions.Addressee{CentreID: &p.Centre, AuthorityID: &p.Authority}, Text: "x"},
		"itself": {Act: questions.DoHandOver, To: thread.Addressee, Text: "x"}, "no word": {Act: questions.DoHandOver, To: over.To},
	} {
		if err := p.store.Do(t.Context(), clerk, thread.ID, 1, bad); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	must(t, p.store.Do(t.Context(), clerk, thread.ID, 1, over))
	if _, err := p.store.Get(t.Context(), clerk, thread.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the first addressee still reads it: %v", err)
	}
	got := p.only(t, officer, q.MessageID)
	if got.Messages[1].Kind != questions.Note || got.Messages[1].Author == "" || !got.DueOn.Equal(thread.DueOn) {
		t.Errorf("the officer sees %+v", got)
	}
	if n := p.count(t, "select count(*) from questions.messages where published"); n != 0 {
		t.Error("a note for colleagues leaves")
	}
	if err := p.store.Do(t.Context(), officer, thread.ID, 2, questions.Command{Act: questions.DoClose}); !fault.Is(err, fault.Invalid) {
		t.Errorf("closing without an answer or a reason: %v", err)
	}
	must(t, p.store.Do(t.Context(), officer, thread.ID, 2, questions.Command{Act: questions.DoClose, Text: "Таке питання вирішує суд"}))
	if got := p.opened(t, code, thread.ID); got != "Таке питання вирішує суд" {
		t.Errorf("the code opens %q", got)
	}
	if err := p.store.Do(t.Context(), officer, thread.ID, 3, questions.Command{Act: questions.DoAnswer, Text: "x"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("answering what is closed: %v", err)
	}
}

// A letter stands among the questions of its addressee, and in the own queue of whom it is written to, whatever the case of letters; who
// gets it handed over is not told that it is written to them.
func TestALetterReachesItsOfficial(t *testing.T) {
	p := newPlace(t)
	head, clerk := p.Users[access.CentreHead], p.Users[access.Administrator]
	q, _ := p.ask(t, nil, func(q *contract.Question) { q.Official = strings.ToUpper(head.Name) })
	p.ask(t, nil)
	mine := func(actor access.Actor) int {
		t.Helper()
		l, err := p.store.List(t.Context(), actor, questions.Filter{State: questions.Open, Mine: true})
		must(t, err)
		n, err := p.store.Letters(t.Context(), actor)
		must(t, err)
		if n != l.Total {
			t.Errorf("%s: %d letters are counted, %d listed", actor.Name, n, l.Total)
		}
		return n
	}
	if n := mine(head); n != 1 {
		t.Errorf("the official finds %d", n)
	}
	if n := mine(clerk); n != 0 {
		t.Errorf("a colleague finds %d of their own", n)
	}
	if n := mine(p.OtherUsers[access.CentreHead]); n != 0 {
		t.Errorf("somebody elsewhere finds %d", n)
	}
	thread := p.only(t, clerk, q.MessageID)
	if thread.Official != q.Official {
		t.Errorf("a colleague sees it written to %q", thread.Official)
	}
	if l, err := p.store.List(t.Context(), clerk, questions.Filter{Q: head.Name}); err != nil || l.Total != 1 {
		t.Errorf("found by the official's name: %d, %v", l.Total, err)
	}
	must(t, p.store.Do(t.Context(), clerk, thread.ID, 1, questions.Command{Act: questions.DoHandOver, To: questions.Addressee{AuthorityID: &p.Authority}, Text: "до вас"}))
	if got := p.only(t, p.Users[access.Officer], q.MessageID); got.Official != "" {
		t.Errorf("handed over, it is still written to %q", got.Official)
	}
}

func TestQuestionsThatNobodyCanAnswerGoToTheQueue(t *testing.T) {
	p := newPlace(t)
	stranger := uuid.New()
	for name, change := range map[string]func(*contract.Question){
		"centre":    func(q *contract.Question) { q.CentreID = &stranger },
		"authority": func(q *contract.Question) { q.CentreID, q.AuthorityID = nil, &stranger },
		"service":   func(q *contract.Question) { q.ServiceID = &stranger },
	} {
		q, _ := p.ask(t, nil, change)
		if n := p.count(t, "select count(*) from intake.refusals where message_id = $1 and reason = $2", q.MessageID, intake.ReasonAddressee); n != 1 {
			t.Errorf("%s: %d entries", name, n)
		}
	}
}

func TestOnlyTheAddresseesStaffSeeAQuestion(t *testing.T) {
	p := newPlace(t)
	q, _ := p.ask(t, nil)
	thread := p.only(t, p.Users[access.RegionalManager], q.MessageID)
	for _, group := range access.StandardGroups {
		mine := group == access.Administrator || group == access.CentreHead
		_, err := p.store.Get(t.Context(), p.Users[group], thread.ID)
		if (err == nil) != (mine || group == access.RegionalManager) {
			t.Errorf("%s reads: %v", group, err)
		}
		if _, err := p.store.Get(t.Context(), p.OtherUsers[group], thread.ID); (err == nil) != (group == access.RegionalManager) {
			t.Errorf("%s elsewhere reads: %v", group, err)
		}
		err = p.store.Do(t.Context(), p.OtherUsers[group], thread.ID, 1, questions.Command{Act: questions.DoAnswer, Text: "x"})
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s elsewhere answers: %v", group, err)
		}
		object, err := p.store.Object(t.Context(), thread.ID)
		must(t, err)
		if access.Can(p.Users[group], questions.View, object) != (mine || group == access.RegionalManager) {
			t.Errorf("%s: the rule and the predicate differ", group)
		}
	}
	if _, err := p.store.List(t.Context(), p.Users[access.PortalAdministrator], questions.Filter{}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("the list: %v", err)
	}
}

func TestListFiltersAndCounts(t *testing.T) {
	p := newPlace(t)
	clerk := p.Users[access.Administrator]
	first, _ := p.ask(t, nil)
	second, _ := p.ask(t, nil, func(q *contract.Question) { q.Topic, q.Name = "Субсидія", "Марія О'Браєн" })
	p.DB.Exec("update questions.threads set due_on = '2020-01-01' where message_id = $1", second.MessageID)
	must(t, p.store.Do(t.Context(), clerk, p.only(t, clerk, first.MessageID).ID, 1, questions.Command{Act: questions.DoAnswer, Text: "Так"}))
	for name, c := range map[string]struct {
		f    questions.Filter
		want int
	}{
		"all": {questions.Filter{Page: 7}, 2}, "open": {questions.Filter{State: questions.Open}, 1}, "closed": {questions.Filter{State: questions.Closed}, 0},
		"late": {questions.Filter{Late: true}, 1}, "topic": {questions.Filter{Q: "субсид"}, 1}, "name": {questions.Filter{Q: "о’браєн"}, 1},
		"receipt": {questions.Filter{Q: second.ReceiptNumber}, 1}, "number": {questions.Filter{Q: "k-20"}, 2}, "nothing": {questions.Filter{Q: "%"}, 0},
	} {
		l, err := p.store.List(t.Context(), clerk, c.f)
		if err != nil || l.Total != c.want || l.Page != 1 || len(l.Threads) != c.want {
			t.Errorf("%s: %d, %v", name, l.Total, err)
		}
	}
	open, late, err := p.store.Waiting(t.Context(), clerk)
	if err != nil || open != 1 || late != 1 {
		t.Errorf("%d wait, %d late, %v", open, late, err)
	}
}

// The worker opens what strangers sent. Should it be taken over, it reads no question of others.
func TestIntakeReadsNoQuestions(t *testing.T) {
	db := pgtest.Internal(t)
	for _, query := range []string{
		"select text from questions.messages", "select name from questions.threads", "update questions.threads set state = 'closed'", "delete from questions.messages",
	} {
		if _, err := db.PoolAs("intake").Exec(t.Context(), query); pg.Code(err) != pg.CodeInsufficientRights {
			t.Errorf("the intake may: %s (%v)", query, err)
		}
	}
}
