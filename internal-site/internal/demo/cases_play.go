package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/shared/contract"
	"portal.example/shared/workdays"
)

// player takes one case through the portal's own state machine, up to the day of loading.
type player struct {
	b      *builder
	f      filing
	r      *rand.Rand
	work   *cases.Work
	at     time.Time
	clerk  access.Actor // of the centre
	worker access.Actor // of the authority
	events int          // how many ids were made, to number the next
	result *time.Time   // when the result was uploaded
}

// play registers the case and plays it to its end, or up to the day of loading. Every step is one that staff could have done on the page.
func (b *builder) play(f filing, number string) *player {
	p := &player{b: b, f: f, r: rand.New(rand.NewPCG(2026, uint64(f.index)))} // #nosec G404 G115 -- made-up content has to be repeatable
	team := b.byCentre[f.centre.Key]
	p.clerk = team.members[f.index%len(team.members)]
	office := b.byOffice[f.offer.authority.Key]
	p.worker = office.members[f.index%len(office.members)]
	p.begin(number)
	if f.fate != untouched {
		p.run()
	}
	return p
}

func (p *player) begin(number string) {
	f, registered, by := p.f, p.f.filed, p.clerk
	if f.online {
		registered, by = f.filed.Add(2*time.Second), access.System("intake")
	}
	v := f.offer.cardOn(dateOf(f.filed))
	key := fmt.Sprint(f.index)
	c := cases.Case{
		ID: idAt(registered, "case", key), Number: number, CentreID: idOf("centre", f.centre.Key),
		AuthorityID: idOf("authority", f.offer.authority.Key), ServiceID: f.offer.id, CardID: v.id, TechCardID: &f.offer.techID,
		ApplicantID: idAt(registered, "applicant", key), Channel: cases.Counter, FiledAt: f.filed, RegisteredAt: registered, Tracked: f.tracked(),
	}
	if c.Tracked {
		s, err := secretOf(f.index)
		if err != nil {
			p.b.fail("secret code: %w", err)
		}
		c.Recipient = s.recipient
	}
	p.at = registered
	p.work = cases.Rehearse(c, v.card, f.offer.tech, workdays.Calendar{}, by, p.newID)
	if f.online {
		for i := range p.work.Events {
			p.work.Events[i].Actor = by.Audit().Name
		}
	}
}

// tracked says whether the applicant holds a secret code: online always, at the counter if they asked for one.
func (f filing) tracked() bool { return f.online || f.index%3 == 0 }

// newID makes ids that sort in the order in which they were made, like those of the running portal: events of one moment
// are shown in the order of their ids.
func (p *player) newID() uuid.UUID {
	p.events++
	return numbered(idAt(p.at, "part of case", fmt.Sprintf("%d/%d", p.f.index, p.events)), p.events)
}

// do performs an act at a moment. It returns false, and does nothing, when that moment is still in the future.
func (p *player) do(cmd cases.Command, who access.Actor, at time.Time) bool {
	if !at.Before(p.b.dawn()) {
		return false
	}
	p.at = at
	p.work.Desk = p.b.deskOf(who)
	if err := p.work.Do(cmd, who, at); err != nil {
		p.b.fail("case %d of %s: %s by %s: %w", p.f.index, p.f.offer.service.Key, cmd.Act, who.Login, err)
		return false
	}
	return true
}

func (p *player) run() {
	if !p.do(cases.Command{Act: cases.Take}, p.clerk, later(p.at, 0, p.r)) || p.f.fate == begun {
		return
	}
	decisive, taken := p.decisive(), map[uuid.UUID]bool{}
	for i := range p.work.Stages {
		s := p.work.Stages[i]
		if s.AuthorityID != nil && !taken[*s.AuthorityID] && s.State != cases.StageSkipped {
			taken[*s.AuthorityID] = true
			if !p.do(cases.Command{Act: cases.Take}, p.executor(s), later(p.at, 0, p.r)) {
				return
			}
			if own := *s.AuthorityID == p.work.Case.AuthorityID; own && (!p.pause() || !p.worked()) {
				return
			}
		}
		if s.State == cases.StageSkipped { // a refusal or its own condition left it out
			continue
		}
		if !p.stage(s, i == decisive, i == len(p.work.Stages)-1) {
			return
		}
	}
	p.do(cases.Command{Act: cases.Close}, p.clerk, later(p.at, 10+p.r.IntN(15), p.r))
}

