package cases_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/offices"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/cases"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/workdays"
)

// played is a store of one case, which goes by the rules of the domain and is in no database.
type played struct {
	cases.Cases          // what pages of one case do not ask for
	w                    *domain.Work
	now                  time.Time
	centre, authority    uuid.UUID
	clerk, officer, head access.Actor
	partner              access.Actor
	names                domain.Names
	files                []documents.File
	colleagues           []offices.Colleague
	holders              []offices.Holder
	beside               domain.Neighbours
	undo                 domain.Undo // what was done last, if it can be taken back
	undone               []int       // versions that were taken back
	replies              []domain.Reply
	drafts               map[string]domain.Draft
}

// play registers a case of the fixture's cards.
func play(change ...func(*domain.Case)) *played {
	p := &played{now: fixture.Now, centre: uuid.New(), authority: uuid.New()}
	other := uuid.New()
	p.clerk = webtest.Member(access.Administrator, access.InCentre(p.centre))
	p.officer = webtest.Member(access.Officer, access.InAuthority(p.authority))
	p.head = webtest.Member(access.AuthorityHead, access.InAuthority(p.authority))
	p.partner = webtest.Member(access.Officer, access.InAuthority(other))
	c := domain.Case{
		ID: uuid.New(), Number: "01-2026-000001", CentreID: p.centre, AuthorityID: p.authority, Channel: domain.Online, FiledAt: p.now,
		RegisteredAt: p.now, Tracked: true, Version: 1, Answers: []byte("{}"),
	}
	for _, fn := range change {
		fn(&c)
	}
	p.w = domain.Rehearse(c, fixture.Card(), fixture.TechCard(p.authority, other), workdays.Calendar{}, p.clerk, uuid.New)
	return p
}

func (p *played) SavedViews(context.Context, access.Actor) ([]domain.SavedView, error) {
	return nil, nil
}

func (p *played) as(t *testing.T, who access.Actor) webtest.Client {
	t.Helper()
	return webtest.Alone(t, who, cases.Area(cases.Deps{Cases: p, Orgs: p}))
}

// must does acts, each by whoever may.
func (p *played) must(t *testing.T, cmds ...domain.Command) {
	t.Helper()
	for _, cmd := range cmds {
		i := slices.IndexFunc([]access.Actor{p.clerk, p.officer, p.partner}, func(a access.Actor) bool { return p.w.May(a, cmd.Act) })
		if i < 0 {
			t.Fatalf("nobody may %s", cmd.Act)
		}
		who := []access.Actor{p.clerk, p.officer, p.partner}[i]
		if err := p.Do(t.Context(), who, p.w.Case.ID, p.w.Case.Version, cmd); err != nil {
			t.Fatal(cmd.Act, err)
		}
	}
}

// toDecision brings the case to the stage in which it is decided.
func (p *played) toDecision(t *testing.T) *played {
	t.Helper()
	p.must(t, domain.Command{Act: domain.Take}, domain.Command{Act: domain.FinishStage}, domain.Command{Act: domain.FinishStage})
	return p
}

func (p *played) Object(context.Context, uuid.UUID) (access.Object, error) {
	return p.w.Case.Object(p.w.Stages), nil
}

func (p *played) List(context.Context, access.Actor, domain.Filter) ([]domain.Row, int, error) {
	return []domain.Row{{ID: p.w.Case.ID, Number: p.w.Case.Number, State: p.w.Case.State}}, 1, nil
}

func (p *played) Count(_ context.Context, _ access.Actor, filters ...domain.Filter) ([]int, error) {
	return make([]int, len(filters)), nil
}

func (p *played) Executors(context.Context, access.Actor, uuid.UUID) ([]domain.Executor, error) {
	return nil, nil
}

func (p *played) WasPressed(context.Context, access.Actor, uuid.UUID, uuid.UUID) (bool, error) {
	return false, nil
}

func (p *played) Team(context.Context, access.Actor) ([]offices.Colleague, error) {
	return p.colleagues, nil
}

func (p *played) Loads(context.Context, access.Actor) ([]domain.Load, error) { return nil, nil }

func (p *played) Substituted(context.Context, access.Actor) ([]offices.Absence, error) {
	return nil, nil
}

func (p *played) Neighbours(context.Context, access.Actor, domain.Filter, uuid.UUID) (domain.Neighbours, error) {
	return p.beside, nil
}

