package demo

import (
	"cmp"
	"encoding/json"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/contract"
	"portal.example/shared/locale"
)

func init() {
	register(part{name: "catalogue", after: []string{"accounts"}, build: (*builder).catalogue})
}

// offer is a service as cases use it: the versions of its card with the day from which each is in force.
type offer struct {
	service   *service
	authority *authority
	id        uuid.UUID
	cards     []version // oldest first, those that were or are in force
	tech      contract.TechCard
	techID    uuid.UUID
	centres   []*centre
	formID    *uuid.UUID
	formJSON  json.RawMessage
}

type version struct {
	id   uuid.UUID
	from time.Time
	card contract.Card
}

// cardOn returns the version in force on a date.
func (o *offer) cardOn(date time.Time) version {
	for _, v := range slices.Backward(o.cards) {
		if !v.from.After(date) {
			return v
		}
	}
	return o.cards[0]
}

// catalogue writes the services with their cards, forms, templates and links.
func (b *builder) catalogue() {
	b.services(func(a *authority, s *service) {
		o := &offer{service: s, authority: a, id: idOf("service", s.Key), techID: idOf("tech card", s.Key)}
		b.offers = append(b.offers, o)
		b.service(o)
		b.links(o)
		b.cardVersions(o, b.template(o))
		if len(b.offers) == 1 {
			b.sample(o)
		}
		b.techCard(o)
		b.form(o)
	})
}

func (b *builder) service(o *offer) {
	s := o.service
	b.put("catalogue.services", cell{"id", o.id}, cell{"code", s.Code}, cell{"name", s.Name.UK}, cell{"name_en", s.Name.EN},
		cell{"summary", s.Summary.UK}, cell{"summary_en", s.Summary.EN}, cell{"keywords", s.Keywords},
		cell{"category_id", idOf("subcategory", s.Category)}, cell{"authority_id", idOf("authority", o.authority.Key)},
		cell{"applicant_types", s.Applicants}, cell{"quick", s.Quick}, cell{"internal_notes", b.region.Note.UK},
		cell{"published", true}, cell{"updated_at", b.founded()})
}

func (b *builder) links(o *offer) {
	for _, k := range o.service.Situations {
		place, note := b.stepOf(o.service.Key, k)
		b.put("catalogue.service_situations", cell{"service_id", o.id}, cell{"situation_id", idOf("situation", k)}, cell{"step", place},
			cell{"note", note.UK}, cell{"note_en", note.EN})
	}
	for _, c := range b.centres {
		if len(o.service.Centres) == 0 || slices.Contains(o.service.Centres, c.Key) {
			o.centres = append(o.centres, c)
			b.put("catalogue.service_centres", cell{"service_id", o.id}, cell{"centre_id", idOf("centre", c.Key)})
		}
	}
}

// cardVersions writes the versions of the information card: an earlier one if there was, the present one, and one
// that staff are preparing if there is.
func (b *builder) cardVersions(o *offer, template contract.FileRef) {
	s := o.service
	card := b.card(o, template)
	from, number, change := b.founded(), 1, ""
	if e := s.Earlier; e != nil {
		old := card
		old.Term = contract.Term{Days: e.Term, Tacit: s.Tacit}
		if e.NoOnline {
			old.Filing = slices.DeleteFunc(slices.Clone(card.Filing), func(t locale.Text) bool { return t == b.region.Filing["online"] })
		}
		b.cardRow(o, cardRow{number: 1, state: "withdrawn", from: from, card: old})
		from, number, change = kyiv(b.today.AddDate(0, 0, -e.DaysAgo), 0, 0), 2, e.Change
	}
	b.cardRow(o, cardRow{number: number, state: "published", from: from, card: card, change: change})
	if n := s.Next; n != nil {
		coming := card
		coming.Term = contract.Term{Days: n.Term, Tacit: s.Tacit}
		b.cardRow(o, cardRow{number: number + 1, state: n.State, from: kyiv(b.today.AddDate(0, 0, n.InDays), 0, 0), card: coming, change: n.Change})
	}
}

type cardRow struct {
	number int
	state  string
	from   time.Time
	card   contract.Card
	change string
}

