package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/seal"
	"portal.example/shared/workdays"
)

func init() {
	register(part{name: "cases", after: []string{"accounts", "catalogue", "offices"}, build: (*builder).cases})
}

// casePattern is the pattern of numbers that every centre has by default.
const casePattern = "{centre}-{year}-{number:6}"

// cases writes the cases with their applicants, stages, events and files.
func (b *builder) cases() {
	r := rand.New(rand.NewPCG(2026, 352)) // #nosec G404 -- made-up content has to be repeatable
	last := map[string]map[int]int{}
	for _, f := range b.plan(r) {
		year := f.filed.Year()
		if last[f.centre.Key] == nil {
			last[f.centre.Key] = map[int]int{}
		}
		last[f.centre.Key][year]++
		p := b.play(f, cases.Number(casePattern, f.centre.Code, year, last[f.centre.Key][year]))
		b.caseRows(p)
	}
	for _, c := range b.centres {
		for year := b.founded().Year(); year <= b.today.Year(); year++ {
			if n := last[c.Key][year]; n > 0 {
				b.put("cases.counters", cell{"centre_id", idOf("centre", c.Key)}, cell{"year", year}, cell{"last", n})
			}
		}
	}
}

// secret is what an applicant who follows a case holds.
type secret struct {
	code      seal.Code
	hash      []byte
	recipient string
}

// secretOf derives the code of a case from its index alone, so that the demo can print the code later.
func secretOf(index int) (secret, error) {
	var seed [32]byte
	id := idOf("secret code", fmt.Sprint(index))
	copy(seed[:], id[:])
	code, err := seal.NewCode(rand.NewChaCha8(seed))
	if err != nil {
		return secret{}, err
	}
	hash := code.Hash()
	return secret{code: code, hash: hash[:], recipient: code.Recipient()}, nil
}

func (b *builder) caseRows(p *player) {
	c, f := p.work.Case, p.f
	var s secret
	if c.Tracked {
		var err error
		if s, err = secretOf(f.index); err != nil {
			b.fail("secret code: %w", err)
		}
	}
	c.Answers = json.RawMessage(`{}`)
	received := f.attached(p.work.Card)
	if f.online {
		p.online(&c, &received)
		b.answer(c, s)
	}
	b.applicant(c, f)
	b.caseRow(c, s, p.work.Events)
	b.parts(p, c)
	b.papers(p, c, received, s)
}

func (b *builder) applicant(c cases.Case, f filing) {
	a := f.applicant
	b.put("cases.applicants", cell{"id", c.ApplicantID}, cell{"kind", a.Kind}, cell{"surname", a.Surname}, cell{"given_name", a.GivenName},
		cell{"patronymic", a.Patronymic}, cell{"entity", a.Entity}, cell{"tax_number", a.TaxNumber}, cell{"edrpou", a.EDRPOU},
		cell{"passport", a.Passport}, cell{"address", a.Address}, cell{"phone", a.Phone}, cell{"email", a.Email},
		cell{"created_at", c.RegisteredAt})
}

// momentOf is when the history first tells of something; nil when it does not.
func momentOf(events []cases.Event, kind cases.EventKind) *time.Time {
	i := slices.IndexFunc(events, func(e cases.Event) bool { return e.Kind == kind })
	if i < 0 {
		return nil
	}
	return &events[i].At
}

func (b *builder) caseRow(c cases.Case, s secret, events []cases.Event) {
	b.put("cases.cases", cell{"id", c.ID}, cell{"number", c.Number}, cell{"centre_id", c.CentreID}, cell{"authority_id", c.AuthorityID},
		cell{"service_id", c.ServiceID}, cell{"card_id", c.CardID}, cell{"tech_card_id", c.TechCardID}, cell{"form_id", c.FormID},
		cell{"applicant_id", c.ApplicantID}, cell{"channel", c.Channel}, cell{"message_id", c.MessageID},
		cell{"receipt_number", c.ReceiptNumber}, cell{"state", string(c.State)}, cell{"outcome", string(c.Outcome)},
		cell{"refusal_grounds", grounds(c)}, cell{"decision_note", c.DecisionNote}, cell{"answers", c.Answers},
		cell{"filed_at", c.FiledAt}, cell{"registered_at", c.RegisteredAt}, cell{"due_on", c.DueOn}, cell{"decided_at", c.DecidedAt},
		cell{"closed_at", c.ClosedAt}, cell{"assigned_to", c.AssignedTo}, cell{"code_hash", s.hash}, cell{"recipient", c.Recipient},
		cell{"tracked", c.Tracked}, cell{"version", len(events)},
		cell{"extensions", append([]cases.Extension{}, c.Extensions...)}, cell{"stored_until", c.StoredUntil}, cell{"uncollected_at", c.UncollectedAt},
		cell{"tacit_at", momentOf(events, cases.EventTacit)})
}