func (p *played) Colleagues(context.Context, access.Actor, *domain.Work) ([]offices.Colleague, error) {
	return p.colleagues, nil
}

func (p *played) Signatories(context.Context, *domain.Work) ([]offices.Holder, error) {
	return p.holders, nil
}

func (p *played) Holders(context.Context, domain.Turn) ([]offices.Holder, error) {
	return p.holders, nil
}

func (p *played) Work(context.Context, access.Actor, uuid.UUID) (*domain.Work, error) {
	return p.w, nil
}

func (p *played) Replies(context.Context, *domain.Work) ([]domain.Reply, error) {
	return p.replies, nil
}

func (p *played) Around(context.Context, *domain.Work) (domain.Names, domain.Applicant, []documents.File, error) {
	return p.names, domain.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Марʼяна", Phone: "+380501112233"}, p.files, nil
}

func (p *played) File(context.Context, access.Actor, uuid.UUID, uuid.UUID) (documents.File, error) {
	return documents.File{}, fault.New(fault.NotFound, "")
}

func (p *played) Do(_ context.Context, actor access.Actor, _ uuid.UUID, version int, cmd domain.Command, _ ...documents.File) error {
	if !p.w.May(actor, cmd.Act) { // the store, too, asks for the right before it looks at the version
		return fault.New(fault.Forbidden, "")
	}
	if p.w.Case.Version != version && !cmd.Act.Appends() {
		return fault.New(fault.Conflict, "")
	}
	err := p.w.Do(cmd, actor, p.now)
	if err == nil {
		p.w.Case.Version++
		if p.undo = (domain.Undo{}); cmd.Act.CanBeUndone() {
			p.undo = domain.Undo{CaseID: p.w.Case.ID, Number: p.w.Case.Number, Act: cmd.Act, Version: p.w.Case.Version}
		}
	}
	return err
}

func (p *played) KeepDrafts(_ context.Context, _ access.Actor, _ uuid.UUID, typed map[string]string) ([]domain.Presence, error) {
	p.drafts = map[string]domain.Draft{}
	for field, text := range typed {
		p.drafts[field] = domain.Draft{Text: text, At: p.now}
	}
	return []domain.Presence{{Name: "Межова"}, {Name: "Горожанин", Writing: true}}, nil
}

func (p *played) Drafts(context.Context, access.Actor, uuid.UUID) (map[string]domain.Draft, error) {
	return p.drafts, nil
}

func (p *played) Handover(context.Context, access.Actor, *domain.Work) (domain.Handover, error) {
	return domain.Handover{}, fault.New(fault.NotFound, "")
}

func (p *played) LastUndo(context.Context, access.Actor) (domain.Undo, error) {
	if p.undo.Act == "" {
		return p.undo, fault.New(fault.NotFound, "")
	}
	return p.undo, nil
}

func (p *played) Undo(_ context.Context, _ access.Actor, _ uuid.UUID, version int) (domain.Act, error) {
	if p.undo.Act == "" || p.undo.Version != version {
		return "", fault.New(fault.Conflict, "cases.undo_acted_since")
	}
	p.undone = append(p.undone, version)
	return p.undo.Act, nil
}

func (p *played) DocumentNumber(context.Context, documents.File) (string, error) {
	return "", fault.New(fault.NotFound, "")
}

func (p *played) Now() time.Time { return p.now }

func (p *played) Names(context.Context, org.Kind) ([]org.Name, error) { return nil, nil }