func (b *builder) cardRow(o *offer, r cardRow) {
	team := b.byOffice[o.authority.Key]
	id := idOf("card", o.service.Key+"/"+string(rune('0'+r.number)))
	from := dateOf(r.from)
	var approved, published *time.Time
	var approvedBy, publishedBy *uuid.UUID
	written := kyiv(from.AddDate(0, 0, -14), 11, 0)
	if written.After(b.dawn()) {
		written = kyiv(b.today.AddDate(0, 0, -6), 11, 0)
	}
	if r.state != "draft" {
		at := written.AddDate(0, 0, 2)
		approved, approvedBy = &at, &team.head.UserID
	}
	if r.state == "published" || r.state == "withdrawn" {
		at := written.AddDate(0, 0, 3)
		published, publishedBy = &at, &team.head.UserID
		o.cards = append(o.cards, version{id: id, from: from, card: r.card})
	}
	b.put("catalogue.cards", cell{"id", id}, cell{"service_id", o.id}, cell{"number", r.number}, cell{"state", r.state},
		cell{"effective_from", from}, cell{"content", asJSON(r.card)}, cell{"change_note", r.change}, cell{"created_at", written},
		cell{"created_by", team.members[0].UserID}, cell{"approved_at", approved}, cell{"approved_by", approvedBy},
		cell{"published_at", published}, cell{"published_by", publishedBy}, cell{"published", r.state == "published"})
}

// card puts the content of the present version together.
func (b *builder) card(o *offer, template contract.FileRef) contract.Card {
	s, r := o.service, &b.region
	return contract.Card{
		Description: locale.Text{UK: markup(s.Description.UK), EN: markup(s.Description.EN)},
		Conditions:  s.Conditions,
		Documents:   b.documents(s),
		Filing:      b.texts(r.Filing, "manner of filing", s.Key, s.Filing),
		Fee:         b.fee(o),
		Term:        contract.Term{Days: s.Term, Tacit: s.Tacit},
		Suspension:  b.grounds(s, s.Suspension),
		Refusal:     b.grounds(s, s.Refusal),
		Result:      s.Result,
		Delivery:    b.texts(r.Delivery, "way of delivery", s.Key, s.Delivery),
		Contacts:    o.authority.Contacts,
		Acts:        b.actRefs(s),
		Templates:   []contract.FileRef{template},
		Payout:      s.Payout,
		Questions:   questionsOf(s),
		Online:      onlineOf(s),
	}
}

func questionsOf(s *service) (list []contract.CardQuestion) {
	for _, q := range s.Questions {
		list = append(list, contract.CardQuestion{ID: q.ID, Text: q.Text, Stop: q.Stop, Advice: q.Advice})
	}
	return list
}

func onlineOf(s *service) (list []contract.OnlineWay) {
	for _, o := range s.Online {
		list = append(list, contract.OnlineWay{Name: o.Name, URL: o.URL})
	}
	return list
}

func (b *builder) documents(s *service) []contract.Document {
	out := make([]contract.Document, len(s.Documents))
	for i, d := range s.Documents {
		out[i] = d.own
		if d.use != "" {
			out[i] = pick(b, b.region.Documents, "document", d.use, s.Key)
			out[i].ID = d.use
		}
	}
	return out
}

func (b *builder) fee(o *offer) contract.Fee {
	f := o.service.Fee.own
	if o.service.Fee.use != "" {
		f = pick(b, b.region.Fees, "fee", o.service.Fee.use, o.service.Key)
	}
	out := contract.Fee{Paid: f.Paid, Amount: f.Amount, Grounds: f.Grounds}
	if f.Paid {
		out.Account = o.authority.Account
	}
	return out
}

func (b *builder) grounds(s *service, refs []groundRef) []contract.Ground {
	out := make([]contract.Ground, len(refs))
	for i, g := range refs {
		out[i] = g.own.ground()
		if g.use != "" {
			out[i] = contract.Ground{ID: g.use, Text: pick(b, b.region.Grounds, "ground", g.use, s.Key)}
		}
	}
	return out
}