// parts writes the stages, the events, the opinions asked for and whose turn it is.
func (b *builder) parts(p *player, c cases.Case) {
	for _, st := range p.work.Stages {
		b.put("cases.stages", cell{"id", st.ID}, cell{"case_id", c.ID}, cell{"position", st.Position}, cell{"name", st.Name},
			cell{"name_en", st.NameEN}, cell{"action", st.Action}, cell{"authority_id", st.AuthorityID}, cell{"official", st.Official},
			cell{"days", st.Days}, cell{"state", string(st.State)}, cell{"started_at", st.StartedAt}, cell{"due_on", st.DueOn},
			cell{"finished_at", st.FinishedAt}, cell{"finished_by", st.FinishedBy}, cell{"note", st.Note}, cell{"tracked", c.Tracked},
			cell{"plan", st.Plan}, cell{"outcome", st.Outcome})
	}
	for _, e := range p.work.Events {
		b.put("cases.events", cell{"id", e.ID}, cell{"case_id", c.ID}, cell{"at", e.At}, cell{"kind", string(e.Kind)}, cell{"text", e.Text.UK},
			cell{"text_en", e.Text.EN}, cell{"typed", e.Typed}, cell{"sealed", e.Sealed}, cell{"actor_id", e.ActorID}, cell{"actor", e.Actor},
			cell{"published", e.Published}, cell{"about", e.About}, cell{"instead_of", e.InsteadOf},
			cell{"grounds", e.Grounds}, cell{"asked", e.Asked})
	}
	for _, a := range p.work.Asked {
		var until *time.Time
		if !a.Until.IsZero() {
			until = &a.Until
		}
		b.put("cases.corrections", cell{"id", a.ID}, cell{"case_id", c.ID}, cell{"ground", a.Ground}, cell{"documents", append([]string{}, a.Documents...)},
			cell{"until", until}, cell{"asked_at", a.AskedAt}, cell{"asked_by", p.askedBy(a.ID)})
	}
	for _, o := range p.work.OpinionsAsked {
		b.put("cases.opinions_asked", cell{"event_id", o.ID}, cell{"case_id", c.ID}, cell{"place", o.Place}, cell{"asked_by", o.By}, cell{"person", o.Of},
			cell{"asked_at", o.At}, cell{"due_on", o.DueOn})
	}
	for _, t := range p.work.Turns() {
		b.put("cases.turns", cell{"case_id", c.ID}, cell{"place", t.Place.ID}, cell{"kind", string(t.Place.Kind)}, cell{"standing", string(t.Standing)},
			cell{"stage_id", t.StageID}, cell{"office", t.Office}, cell{"person", t.Person}, cell{"due_on", t.DueOn}, cell{"since", t.Since})
		if a, ok := p.work.Assigned[t.Place]; ok {
			b.put("cases.assignments", cell{"case_id", c.ID}, cell{"place", t.Place.ID}, cell{"person", a.Person}, cell{"since", a.Since},
				cell{"assigned_by", a.By})
		}
	}
}

// answer is what the citizen's page shows of a submission that became a case.
func (b *builder) answer(c cases.Case, s secret) {
	b.put("submission.answers", cell{"message_id", *c.MessageID}, cell{"receipt_number", c.ReceiptNumber},
		cell{"kind", contract.KindApplication}, cell{"outcome", "registered"}, cell{"subject", "case"}, cell{"subject_id", c.ID},
		cell{"subject_number", c.Number}, cell{"case_id", c.ID}, cell{"case_number", c.Number},
		cell{"code_hash", s.hash}, cell{"answered_at", c.RegisteredAt})
}

