package services

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/importing"
	"portal.example/internal-site/internal/importing/report"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// plan compares a catalogue with what is stored and collects the statements that are needed, no others.
type plan struct {
	writer
	mapping *Mapping
	have    *stored
	newID   func() uuid.UUID
	today   time.Time
	added   int                // situations that were put behind the order of staff
	relaid  map[uuid.UUID]bool // situations that were there and whose services change
}

func newPlan(m *Mapping, have *stored, o importing.Options) *plan {
	now := o.Now()
	return &plan{
		writer: writer{source: m.Source, now: now}, mapping: m, have: have, newID: o.NewID, today: workdays.DateOf(now),
		relaid: map[uuid.UUID]bool{},
	}
}

func (p *plan) make(cat *Catalogue) error {
	for _, c := range cat.Categories {
		p.category(c)
	}
	for _, s := range cat.Situations {
		p.situation(s)
	}
	for _, a := range cat.Authorities {
		p.authority(a)
	}
	for _, a := range cat.Acts {
		p.act(a)
	}
	for _, s := range cat.Services {
		if err := p.service(s); err != nil {
			return err
		}
	}
	for _, s := range cat.Situations {
		if p.relaid[s.id] {
			p.touchSituation(s)
		}
	}
	return nil
}

// difference is one value that the database has otherwise.
type difference struct{ field, from, to string }

func differences(all ...difference) []difference {
	return slices.DeleteFunc(all, func(d difference) bool { return d.from == d.to })
}

func settle(row *report.Row, diffs []difference) (changed bool) {
	row.Stored = report.Same
	for _, d := range diffs {
		row.Update(d.field, d.from, d.to)
	}
	return len(diffs) > 0
}

// uniqueCode makes a code out of a name that nothing else has.
func (p *plan) uniqueCode(taken map[string]bool, name, key string) string {
	code := p.mapping.code(name)
	if code == p.mapping.CodePrefix || taken[code] {
		code = p.mapping.code(key)
	}
	for n := 2; taken[code]; n++ {
		code = fmt.Sprintf("%s-%d", p.mapping.code(key), n)
	}
	taken[code] = true
	return code
}

func (p *plan) category(c *Category) {
	old, known := p.have.categories[c.Key]
	if !known {
		c.id, c.row.Stored = p.newID(), report.Added
		p.addCategory(c, p.uniqueCode(p.have.categoryCodes, c.Name, c.Key))
		return
	}
	c.id = old.id
	if settle(c.row, differences(
		difference{"name", old.name, c.Name}, difference{"name_en", old.nameEN, c.NameEN},
		difference{"order", fmt.Sprint(old.position), fmt.Sprint(c.Position)}, difference{"parent", idText(old.parent), idText(parentID(c))},
	)) {
		p.updateCategory(c)
	}
}

// situation writes one, and leaves what staff have made of it: its names and its path, and the order of all of them.
func (p *plan) situation(s *Situation) {
	old, known := p.have.situations[s.Key]
	if !known {
		s.id, s.row.Stored = p.newID(), report.Added
		if p.have.placed {
			p.added++
			s.Position = p.have.last + 10*p.added
		}
		name := s.Name
		if s.NameEN != "" {
			name = s.NameEN
		}
		p.addSituation(s, p.uniqueCode(p.have.situationCodes, name, s.Key))
		return
	}
	s.id = old.id
	names := differences(difference{"name", old.name, s.Name}, difference{"name_en", old.nameEN, s.NameEN})
	order := differences(difference{"order", fmt.Sprint(old.position), fmt.Sprint(s.Position)})
	var theirs, ours []difference
	if old.byStaff {
		theirs, s.Name, s.NameEN = names, old.name, old.nameEN
	} else {
		ours = names
	}
	if p.have.placed {
		theirs, s.Position = append(theirs, order...), old.position
	} else {
		ours = append(ours, order...)
	}
	if settle(s.row, ours) {
		p.updateSituation(s)
	}
	p.keep(s.row, theirs)
}

// keep says what staff have otherwise, and leaves it.
func (p *plan) keep(row *report.Row, diffs []difference) {
	for _, d := range diffs {
		row.Note("staff_changed", d.field, cmp.Or(d.to, d.from))
	}
	if len(diffs) > 0 && row.Stored == report.Same {
		row.Stored = report.Kept
	}
}

// authority finds the authority by its name; what is stored of it is never touched, for staff keep it.
func (p *plan) authority(a *Authority) {
	a.row.Stored = report.Same
	if id, known := p.have.authorities[a.Key]; known {
		a.id = id
		return
	}
	a.id, a.row.Stored = p.newID(), report.Added
	p.addAuthority(a, p.uniqueCode(p.have.authorityCodes, a.Name, a.Key), p.mapping.Publish)
}

// act finds the act by its address, whoever entered it.
func (p *plan) act(a *Act) {
	a.row.Stored = report.Same
	if id, known := p.have.acts[a.URL]; known {
		a.id = id
		return
	}
	a.id, a.row.Stored = p.newID(), report.Added
	p.addAct(a, p.mapping.Publish)
}

