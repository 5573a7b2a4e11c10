package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/questions"
	"portal.example/shared/contract"
	"portal.example/shared/workdays"
)

// asked is one question of the demo region and what became of it.
type asked struct {
	days   int // before today
	name   string
	topic  string
	text   string
	answer string // "": it waits
	closed bool
	office bool // an authority was asked, not a centre
}

var askedQuestions = []asked{
	{40, "Леся", "Довідка про склад сім’ї", "Доброго дня! Чи можна отримати довідку за померлу бабусю, якщо я спадкоємиця?", "Доброго дня! Так. Візьміть паспорт, свідоцтво про смерть і документ, що підтверджує родинний зв’язок.", true, false},
	{33, "Тарас Бойчук", "Субсидія після переїзду", "Переїхали в іншу громаду. Чи треба подавати на субсидію заново?", "Так, заяву подають за новою адресою. Попередню субсидію буде припинено автоматично.", true, true},
	{27, "Ігор", "Реєстрація місця проживання дитини", "Потрібна присутність обох батьків?", "Досить одного з батьків, якщо другий дав письмову згоду. Зразок згоди є в картці послуги.", true, false},
	{20, "Оксана Мельник", "Черга в центрі", "У який день найменше людей? Я з немовлям.", "Найвільніше в середу після 15:00. З немовлям вас приймуть поза чергою, скажіть про це на вході.", true, false},
	{14, "Богдан", "Витяг про земельну ділянку", "Кадастровий номер є, але у витягу інша площа. Куди звертатися?", "Подайте заяву про виправлення технічної помилки, це безоплатно.", false, true},
	{9, "Наталія", "Паспорт для підлітка", "Синові 14 років. Чи може він прийти сам?", "На першу видачу він приходить разом з одним із батьків.", false, false},
	{6, "Павло Гнатюк", "Оплата послуги", "Сплатив адміністративний збір двічі. Як повернути зайве?", "", false, false},
	{4, "Марія", "Доступність приміщення", "Мама користується кріслом колісним. Чи є у вас пандус і ліфт?", "Так, вхід із двору обладнано пандусом, прийом — на першому поверсі.", false, false},
	{3, "Юрій", "Дозвіл на торгівлю", "Чи потрібен дозвіл, щоб продавати мед на ярмарку один день?", "", false, true},
	{2, "Світлана Ковтун", "Допомога при народженні", "Документи подала, але в застосунку нічого не видно. Вони дійшли?", "", false, false},
	{1, "Андрій", "Апостиль", "Чи можна у вас проставити апостиль на диплом?", "", false, false},
	{0, "Олена", "Години роботи у свята", "Ви працюєте наступного понеділка?", "", false, false},
}

// questions writes what people asked online and what they were answered.
func (b *builder) questions() {
	numbers := map[int]int{}
	for i, a := range askedQuestions {
		at := kyiv(b.today.AddDate(0, 0, -a.days), 0, 10+i)
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
	var seed [32]byte
	message, thread := idAt(at, "message of question", fmt.Sprint(i)), idAt(at, "question", fmt.Sprint(i))
	copy(seed[:], message[:])
	receipt, err := contract.NewReceiptNumber(rand.NewChaCha8(seed))
	if err != nil {
		b.fail("receipt number: %w", err)
	}
	to, by := b.asks(i, a)
	q := questions.Thread{ID: thread, Number: number, ReceiptNumber: receipt, State: questions.Open, RegisteredAt: at}
	answered := kyiv(at.AddDate(0, 0, 1), 0, 30)
	if a.answer != "" {
		if q.State, q.AnsweredAt = questions.Answered, &answered; a.closed {
			q.State, q.ClosedAt = questions.Closed, &answered
		}
	}
	b.put("questions.threads", cell{"id", thread}, cell{"number", number}, cell{"message_id", message}, cell{"receipt_number", receipt},
		cell{"centre_id", to.CentreID}, cell{"authority_id", to.AuthorityID}, cell{"topic", a.topic}, cell{"name", a.name},
		cell{"email", fmt.Sprintf("asks%d@example.com", i)}, cell{"language", "uk"}, cell{"state", string(q.State)}, cell{"asked_at", at},
		cell{"registered_at", at}, cell{"due_on", questions.DueOn(workdays.NewCalendar(nil), at)}, cell{"answered_at", q.AnsweredAt}, cell{"closed_at", q.ClosedAt},
		cell{"recipient", s.recipient})
	b.written(thread, at, questions.Question, a.text, nil, access.Actor{})
	if a.answer != "" {
		sealed, err := sealFor(s.recipient, []byte(a.answer))
		if err != nil {
			b.fail("seal answer: %w", err)
		}
		b.written(thread, answered, questions.Answer, a.answer, sealed, by)
	}
	b.put("submission.answers", cell{"message_id", message}, cell{"receipt_number", receipt},
		cell{"kind", contract.KindQuestion}, cell{"outcome", "registered"}, cell{"subject", questions.Subject}, cell{"subject_id", thread},
		cell{"subject_number", number}, cell{"case_id", nil}, cell{"case_number", ""}, cell{"code_hash", s.hash}, cell{"answered_at", at})
}

// asks is who is asked, and who of them answers.
func (b *builder) asks(i int, a asked) (questions.Addressee, access.Actor) {
	if a.office {
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