// count is how many events of the kind the case has.
func (p *played) count(kind domain.EventKind) (n int) {
	for _, e := range p.w.Events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// Whoever types for two acts and sends one of them finds the other text again.
func TestNothingTypedIsLostByAnotherAct(t *testing.T) {
	p := play()
	clerk, id := p.as(t, p.clerk), p.w.Case.ID
	for name, w := range map[string]*httptest.ResponseRecorder{
		"sent":         doAct(clerk, id, 1, "message", "say_text", "Добрий день", "suspend_text", "Причина, ще не подана"),
		"looked":       doAct(clerk, id, 1, "look", "suspend_text", "Причина, ще не подана"),
		"failed":       doAct(clerk, id, 2, "message", "suspend_text", "Причина, ще не подана"),
		"with a file":  clerk.Multipart("/cases/"+id.String()+"/act", url.Values{"act": {"look"}, "suspend_text": {"Причина, ще не подана"}}, "result", "a.exe", []byte("MZ")),
		"not possible": doAct(clerk, id, 2, "resume", "suspend_text", "Причина, ще не подана"),
	} {
		if page := w.Body.String(); !strings.Contains(page, "Причина, ще не подана</textarea>") {
			t.Errorf("%s: %d, the text is gone", name, w.Code)
		}
	}
	if p.count(domain.EventMessage) != 1 || p.count(domain.EventNote) != 0 {
		t.Errorf("%d messages, %d notes", p.count(domain.EventMessage), p.count(domain.EventNote))
	}
}

// Two people decide at once: whoever is second finds the reasoning, to be copied, although there is no decision to make.
func TestTextOfAnActThatIsNoLongerPossibleStaysOnThePage(t *testing.T) {
	p := play().toDecision(t)
	version := p.w.Case.Version
	if w := doAct(p.as(t, p.head), p.w.Case.ID, version, "decide", "outcome", "granted"); w.Code != http.StatusSeeOther {
		t.Fatalf("decide: %d", w.Code)
	}
	w := doAct(p.as(t, p.officer), p.w.Case.ID, version, "decide", "outcome", "refused", "ground", "incomplete", "decide_text", "Довге\nмотивування")
	page := w.Body.String()
	if w.Code != http.StatusConflict || !strings.Contains(page, "Довге\nмотивування</textarea>") || !strings.Contains(page, "Скопіюйте його") {
		t.Errorf("%d %s", w.Code, page)
	}
}

// Two people of one centre end its last stage: the second is told that the case has changed, not that they lack a role, and
// keeps what they typed. Whoever ends another's stage on a page that is the newest is refused as before.
func TestStageThatAColleagueHandedOn(t *testing.T) {
	p := play()
	p.must(t, domain.Command{Act: domain.Take})
	version, id := p.w.Case.Version, p.w.Case.ID
	p.must(t, domain.Command{Act: domain.FinishStage})
	clerk := p.as(t, p.clerk)
	w := doAct(clerk, id, version, "finish_stage", "say_text", "Довгий лист заявникові")
	page := w.Body.String()
	if w.Code != http.StatusConflict || !strings.Contains(page, "Довгий лист заявникові</textarea>") || !strings.Contains(page, "Остання зміна: ") {
		t.Errorf("%d %s", w.Code, page)
	}
	if w := doAct(clerk, id, p.w.Case.Version, "finish_stage"); w.Code != http.StatusForbidden {
		t.Errorf("another's stage: %d", w.Code)
	}
}

// What cannot be taken back is asked for once more, on a page that says what follows and keeps what was typed.
func TestFinalActsAreConfirmed(t *testing.T) {
	p := play().toDecision(t)
	p.must(t, domain.Command{Act: domain.Decide, Outcome: domain.Granted})
	clerk, id, version := p.as(t, p.clerk), p.w.Case.ID, p.w.Case.Version
	w := doAct(clerk, id, version, "issue", "say_text", "Недописана нотатка")
	for _, want := range []string{
		"Записати видачу результату", "Ґалаґан Марʼяна", "скасувати не можна", `name="paper"`, `name="sure"`, `name="version" value="5"`,
		`name="say_text" value="Недописана нотатка"`, `value="yes" name="back"`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusOK || p.w.Case.State != domain.Decided {
		t.Fatalf("asked: %d, the case is %s", w.Code, p.w.Case.State)
	}
	w = doAct(clerk, id, version, "issue", "back", "yes", "say_text", "Недописана нотатка")
	if page := w.Body.String(); !strings.Contains(page, "Недописана нотатка</textarea>") || strings.Contains(page, `name="sure"`) {
		t.Errorf("the way back: %d", w.Code)
	}
	if w := doAct(clerk, id, version, "issue", "sure", "yes"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#paper"`) {
		t.Errorf("without a result and a paper: %d", w.Code)
	}
	if w := doAct(clerk, id, version-1, "issue"); w.Code != http.StatusConflict || p.w.Case.State != domain.Decided {
		t.Errorf("asked of a case that has changed: %d, the case is %s", w.Code, p.w.Case.State)
	}
	w = doAct(clerk, id, version, "issue", "sure", "yes", "recipient", "applicant", "identity", "passport", "identity_number", "000123456", "paper", "№ 7 від 18.11.2026", "say_text", "Недописана нотатка")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Недописана нотатка</textarea>") || !strings.Contains(w.Body.String(), "№ 7 від 18.11.2026") || p.w.Case.State != domain.Issued {
		t.Errorf("issued: %d, the case is %s", w.Code, p.w.Case.State)
	}
	if w := doAct(clerk, id, version+1, "close"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Повернути справу з архіву можна протягом доби") || p.w.Case.State != domain.Issued {
		t.Errorf("the archive is not asked for: %d, %s", w.Code, p.w.Case.State)
	}
	if w := doAct(clerk, id, version+1, "close", "sure", "yes"); w.Code != http.StatusSeeOther || p.w.Case.State != domain.Closed {
		t.Errorf("closed: %d, %s", w.Code, p.w.Case.State)
	}
	if w := doAct(p.as(t, p.officer), id, version+2, "close"); w.Code != http.StatusForbidden {
		t.Errorf("an officer is asked whether to close: %d", w.Code)
	}
}

// Whoever holds no code reads no message: the page says so before anything is typed.
func TestNoMessageIsOfferedToWhoCannotRead(t *testing.T) {
	p := play(func(c *domain.Case) { c.Tracked = false })
	clerk := p.as(t, p.clerk)
	page := clerk.Get("/cases/" + p.w.Case.ID.String()).Body.String()
	if strings.Contains(page, `value="message"`) || !strings.Contains(page, "не має коду доступу") {
		t.Error("a message is offered that nobody will read")
	}
	w := doAct(clerk, p.w.Case.ID, 1, "message", "say_text", "Добрий день")
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "ніхто не прочитає") || !strings.Contains(w.Body.String(), "Добрий день</textarea>") {
		t.Errorf("%d", w.Code)
	}
}