// stage ends one stage with the act that fits it: a decision, the handing over of the result, or finishing the work.
func (p *player) stage(s cases.Stage, decides, last bool) bool {
	at := later(p.at, p.duration(s, last), p.r)
	switch who := p.who(s); {
	case decides:
		cmd := p.decision()
		return p.do(cmd, who, at) && p.corrected(cmd, who) && p.upload(who)
	case last && p.f.fate == left:
		p.wait(30) // for the day on which the applicant is reminded
		p.wait(30)
		return false
	case last:
		return p.do(cases.Command{Act: cases.Issue, Handed: cases.Handover{Recipient: cases.HandedApplicant, Document: "passport", Number: "000000000"}}, p.clerk, at)
	default:
		return p.do(cases.Command{Act: cases.FinishStage, Text: p.remark(), Chosen: p.ending(s)}, who, at)
	}
}

// ending is the way in which a stage ends that can end in several: mostly the first.
func (p *player) ending(s cases.Stage) string {
	ways := s.Outcomes()
	switch {
	case len(ways) == 0:
		return ""
	case p.r.IntN(3) == 0:
		return ways[len(ways)-1].ID
	}
	return ways[0].ID
}

func (p *player) upload(who access.Actor) bool {
	at := later(p.at, 0, p.r)
	if !p.do(cases.Command{Act: cases.Upload}, who, at) {
		return false
	}
	p.result = &at
	return true
}

// decisive is the stage at which the authority decides: its last one before the result goes back.
func (p *player) decisive() int {
	own := idOf("authority", p.f.offer.authority.Key)
	for i := len(p.work.Stages) - 1; i >= 0; i-- {
		if by := p.work.Stages[i].AuthorityID; by != nil && *by == own && p.f.offer.service.Stages[i].use != "return" {
			return i
		}
	}
	p.b.fail("%s: no stage at which its authority decides", p.f.offer.service.Key)
	return -1
}

// duration is how many working days a stage really takes: mostly less than it may.
func (p *player) duration(s cases.Stage, last bool) int {
	switch {
	case last: // until the applicant comes
		return p.r.IntN(6)
	case p.f.fate == late && s.AuthorityID != nil:
		return s.Days + 8 + p.r.IntN(25)
	case s.Days == 0:
		return 0
	}
	working := s.Days
	if s.Days >= 5 { // of calendar days a part is off
		working = s.Days * 5 / 7
	}
	return p.r.IntN(working + 1)
}

// who works on a stage: the centre, whoever holds the office that agrees or approves, or the authority's specialist.
func (p *player) who(s cases.Stage) access.Actor {
	if s.AuthorityID != nil && (s.Action == contract.ActionApproves || s.Action == contract.ActionAgrees) && s.Official != "" {
		return p.b.holderOf(*s.AuthorityID, s.Official)
	}
	return p.executor(s)
}

// executor is who takes the case within the party of a stage.
func (p *player) executor(s cases.Stage) access.Actor {
	switch {
	case s.AuthorityID == nil:
		return p.clerk
	case *s.AuthorityID == p.work.Case.AuthorityID:
		return p.worker
	}
	members := p.b.teamOf(*s.AuthorityID).members
	return members[p.f.index%len(members)]
}

// pause suspends the case when its fate says so. It returns false when the case is still suspended on the day of loading.
func (p *player) pause() bool {
	if p.f.fate != pausedOnce && p.f.fate != pausedStill {
		return true
	}
	grounds := p.work.Card.Suspension
	ground := grounds[p.r.IntN(len(grounds))]
	cmd, at := cases.Command{Act: cases.Suspend, Text: ground.Text.UK}, later(p.at, p.r.IntN(2), p.r)
	if ground.ID == "defects" {
		cmd.Ask = cases.Asking{Documents: []string{p.wanting().ID}, Until: dateOf(at).AddDate(0, 0, 30)}
	}
	if !p.do(cmd, p.worker, at) {
		return false
	}
	if ground.ID == "defects" && p.f.tracked() && !p.do(cases.Command{Act: cases.Message, Text: p.request()}, p.worker, later(p.at, 0, p.r)) {
		return false
	}
	if p.f.fate == pausedStill {
		return false
	}
	return p.do(cases.Command{Act: cases.Resume}, p.worker, later(p.at, 2+p.r.IntN(9), p.r))
}

