package demo

import (
	"fmt"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

func init() {
	register(part{name: "questions", after: []string{"accounts"}, build: (*builder).questions})
}

// asked is one question of content/questions.yaml and what became of it.
type asked struct {
	Days      int       `yaml:"days"` // before the day of loading
	Name      string    `yaml:"name"`
	Topic     string    `yaml:"topic"`
	Text      string    `yaml:"text"`
	Answer    string    `yaml:"answer"` // "": it waits
	Closed    bool      `yaml:"closed"`
	Authority bool      `yaml:"authority"` // an authority was asked, not a centre
	Public    *frequent `yaml:"public"`    // what was published of it
}

// frequent is a question with its answer as everybody may read them.
type frequent struct {
	Question locale.Text `yaml:"question"`
	Answer   locale.Text `yaml:"answer"`
}

// questions writes what people asked online and what they were answered.
func (b *builder) questions() {
	var list []asked
	if err := readFile("questions.yaml", &list); err != nil {
		b.fail("%w", err)
	}
	numbers := map[int]int{}
	for i, a := range list {
		at := kyiv(b.today.AddDate(0, 0, -a.Days), 0, 10+i)
		numbers[at.Year()]++
		b.question(i, a, at, questions.Number(at.Year(), numbers[at.Year()]))
	}
	for year := b.today.Year() - 1; year <= b.today.Year(); year++ {
		if n := numbers[year]; n > 0 {
			b.put("questions.counters", cell{"year", year}, cell{"last", n})
		}
	}
}

func (b *builder) question(i int, a asked, at time.Time, number string) {
	s, err := secretOf(100_000 + i)
	if err != nil {
		b.fail("secret code: %w", err)
		return
	}
	thread, sent := idAt(at, "question", fmt.Sprint(i)), b.sent(at, contract.KindQuestion, i)
	to, by := b.asks(i, a)
	q := questions.Thread{ID: thread, Number: number, ReceiptNumber: sent.receipt, State: questions.Open, RegisteredAt: at}
	answered := kyiv(at.AddDate(0, 0, 1), 0, 30)
	if a.Answer != "" {
		if q.State, q.AnsweredAt = questions.Answered, &answered; a.Closed {
			q.State, q.ClosedAt = questions.Closed, &answered
		}
	}
	b.put("questions.threads", cell{"id", thread}, cell{"number", number}, cell{"message_id", sent.message}, cell{"receipt_number", sent.receipt},
		cell{"centre_id", to.CentreID}, cell{"authority_id", to.AuthorityID}, cell{"topic", a.Topic}, cell{"name", a.Name},
		cell{"email", fmt.Sprintf("asks%d@example.com", i)}, cell{"language", "uk"}, cell{"state", string(q.State)}, cell{"asked_at", at},
		cell{"registered_at", at}, cell{"due_on", questions.DueOn(workdays.NewCalendar(nil), at)}, cell{"answered_at", q.AnsweredAt}, cell{"closed_at", q.ClosedAt},
		cell{"recipient", s.recipient})
	b.written(thread, at, questions.Question, a.Text, nil, access.Actor{})
	if a.Answer != "" {
		sealed, err := seal.ForCode(s.recipient, []byte(a.Answer))
		if err != nil {
			b.fail("seal answer: %w", err)
		}
		b.written(thread, answered, questions.Answer, a.Answer, sealed, by)
	}
	if p := a.Public; p != nil {
		b.put("questions.published", cell{"id", idAt(answered, "published question", fmt.Sprint(i))}, cell{"thread_id", thread}, cell{"centre_id", to.CentreID},
			cell{"authority_id", to.AuthorityID}, cell{"question", p.Question.UK}, cell{"question_en", p.Question.EN}, cell{"answer", p.Answer.UK},
			cell{"answer_en", p.Answer.EN}, cell{"published_at", answered})
	}
	b.registered(sent, questions.Subject, thread, number, s.hash)
}

// asks returns the addressee of a question and the member of staff who answers it.
func (b *builder) asks(i int, a asked) (questions.Addressee, access.Actor) {
	if a.Authority {
		authority := b.authorities[i%len(b.authorities)]
		id := idOf("authority", authority.Key)
		return questions.Addressee{AuthorityID: &id}, b.byOffice[authority.Key].head
	}
	centre := b.centres[i%len(b.centres)]
	id := idOf("centre", centre.Key)
	return questions.Addressee{CentreID: &id}, b.byCentre[centre.Key].head
}

func (b *builder) written(thread any, at time.Time, kind questions.Kind, text string, sealed []byte, by access.Actor) {
	var author any
	if by.Name != "" {
		author = by.UserID
	}
	b.put("questions.messages", cell{"id", idAt(at, "message", fmt.Sprint(thread, kind))}, cell{"thread_id", thread}, cell{"at", at}, cell{"kind", string(kind)},
		cell{"text", text}, cell{"author_id", author}, cell{"author", by.Name}, cell{"sealed", sealed}, cell{"published", sealed != nil})
}