// A case of an entity names who signed for it.
func TestCaseOfAnEntityNamesItsSignatory(t *testing.T) {
	s := newSite(t)
	kase := s.Register(domain.Filing{})
	s.DB.Exec(`update cases.applicants set kind = 'entity', entity = 'ТОВ «Джерело»', edrpou = '14360570' where id = (select applicant_id from cases.cases where id = $1)`, kase.ID)
	s.Give(kase.ID, s.Centre, s.Users[access.Administrator])
	webtest.Shows(t, s.As(s.Users[access.Administrator]).Get("/cases/"+kase.ID.String()), http.StatusOK, "ТОВ «Джерело»", "Від імені юридичної особи", "Ґалаґан")
}

// A suspended case promises no day: so many days are left, and the last one if it is resumed today.
func TestSuspendedCasePromisesNoPastDay(t *testing.T) {
	p := play(func(c *domain.Case) {
		c.FiledAt = fixture.Now.AddDate(0, 0, -15)
		c.RegisteredAt = c.FiledAt
	})
	p.now = fixture.Now.AddDate(0, 0, -13)
	p.must(t, domain.Command{Act: domain.Take}, domain.Command{Act: domain.Suspend, Text: "немає довідки"})
	p.now = fixture.Now
	p.must(t, domain.Command{Act: domain.Note, Text: "телефонували"}) // the work's clock goes on with its acts
	page := p.as(t, p.clerk).Get("/cases/" + p.w.Case.ID.String()).Body.String()
	for _, want := range []string{"Зупинено, лишилося 8 календарних днів", "Якщо поновити сьогодні – до 26 листопада 2026 року"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page of the case", want)
		}
	}
	if strings.Contains(page, "13 листопада 2026") || strings.Contains(page, "13.11.2026") {
		t.Error("the page shows the day that was")
	}
}

// Everything that can be done to a case stands in one form, each act as a button of its own.
func TestActsAreButtonsOfOneForm(t *testing.T) {
	p := play().toDecision(t)
	page := p.as(t, p.officer).Get("/cases/" + p.w.Case.ID.String()).Body.String()
	if n := strings.Count(page, "/act\""); n != 1 {
		t.Errorf("%d forms of acts", n)
	}
	for _, act := range []string{"decide", "suspend", "message", "note"} {
		if !strings.Contains(page, `value="`+act+`" name="act"`) {
			t.Errorf("no button %s", act)
		}
	}
	if strings.Contains(page, `value="finish_stage" name="act"`) {
		t.Error("the stage of the decision can be ended without one")
	}
}