func (b *builder) actRefs(s *service) []contract.ActRef {
	out := make([]contract.ActRef, len(s.Acts))
	for i, a := range s.Acts {
		key, note := a.own.Act, locale.Text{UK: a.own.UK, EN: a.own.EN}
		if a.use != "" {
			key, note = a.use, pick(b, b.region.ActNotes, "note to an act", a.use, s.Key)
		}
		if !slices.ContainsFunc(slices.Concat(b.acts.State, b.acts.Local), func(known act) bool { return known.Key == key }) {
			b.fail("%s: there is no act %q", s.Key, key)
		}
		out[i] = contract.ActRef{ID: idOf("act", key), Note: note}
	}
	return out
}

func (b *builder) techCard(o *offer) {
	o.tech = contract.TechCard{StatutoryDays: o.service.Term, Stages: make([]contract.TechStage, len(o.service.Stages))}
	for i, ref := range o.service.Stages {
		o.tech.Stages[i] = b.stage(o, ref)
	}
	team := b.byOffice[o.authority.Key]
	published := b.founded().AddDate(0, 0, -11)
	b.put("catalogue.tech_cards", cell{"id", o.techID}, cell{"service_id", o.id}, cell{"number", 1}, cell{"state", "published"},
		cell{"effective_from", dateOf(b.founded())}, cell{"content", asJSON(o.tech)}, cell{"created_at", b.founded().AddDate(0, 0, -14)},
		cell{"created_by", team.members[0].UserID}, cell{"published_at", published}, cell{"published", true})
}

func (b *builder) stage(o *offer, ref stageRef) contract.TechStage {
	st := ref.own
	if ref.use != "" {
		st = pick(b, b.region.Stages, "stage", ref.use, o.service.Key)
	}
	out := contract.TechStage{
		Name: st.Name, Official: pick(b, b.region.Officials, "official", st.Official, o.service.Key),
		Unit: b.region.CentreUnit, Action: st.Action, Days: st.Days, ID: cmp.Or(st.ID, ref.use), After: st.After,
	}
	for _, e := range st.Ends {
		out.Outcomes = append(out.Outcomes, contract.StageOutcome{ID: e.ID, Name: locale.Text{UK: e.UK, EN: e.EN}})
	}
	if st.When != "" {
		out.When = &contract.StageCondition{Outcome: st.When}
	}
	if out.Name.IsZero() {
		out.Name = locale.Text{UK: st.UK, EN: st.EN}
	}
	if st.Centre {
		return out
	}
	by := o.authority
	if st.Authority != "" {
		i := slices.IndexFunc(b.authorities, func(a *authority) bool { return a.Key == st.Authority })
		if i < 0 {
			b.fail("%s: there is no authority %q", o.service.Key, st.Authority)
			return out
		}
		by = b.authorities[i]
	}
	id := idOf("authority", by.Key)
	out.Unit, out.AuthorityID = pick(b, b.region.Units, "unit", st.Official, o.service.Key), &id
	return out
}

func (b *builder) form(o *offer) {
	f, ok := b.forms[o.service.Key]
	if ok != o.service.Quick {
		b.fail("%s: a quick service has a form and no other", o.service.Key)
	}
	if !ok {
		return
	}
	schema, err := f.schema()
	if err != nil {
		b.fail("form %s: %w", o.service.Key, err)
	}
	id := idOf("form", o.service.Key)
	o.formID, o.formJSON = &id, schema
	b.put("catalogue.forms", cell{"id", id}, cell{"service_id", o.id}, cell{"number", 1}, cell{"effective_from", dateOf(b.founded())},
		cell{"schema", schema}, cell{"created_at", b.founded()}, cell{"created_by", b.byOffice[o.authority.Key].head.UserID},
		cell{"state", "published"}, cell{"published", true}, cell{"published_at", b.founded()})
}

// markup makes the HTML of a description out of paragraphs and lists of lines that begin with "- ".
func markup(text string) string {
	var out strings.Builder
	for _, block := range strings.Split(strings.TrimSpace(text), "\n\n") {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		if !strings.HasPrefix(lines[0], "- ") {
			out.WriteString("<p>" + html.EscapeString(strings.Join(lines, " ")) + "</p>")
			continue
		}
		out.WriteString("<ul>")
		for _, l := range lines {
			out.WriteString("<li>" + html.EscapeString(strings.TrimPrefix(l, "- ")) + "</li>")
		}
		out.WriteString("</ul>")
	}
	return out.String()
}