// papers writes what the applicant handed in and, once there is one, the result with its sealed twin.
func (b *builder) papers(p *player, c cases.Case, received []contract.Document, s secret) {
	for i, d := range received {
		data := b.paper(c, p.f, d.Name.UK, "Копія документа, поданого разом із заявою.")
		b.file(stored{
			id: receivedID(c, i), purpose: documents.Received, title: d.Name, name: d.ID + ".pdf", mediaType: "application/pdf",
			key: "received/" + receivedID(c, i).String(), ofCase: &c.ID, by: uploader(p, p.f.online), at: c.RegisteredAt, data: data,
		})
	}
	if p.result == nil {
		return
	}
	text := "Послугу надано. " + granted(p.f.offer.service.Result.UK)
	if c.Outcome == cases.Refused {
		text = "Вмотивована відмова. " + c.DecisionNote
	}
	data := b.paper(c, p.f, p.f.offer.service.Name.UK, text)
	id := idAt(*p.result, "result", c.Number)
	b.file(stored{
		id: id, purpose: documents.Result, title: locale.Text{UK: "Рішення у справі " + c.Number, EN: "Decision in case " + c.Number},
		name: "rishennia-" + c.Number + ".pdf", mediaType: "application/pdf", key: "results/" + id.String(), ofCase: &c.ID,
		by: &p.worker.UserID, at: *p.result, data: data,
	})
	b.issued(id, c, *p.result, data)
	if c.Tracked {
		b.sealed(p, c, data, s)
	}
}

// issued lets anybody check the result, by a number that the same case has in every demo.
func (b *builder) issued(file uuid.UUID, c cases.Case, at time.Time, data []byte) {
	drawn := sha256.Sum256([]byte("issued " + c.Number))
	number, err := contract.NewDocumentNumber(bytes.NewReader(drawn[:]))
	if err != nil {
		b.fail("number of a document: %w", err)
	}
	sum := sha256.Sum256(data)
	b.put("documents.issued", cell{"id", idAt(at, "issued", c.Number)}, cell{"file_id", file}, cell{"number", number},
		cell{"authority_id", c.AuthorityID}, cell{"issued_on", workdays.DateOf(at)}, cell{"sha256", hex.EncodeToString(sum[:])})
}

// granted is the result of a service without the refusal that a card names beside it.
func granted(result string) string {
	for _, or := range []string{" або вмотивована відмова", " чи вмотивована відмова"} {
		result = strings.Replace(result, or, "", 1)
	}
	return result
}

func (b *builder) sealed(p *player, c cases.Case, data []byte, s secret) {
	packed, err := seal.ForCode(s.recipient, data)
	if err != nil {
		b.fail("seal result: %w", err)
	}
	id := idAt(*p.result, "sealed result", c.Number)
	b.file(stored{
		id: id, purpose: documents.SealedResult, title: locale.Text{UK: "Результат", EN: "Result"}, name: "result-" + c.Number + ".pdf",
		mediaType: "application/pdf", key: "sealed/" + id.String(), ofCase: &c.ID, by: &p.worker.UserID, at: *p.result,
		published: c.State != cases.Closed, data: packed,
	})
}

// paper is a scanned page of a case.
func (b *builder) paper(c cases.Case, f filing, title, text string) []byte {
	data, err := b.draw([]string{
		b.region.Name.UK + ". Демонстраційний документ, юридичної сили не має.",
		f.offer.authority.Name.UK, title,
		"Справа № " + c.Number + " від " + c.FiledAt.Format("02.01.2006"),
		"Заявник: " + f.applicantName(), text,
	})
	if err != nil {
		b.fail("paper of case %s: %w", c.Number, err)
	}
	return data
}

func receivedID(c cases.Case, i int) uuid.UUID {
	return idAt(c.RegisteredAt, "received", fmt.Sprintf("%s/%d", hex.EncodeToString(c.ID[:]), i))
}

// uploader is who put a received file into the register: nobody when it came online.
func uploader(p *player, online bool) *uuid.UUID {
	if online {
		return nil
	}
	return &p.clerk.UserID
}

// online makes the case one that came as a submission, with its answers and the files that they name.
func (p *player) online(c *cases.Case, received *[]contract.Document) {
	id := idAt(p.f.filed, "message", fmt.Sprint(p.f.index))
	var seed [32]byte
	copy(seed[:], id[:])
	number, err := contract.NewReceiptNumber(rand.NewChaCha8(seed))
	if err != nil {
		p.b.fail("receipt number: %w", err)
	}
	c.Channel, c.MessageID, c.ReceiptNumber, c.FormID = cases.Online, &id, number, p.f.offer.formID
	c.Answers, *received, err = fillIn(p.f, *c, p.r)
	if err != nil {
		p.b.fail("form of %s: %w", p.f.offer.service.Key, err)
	}
}

// dated is a date as a form keeps it.
func dated(t time.Time) string { return t.Format(time.DateOnly) }

// grounds of a refusal, as a column that is never null.
func grounds(c cases.Case) []string {
	if c.Grounds == nil {
		return []string{}
	}
	return c.Grounds
}
