package cards_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/cards"
	"portal.example/internal-site/internal/web/formtree"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/workdays"
)

// shelf is a service with one draft and one version in force of each kind, kept in memory.
type shelf struct {
	service          catalogue.Service
	cards            *memory[contract.Card]
	tech             *memory[contract.TechCard]
	forms            *memory[forms.Sketch]
	authority, other uuid.UUID
}

func newShelf() *shelf {
	service, authority, other := uuid.New(), uuid.New(), uuid.New()
	rules := catalogue.NewStore(nil).At(webtest.Now) // its rules need no database
	return &shelf{
		service: catalogue.Service{
			ID: service, Code: "00034", Name: locale.Text{UK: "Призначення допомоги"}, AuthorityID: &authority,
			Authority: locale.Text{UK: "Управління соціального захисту"},
		},
		cards:     newMemory(service, rules.Cards, fixture.Card()),
		tech:      newMemory(service, rules.TechCards, fixture.TechCard(authority, other)),
		forms:     newMemory(service, rules.Forms, sketch()),
		authority: authority, other: other,
	}
}

func (s *shelf) area() area.Area {
	return cards.Area(cards.Deps{Services: s, Cards: s.cards, TechCards: s.tech, Forms: s.forms, Orgs: organisations{s}, Files: s, Vault: s})
}

// head is the head of the service's authority at the pages.
func (s *shelf) head(t *testing.T) webtest.Client {
	t.Helper()
	return webtest.Alone(t, webtest.Member(access.AuthorityHead, access.InAuthority(s.authority)), s.area())
}

func (s *shelf) Object(context.Context, uuid.UUID) (access.Object, error) {
	return s.service.Object(), nil
}

// Choices are those of the fixture's form.
func (s *shelf) Choices(context.Context, uuid.UUID) ([]forms.Choice, error) {
	form, err := forms.Parse(fixture.Form)
	if err != nil {
		return nil, err
	}
	return form.Choices(), nil
}

func (s *shelf) CardDocuments(context.Context, uuid.UUID) ([]contract.Document, error) {
	return s.cards.draft.Content.Documents, nil
}

func (s *shelf) Acts(context.Context) ([]catalogue.Choice, error) { return nil, nil }

func (s *shelf) ActDetails(context.Context, []contract.ActRef) ([]catalogue.Act, error) {
	return nil, nil
}

func (s *shelf) Get(context.Context, uuid.UUID) (catalogue.Service, error) { return s.service, nil }

func (*shelf) Samples(context.Context, access.Actor, uuid.UUID) (catalogue.Samples, error) {
	gone := time.Now()
	return catalogue.Samples{List: []catalogue.Sample{
		{File: documents.File{ID: uuid.New(), Title: "Заповнена заява", FileName: "a.pdf"}, Alt: locale.Text{UK: "Що на зразку"}},
		{File: documents.File{ID: uuid.New(), Title: "Стара заява", FileName: "b.pdf"}, Alt: locale.Text{UK: "Чого вже немає"}, WithdrawnAt: &gone},
	}}, nil
}

func (s *shelf) Templates(context.Context, access.Actor, uuid.UUID) ([]documents.File, error) {
	return nil, nil
}

func (s *shelf) AddTemplate(context.Context, access.Actor, documents.File) error { return nil }

func (s *shelf) Open(context.Context, documents.File) (io.ReadCloser, error) {
	return nil, fault.New(fault.NotFound, "")
}

func (s *shelf) Put(_ context.Context, f documents.File, _ []byte) (documents.File, error) {
	return f, nil
}

func (s *shelf) Undo(_ context.Context, cause error, _ ...documents.File) error { return cause }

// sketch is the fixture's form as it is written.
func sketch() (s forms.Sketch) {
	if err := json.Unmarshal(fixture.Form, &s); err != nil {
		panic(err)
	}
	return s
}

// memory keeps a draft and a version in force.
type memory[C any] struct {
	*catalogue.Versions[C] // for its rules
	draft, inForce         catalogue.Version[C]
}

func newMemory[C any](service uuid.UUID, rules *catalogue.Versions[C], content C) *memory[C] {
	today := time.Date(2026, 11, 18, 0, 0, 0, 0, time.UTC)
	m := catalogue.Meta{ServiceID: service, Number: 1, State: catalogue.Published, EffectiveFrom: today, Version: 1}
	inForce, draft := m, m
	inForce.ID, draft.ID, draft.Number, draft.State = uuid.New(), uuid.New(), 2, catalogue.Draft
	return &memory[C]{
		Versions: rules, draft: catalogue.Version[C]{Meta: draft, Content: content}, inForce: catalogue.Version[C]{Meta: inForce, Content: content},
	}
}

func (m *memory[C]) Get(_ context.Context, id uuid.UUID) (catalogue.Version[C], error) {
	if id == m.inForce.ID {
		return m.inForce, nil
	}
	return m.draft, nil
}

