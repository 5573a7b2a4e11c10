package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

func init() {
	register(part{name: "checks", after: []string{"accounts", "catalogue"}, build: (*builder).checks})
}

// checked is one package of content/checks.yaml and what was said of it.
type checked struct {
	Days   int    `yaml:"days"` // before the day of loading
	Name   string `yaml:"name"`
	Note   string `yaml:"note"`
	Mend   string `yaml:"mend"`   // what is wrong with the first paper; the others will do
	Answer string `yaml:"answer"` // "": it waits
	Closed bool   `yaml:"closed"` // without a check
}

// checks writes what people sent to be looked through before a visit. Each package is for another service of those that demand papers.
func (b *builder) checks() {
	var list []checked
	if err := readFile("checks.yaml", &list); err != nil {
		b.fail("%w", err)
	}
	numbers, at := map[int]int{}, 0
	for i, c := range list {
		for at < len(b.offers) && (len(b.offers[at].centres) == 0 || len(b.documents(b.offers[at].service)) < 2) {
			at++
		}
		if at == len(b.offers) {
			b.fail("checks.yaml: there are too few services with papers")
			return
		}
		when := kyiv(b.today.AddDate(0, 0, -c.Days), 10, 15+i)
		numbers[when.Year()]++
		b.check(i, c, b.offers[at], when, checks.Number(when.Year(), numbers[when.Year()]))
		at++
	}
	for year := b.today.Year() - 1; year <= b.today.Year(); year++ {
		if n := numbers[year]; n > 0 {
			b.put("checks.counters", cell{"year", year}, cell{"last", n})
		}
	}
}

func (b *builder) check(i int, c checked, o *offer, at time.Time, number string) {
	s, err := secretOf(200_000 + i)
	if err != nil {
		b.fail("secret code: %w", err)
		return
	}
	id, sent := idAt(at, "check", fmt.Sprint(i)), b.sent(at, contract.KindCheck, i)
	centre := o.centres[0]
	answered := kyiv(workdays.DateOf(at).AddDate(0, 0, 1), 11, 30)
	p := checks.Package{State: checks.Open}
	if c.Answer != "" {
		until := checks.FilesUntil(answered)
		p.FilesUntil = &until
		if p.State, p.AnsweredAt = checks.Answered, &answered; c.Closed {
			p.State, p.AnsweredAt, p.ClosedAt = checks.Closed, nil, &answered
		}
	}
	b.put("checks.packages", cell{"id", id}, cell{"number", number}, cell{"message_id", sent.message}, cell{"receipt_number", sent.receipt},
		cell{"centre_id", idOf("centre", centre.Key)}, cell{"service_id", o.id}, cell{"note", c.Note}, cell{"name", c.Name},
		cell{"email", fmt.Sprintf("papers%d@example.com", i)}, cell{"language", "uk"}, cell{"state", string(p.State)}, cell{"sent_at", at},
		cell{"registered_at", at}, cell{"due_on", checks.DueOn(workdays.NewCalendar(nil), at)}, cell{"answered_at", p.AnsweredAt},
		cell{"closed_at", p.ClosedAt}, cell{"files_until", p.FilesUntil}, cell{"recipient", s.recipient})
	answer := contract.CheckAnswer{Papers: b.sentPapers(c, o, id, at), Text: c.Answer}
	if c.Answer != "" {
		b.checkAnswer(c, answer, id, s, answered, b.byCentre[centre.Key].head)
	}
	b.registered(sent, checks.Subject, id, number, s.hash)
}

// sentPapers writes two papers of a package and returns what was said of them.
func (b *builder) sentPapers(c checked, o *offer, id uuid.UUID, at time.Time) (said []contract.CheckedPaper) {
	for n, d := range b.documents(o.service)[:2] {
		file, name := idAt(at, "file of check", fmt.Sprint(id, n)), d.ID+".pdf"
		data, err := scan([]string{d.Name.UK, "Копія, яку надіслано для попередньої перевірки.", c.Name})
		if err != nil {
			b.fail("paper of a check: %w", err)
		}
		b.file(stored{
			id: file, purpose: documents.Received, title: d.Name, name: name, mediaType: "application/pdf",
			key: "received/" + file.String(), at: at, data: data,
		})
		verdict, remark := checks.Unjudged, ""
		if c.Answer != "" && !c.Closed {
			if verdict = checks.Fit; n == 0 && c.Mend != "" {
				verdict, remark = checks.Mend, c.Mend
			}
		}
		b.put("checks.papers", cell{"id", idAt(at, "paper of check", fmt.Sprint(id, n))}, cell{"package_id", id}, cell{"position", n + 1},
			cell{"document", d.ID}, cell{"title", d.Name.UK}, cell{"title_en", d.Name.EN}, cell{"file_name", name}, cell{"file_id", file},
			cell{"verdict", string(verdict)}, cell{"remark", remark})
		said = append(said, contract.CheckedPaper{Document: d.Name, File: name, Fit: verdict == checks.Fit, Remark: remark})
	}
	return said
}

func (b *builder) checkAnswer(c checked, answer contract.CheckAnswer, id uuid.UUID, s secret, at time.Time, by access.Actor) {
	kind := checks.KindAnswer
	if c.Closed {
		kind, answer.Papers = checks.KindClosing, []contract.CheckedPaper{}
	}
	raw, err := json.Marshal(answer)
	if err != nil {
		b.fail("answer to check: %w", err)
		return
	}
	sealed, err := seal.ForCode(s.recipient, raw)
	if err != nil {
		b.fail("seal answer: %w", err)
	}
	b.put("checks.answers", cell{"id", idAt(at, "answer to check", fmt.Sprint(id))}, cell{"package_id", id}, cell{"at", at}, cell{"kind", kind},
		cell{"text", c.Answer}, cell{"author_id", by.UserID}, cell{"author", by.Name}, cell{"sealed", sealed})
}