// worked says whether the authority goes on with the case. Of one whose term it extends and of which it asks colleagues, and of
// one that it leaves until silence counts as consent, the rest is still to come.
func (p *player) worked() bool {
	switch p.f.fate {
	case extended:
		p.do(cases.Command{Act: cases.Extend, Extension: workdays.Span{Days: 5, In: workdays.InCalendar}, Text: "Очікуємо відомостей від власника мереж."},
			p.worker, later(p.at, 1, p.r))
		p.do(cases.Command{Act: cases.AskOpinion, Opinion: cases.OpinionAsking{Anybody: true, Days: 20}, Text: "Чи вистачить плану мереж 2019 року, чи просити новий?"},
			p.worker, later(p.at, 0, p.r))
		return false
	case silent:
		p.wait(120)
		return false
	}
	return true
}

// wait lets days go by until the portal writes something into the case by itself: at most so many, and none that is still to come.
func (p *player) wait(days int) {
	for day := range days {
		at := kyiv(dateOf(p.at).AddDate(0, 0, 1+day), 6, 0)
		if !at.Before(p.b.dawn()) {
			return
		}
		if p.work.Elapse(at) {
			p.at = at
			return
		}
	}
}

// request asks the applicant for a document of the list.
func (p *player) request() string {
	return "Будь ласка, принесіть до центру або надішліть новий примірник документа: " + lowerFirst(p.wanting().Name.UK) + "."
}

// wanting is the document of the list that is asked for anew.
func (p *player) wanting() contract.Document {
	asked := p.work.Card.Documents[0]
	for _, d := range p.work.Card.Documents {
		if d.Required {
			asked = d
		}
	}
	return asked
}

// remark is what an official sometimes notes at a stage; it stays inside.
func (p *player) remark() string {
	return []string{"", "", "", "Зауважень немає.", "Відомості звірено з реєстром.", "Передано без черги, пільгова категорія."}[p.r.IntN(6)]
}

// corrected corrects some refusals on the next day. It returns false when that is still to come.
func (p *player) corrected(made cases.Command, who access.Actor) bool {
	if made.Outcome != cases.Refused || p.f.index%6 != 2 {
		return true
	}
	return p.do(cases.Command{
		Act: cases.CorrectDecision, Text: "У рішенні не зазначено, якого саме документа бракує.", Grounds: made.Grounds,
		Reasoning: made.Text + " Бракує документа: " + lowerFirst(p.work.Card.Documents[0].Name.UK) + ".",
	}, who, later(p.at, 1, p.r))
}

// decision grants mostly and refuses sometimes, on a ground of the card.
func (p *player) decision() cases.Command {
	if p.r.IntN(100) >= 13 {
		return cases.Command{Act: cases.Decide, Outcome: cases.Granted}
	}
	g := p.work.Card.Refusal[p.r.IntN(len(p.work.Card.Refusal))]
	cmd := cases.Command{
		Act: cases.Decide, Outcome: cases.Refused, Grounds: []string{g.ID},
		Text: g.Text.UK + " Рішення можна оскаржити у встановленому законом порядку.",
	}
	if p.f.index%6 == 1 { // for the analysis of refusals that may be unlawful
		cmd.Grounds, cmd.OtherGround = []string{cases.OtherGround}, "Виконавець послуги перебуває у відпустці"
		cmd.Text = "Розглянути заяву в установлений строк немає змоги. Рішення можна оскаржити у встановленому законом порядку."
	}
	return cmd
}

// askedBy is who wrote the event under which an applicant was asked for something.
func (p *player) askedBy(event uuid.UUID) *uuid.UUID {
	for _, e := range p.work.Events {
		if e.ID == event {
			return e.ActorID
		}
	}
	return nil
}