func (m *memory[C]) InForce(context.Context, uuid.UUID) (catalogue.Version[C], error) {
	return m.inForce, nil
}

// Agree is for the store to say.
func (m *memory[C]) Agree(context.Context, catalogue.Version[C]) error { return nil }

func (m *memory[C]) LastChange(context.Context, uuid.UUID) (audit.Change, error) {
	return audit.Change{}, nil
}

func (m *memory[C]) Save(_ context.Context, _ access.Actor, v catalogue.Version[C]) error {
	if v.Version != m.draft.Version {
		return fault.New(fault.Conflict, "")
	}
	m.draft.Content, m.draft.ChangeNote = v.Content, v.ChangeNote
	m.draft.Version++
	return nil
}

func (m *memory[C]) path(kind string) string {
	return "/services/" + m.draft.ServiceID.String() + "/" + kind + "/" + m.draft.ID.String()
}

// form is the draft's form as a browser would send it.
func (m *memory[C]) form() url.Values {
	form := formtree.Encode(m.draft.Content)
	for name, value := range map[string]string{
		"version": "1", "effective_from-day": "18", "effective_from-month": "11", "effective_from-year": "2026", "fee.kind": "free", "do": "save",
	} {
		form.Set(name, value)
	}
	return form
}

// organisations is a view of the shelf, whose Get is the catalogue's.
type organisations struct{ *shelf }

func (o organisations) Names(context.Context, org.Kind) ([]org.Name, error) {
	return []org.Name{
		{ID: o.authority, Name: locale.Text{UK: "Управління соціального захисту"}}, {ID: o.other, Name: locale.Text{UK: "Пенсійний фонд"}},
	}, nil
}

func (organisations) Calendar(context.Context) (workdays.Calendar, error) {
	return workdays.Calendar{}, nil
}

func (organisations) Get(context.Context, org.Kind, uuid.UUID) (org.Organisation, error) {
	return org.Organisation{}, fault.New(fault.NotFound, "")
}

// The comparison with the version in force is in words, and shows what differs alone.
func TestChangesAreReadOutInWords(t *testing.T) {
	s := newShelf()
	s.cards.draft.Content.Documents = append(s.cards.draft.Content.Documents[:len(s.cards.draft.Content.Documents):len(s.cards.draft.Content.Documents)],
		contract.Document{ID: "new", Name: locale.Text{UK: "Довідка про доходи", EN: "Proof of income"}, Form: "copy"})
	s.tech.draft.Content.Stages = append([]contract.TechStage{}, s.tech.draft.Content.Stages...)
	s.tech.draft.Content.Stages[0].Action, s.tech.draft.Content.Stages[0].AuthorityID = contract.ActionAgrees, &s.other
	c := s.head(t)
	page := c.Get(s.cards.path("cards")).Body.String()
	for _, want := range []string{"Довідка про доходи · копія · потрібен не завжди", ">Proof of income<", "Ще 3 рядки без змін"} {
		if !strings.Contains(plainText(page), want) && !strings.Contains(page, want) {
			t.Errorf("the card's changes have no %q", want)
		}
	}
	if strings.Contains(page, "(?)") || strings.Contains(page, "· show") {
		t.Error("codes among the words")
	}
	page = c.Get(s.tech.path("tech-cards")).Body.String()
	if !strings.Contains(page, "Пенсійний фонд") || !strings.Contains(page, "погоджує (П)") || !strings.Contains(page, "Ще ") {
		t.Error("the stage that changed is not read out")
	}
}

var tags = regexp.MustCompile(`<[^>]*>`)

func plainText(page string) string { return tags.ReplaceAllString(page, "") }

// Everything that is wrong is told at once, and an amount beside «free of charge» is kept and asked about.
func TestMistakesOfAFormAreToldAtOnce(t *testing.T) {
	s := newShelf()
	form := s.cards.form()
	form.Set("effective_from-year", "2019")
	form.Set("fee.amount", "12,345 грн")
	form.Set("term.days", "десять")
	form.Set("change_note", strings.Repeat("д", 1001))
	w := s.head(t).Multipart(s.cards.path("cards")+"/edit", form, "", "", nil)
	page := w.Body.String()
	for _, want := range []string{`href="#effective_from"`, `href="#fee.amount"`, `href="#term.days"`, `href="#change_note"`, `value="12,345 грн"`, `value="десять"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
	if s.cards.draft.Version != 1 {
		t.Error("it was saved all the same")
	}
}

// The form posts to its page without the part after "#", so that the answer is read from its top.
func TestFormForgetsTheRowThatWasAdded(t *testing.T) {
	s := newShelf()
	c := s.head(t)
	for kind, path := range map[string]string{"cards": s.cards.path("cards"), "tech-cards": s.tech.path("tech-cards")} {
		page := c.Get(path + "/edit").Body.String()
		if !strings.Contains(page, `<form method="post" action="?"`) || !strings.Contains(page, `name="base"`) {
			t.Errorf("%s: a form without its address, or that does not say what it began with", kind)
		}
	}
}