func (p *plan) service(s *Service) error {
	old, known := p.have.services[s.Key]
	if !known {
		if p.have.serviceCodes[s.Code] {
			s.row.Refuse("code_taken", "", s.Code)
			return nil
		}
		s.id, s.row.Stored = p.newID(), report.Added
		p.addService(s, p.mapping.Publish)
		for _, l := range p.linkDifferences(s) {
			p.relink(s, l)
		}
		return p.addCard(s, p.firstCard(1))
	}
	s.id = old.id
	published := old.published || p.mapping.Publish
	diffs := serviceDifferences(old, s, published)
	links := p.linkDifferences(s)
	if old.byStaff {
		s.row.Stored = report.Same
		for _, l := range links {
			diffs = append(diffs, l.difference)
		}
		p.keep(s.row, diffs)
		return p.card(s)
	}
	if settle(s.row, diffs) {
		p.updateService(s, published)
	}
	for _, l := range links {
		if p.relink(s, l) {
			s.row.Update(l.field, l.from, l.to)
		}
	}
	return p.card(s)
}

func serviceDifferences(old storedService, s *Service, published bool) []difference {
	return differences(
		difference{"name", old.name, s.Name}, difference{"summary", old.summary, s.Summary}, difference{"keywords", old.keywords, s.Keywords},
		difference{"category", idText(old.category), idText(s.categoryID())}, difference{"authority", idText(old.authority), idText(s.authorityID())},
		difference{"applicants", strings.Join(old.applicants, ", "), strings.Join(s.Applicants, ", ")},
		difference{"published", fmt.Sprint(old.published), fmt.Sprint(published)},
	)
}

// link is a life situation that a service comes to, or leaves.
type link struct {
	difference // names it: in from one that is to go, in to one that is to come
	situation  uuid.UUID
	comes      bool
}

// linkDifferences compares the life situations of a service.
func (p *plan) linkDifferences(s *Service) []link {
	var links []link
	have := p.have.links[s.id]
	for _, t := range s.Situations {
		if !slices.Contains(have, t.id) {
			links = append(links, link{difference{"situation", "", t.Name}, t.id, true})
		}
	}
	for _, id := range have {
		if !slices.ContainsFunc(s.Situations, func(t *Situation) bool { return t.id == id }) {
			links = append(links, link{difference{"situation", p.have.situationNames[id], ""}, id, false})
		}
	}
	return links
}

// relink brings a service to a life situation, or takes it out. The path of a situation that staff have changed is theirs: it is said, and
// the answer is false.
func (p *plan) relink(s *Service, l link) bool {
	switch {
	case p.have.keptSituations[l.situation]:
		p.keep(s.row, []difference{l.difference})
		return false
	case l.comes:
		p.linkSituation(s, l.situation)
	default:
		p.unlinkSituation(s, l.situation)
	}
	if _, there := p.have.situationNames[l.situation]; there {
		p.relaid[l.situation] = true
	}
	return true
}

func (p *plan) firstCard(number int) newCard {
	return newCard{id: p.newID(), number: number, effective: p.mapping.effective, published: p.mapping.Publish, note: p.note()}
}

// note is what the history of a card says of a version that was imported; it is kept in Ukrainian.
func (p *plan) note() string {
	return report.Words.In(locale.UK).T("import.note", cmp.Or(p.mapping.Title, p.mapping.Source))
}

// card writes a new version when the source has changed since the last one that was imported. A version of
// staff on top of it is their decision: the import reports and leaves it.
func (p *plan) card(s *Service) error {
	versions := p.have.cards[s.id]
	imported := lastImported(versions)
	if imported == nil {
		if len(versions) > 0 {
			return p.leave(s, versions[len(versions)-1])
		}
		s.row.Update("card", "", "1")
		return p.addCard(s, p.firstCard(1))
	}
	newest := versions[len(versions)-1]
	same := sameCard(imported.content, s.card())
	waiting := newest.id == imported.id && newest.state == "draft" && p.mapping.Publish // for being published
	switch {
	case same && !waiting:
		return nil
	case newest.id != imported.id, newest.state == "withdrawn":
		return p.leave(s, newest)
	case newest.state == "draft":
		return p.draft(s, newest, same)
	}
	c := p.firstCard(newest.number + 1)
	c.effective = newest.effective
	if p.today.After(c.effective) {
		c.effective = p.today
	}
	c.published = true // its predecessor is
	s.row.Update("card", fmt.Sprint(newest.number), fmt.Sprint(c.number))
	if err := p.addCard(s, c); err != nil {
		return err
	}
	if !c.effective.After(p.today) {
		p.retire(s, c.number)
	}
	return nil
}

// leave reports that staff have a version of their own, unless it says the same.
func (p *plan) leave(s *Service, theirs storedCard) error {
	if !sameCard(theirs.content, s.card()) {
		s.row.Note("staff_changed", "card", fmt.Sprint(theirs.number))
		if s.row.Stored == report.Same {
			s.row.Stored = report.Kept
		}
	}
	return nil
}

func (p *plan) draft(s *Service, draft storedCard, same bool) error {
	s.row.Update("card", fmt.Sprint(draft.number), fmt.Sprint(draft.number))
	if !same {
		if err := p.changeDraft(s, draft.id); err != nil {
			return err
		}
	}
	if p.mapping.Publish {
		p.publishDraft(draft.id)
	}
	return nil
}

func lastImported(versions []storedCard) *storedCard {
	for i := len(versions) - 1; i >= 0; i-- {
		if !versions[i].byStaff {
			return &versions[i]
		}
	}
	return nil
}

// sameCard compares contents as they are stored.
func sameCard(a, b contract.Card) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

func (s *Service) categoryID() *uuid.UUID {
	if s.Category == nil {
		return nil
	}
	return &s.Category.id
}

func (s *Service) authorityID() *uuid.UUID {
	if s.Authority == nil {
		return nil
	}
	return &s.Authority.id
}

func idText(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}
