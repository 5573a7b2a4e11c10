package cases_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/seal"
)

func doAct(c webtest.Client, id uuid.UUID, version int, act string, more ...string) *httptest.ResponseRecorder {
	form := url.Values{"act": {act}, "version": {strconv.Itoa(version)}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return c.Post("/cases/"+id.String()+"/act", form)
}

func TestCasePage(t *testing.T) {
	s := newSite(t)
	kase := s.Register(cases.Filing{
		Applicant: cases.Applicant{Kind: "person", Surname: "Ґалаґан", GivenName: "Мар’яна", Phone: "+380501112233"},
		Answers:   json.RawMessage(`{"child": "Їжак <b>"}`),
	})
	page := s.As(s.Users[access.Administrator]).Get("/cases/" + kase.ID.String()).Body.String()
	for _, want := range []string{
		"Справа 01-2026-000001", "Ґалаґан Мар’яна", `href="tel:+380501112233"`, "Прийом документів", "30 листопада 2026 року",
		"Строк – 10 календарних днів", "Їжак &lt;b&gt;", "Взяти в роботу", "7K2M-9QXD",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	for _, hidden := range []string{"Ухвалити рішення", "Результат видано"} {
		if strings.Contains(page, hidden) {
			t.Errorf("an administrator is offered %q", hidden)
		}
	}
	if page := s.As(s.Users[access.RegionalManager]).Get("/cases/" + kase.ID.String()).Body.String(); strings.Contains(page, "/act\"") {
		t.Error("whoever only looks is offered acts")
	}
}

// TestWhoActsAndByWhichDocument: what the applicant said of the document and of a representative is what the clerk sees.
func TestWhoActsAndByWhichDocument(t *testing.T) {
	s := newSite(t)
	clerk := s.As(s.Users[access.Administrator])
	kase := s.Register(cases.Filing{Applicant: cases.Applicant{
		Kind: "person", Surname: "Nowak", GivenName: "Anna", NoTaxNumber: true, Document: "residence_permit", Passport: "AB 123456",
		Phone: "+380501112233", Representative: cases.Representative{
			Surname: "Ткач", GivenName: "Ігор", Patronymic: "Петрович", Basis: "attorney", Document: "Довіреність № 12 <b>",
		},
	}})
	page := clerk.Get("/cases/" + kase.ID.String()).Body.String()
	for _, want := range []string{
		"Посвідка на проживання", "AB 123456", "немає, або в паспорті є відмітка", "Ткач Ігор Петрович", "за довіреністю", "Довіреність № 12 &lt;b&gt;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	kase = s.Register(cases.Filing{Applicant: cases.Applicant{Kind: "person", Surname: "Коваль", GivenName: "Олена", TaxNumber: "3184710691", Phone: "+380501112233"}})
	page = clerk.Get("/cases/" + kase.ID.String()).Body.String()
	for _, hidden := range []string{"Представник", "Паспорт громадянина", ">false<", "cases."} {
		if strings.Contains(page, hidden) {
			t.Errorf("%q of somebody who acts alone, by a tax number", hidden)
		}
	}
}

// A file stands beside the question that it answers: "not given" there would be read as missing.
func TestFilesStandBesideTheirQuestions(t *testing.T) {
	p := play(func(c *cases.Case) { c.Answers = json.RawMessage(`{"papers": ["` + uuid.NewString() + `"]}`) }) // the public site's id
	p.names.FormSchema = json.RawMessage(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"properties": {
			"papers": {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 2, "x-document": "papers", "x-widget": "file",
				"x-title": {"uk": "Свідоцтво", "en": "Certificate"}},
			"photo": {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 1, "x-document": "photo", "x-widget": "file",
				"x-title": {"uk": "Фото", "en": "Photo"}}},
		"x-steps": [{"id": "all", "title": {"uk": "Усе", "en": "Everything"}, "fields": ["papers", "photo"]}]}`)
	p.files = []documents.File{{ID: uuid.New(), Purpose: documents.Received, Title: "Свідоцтво", FileName: "скан.pdf"}}
	page := p.as(t, p.clerk).Get("/cases/" + p.w.Case.ID.String()).Body.String()
	_, answers, found := strings.Cut(page, `id="answers"`)
	if !found {
		t.Fatal("no answers")
	}
	answers, _, _ = strings.Cut(answers, "</section>")
	if !strings.Contains(answers, "/files/"+p.files[0].ID.String()) || strings.Count(answers, "не зазначено") != 1 {
		t.Errorf("the answers:\n%s", answers)
	}
}

func TestStaleActKeepsWhatWasTyped(t *testing.T) {
	s := newSite(t)
	kase := s.Register(cases.Filing{})
	if w := doAct(s.As(s.Users[access.CentreHead]), kase.ID, 1, "take"); w.Code != http.StatusSeeOther {
		t.Fatalf("take: %d", w.Code)
	}
	w := doAct(s.As(s.Users[access.Administrator]), kase.ID, 1, "take", "say_text", "Довгий лист заявникові")
	if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "Довгий лист заявникові") ||
		!strings.Contains(w.Body.String(), `name="version" value="2"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if change := "Остання зміна: " + s.Users[access.CentreHead].Name + ", "; !strings.Contains(w.Body.String(), change) {
		t.Errorf("nothing says %q", change)
	}
	if w := doAct(s.As(s.Users[access.Administrator]), kase.ID, 1, "message", "say_text", "Довгий лист заявникові"); w.Code != http.StatusSeeOther {
		t.Errorf("a message on a page that is no longer the newest: %d", w.Code)
	}
}

// toDecision brings a new case to the stage in which the authority decides, and returns its version.
func toDecision(t *testing.T, s *webtest.Site, id uuid.UUID) int {
	t.Helper()
	clerk, partner := s.As(s.Users[access.Administrator]), s.As(s.OtherUsers[access.Officer])
	for version, step := range []struct {
		who webtest.Client
		act string
	}{{clerk, "take"}, {clerk, "finish_stage"}, {partner, "finish_stage"}} {
		if w := doAct(step.who, id, version+1, step.act); w.Code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", step.act, w.Code, w.Body)
		}
	}
	return 4
}

func TestActsThatFailSayWhy(t *testing.T) {
	s := newSite(t)
	kase := s.Register(cases.Filing{})
	version := toDecision(t, s, kase.ID)
	officer := s.As(s.Users[access.Officer])
	for act, want := range map[string]string{
		"suspend": `href="#suspend_text"`, "message": `href="#say_text"`, "note": `href="#say_text"`, "decide": `href="#outcome"`,
	} {
		if w := doAct(officer, kase.ID, version, act); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d", act, w.Code)
		}
	}
	w := doAct(officer, kase.ID, version, "decide", "outcome", "refused")
	if page := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(page, `href="#ground"`) || !strings.Contains(page, `href="#decide_text"`) {
		t.Errorf("a refusal without ground and reasoning: %d", w.Code)
	}
	if w := doAct(officer, kase.ID, version, "resume"); w.Code != http.StatusConflict {
		t.Errorf("resuming what is not suspended: %d", w.Code)
	}
	if w := doAct(officer, kase.ID, version, "issue"); w.Code != http.StatusForbidden {
		t.Errorf("an officer hands results over: %d", w.Code)
	}
}

// A result is refused before it is stored, or stored, sealed so that only the applicant's code opens it.
func TestResultIsSealedForTheApplicant(t *testing.T) {
	s := newSite(t)
	code, err := seal.NewCode(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	hash := code.Hash()
	kase := s.Register(cases.Filing{CodeHash: hash[:], Recipient: code.Recipient()})
	officer := s.As(s.Users[access.Officer])
	toDecision(t, s, kase.ID)
	doAct(officer, kase.ID, 4, "decide", "outcome", "granted")
	const version = "5"
	if s.Count(`select version from cases.cases`) != 5 {
		t.Fatal("not decided")
	}
	pdf, path := []byte("%PDF-1.7 рішення"), "/cases/"+kase.ID.String()+"/result"
	for name, w := range map[string]*httptest.ResponseRecorder{
		"no file":    officer.Multipart(path, url.Values{"version": {version}}, "", "", nil),
		"wrong type": officer.Multipart(path, url.Values{"version": {version}}, "result", "act.exe", []byte("MZ")),
		"false name": officer.Multipart(path, url.Values{"version": {version}}, "result", "act.pdf", []byte("<html>")),
		"too large":  officer.Multipart(path, url.Values{"version": {version}}, "result", "act.pdf", append(pdf, make([]byte, 21<<20)...)),
	} {
		if w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if n := s.Count(`select count(*) from documents.files f where not exists (select from cases.decisions where file_id in (f.id, f.original_id))`); n != 0 {
		t.Fatalf("%d files after refusals", n)
	}
	if w := officer.Multipart(path, url.Values{"version": {"4"}}, "result", "act.pdf", pdf); w.Code != http.StatusConflict {
		t.Errorf("a stale version: %d", w.Code)
	}
	for _, press := range []string{"once", "twice"} { // a double click has one result
		if w := officer.Multipart(path, url.Values{"version": {version}}, "result", "Рішення Ґ.pdf", pdf); w.Code != http.StatusSeeOther {
			t.Fatalf("upload, pressed %s: %d %s", press, w.Code, w.Body)
		}
	}
	if w := officer.Multipart(path, url.Values{"version": {version}}, "result", "Рішення Ґ.pdf", append(pdf, '2')); w.Code != http.StatusConflict {
		t.Errorf("another file by the same page: %d", w.Code)
	}
	files, err := documents.OfCase(t.Context(), s.DB.Pool, kase.ID) // the decision stands before the result
	if err != nil || len(files) != 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	original, sealed := files[2], files[3]
	if original.Published || original.FileName != "Рішення Ґ.pdf" {
		t.Errorf("original %+v", original)
	}
	if !sealed.Published || sealed.FileName != "result-01-2026-000001.pdf" || sealed.Title != "Результат" {
		t.Errorf("sealed %+v", sealed)
	}
	identity, err := code.Identity()
	if err != nil {
		t.Fatal(err)
	}
	body, err := s.Vault.Open(t.Context(), sealed)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(body)
	if err != nil || bytes.Contains(raw, []byte("рішення")) {
		t.Fatalf("sealed bytes: %v", err)
	}
	opened, err := seal.FileReader(bytes.NewReader(raw), identity)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(opened); err != nil || !bytes.Equal(got, pdf) {
		t.Errorf("opened %q, %v", got, err)
	}
	w := officer.Get("/cases/" + kase.ID.String() + "/files/" + original.ID.String())
	if w.Body.String() != string(pdf) || !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") ||
		w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("download: %d %v", w.Code, w.Header())
	}
	if w := s.As(s.OtherUsers[access.CentreHead]).Get("/cases/" + kase.ID.String() + "/files/" + original.ID.String()); w.Code != http.StatusNotFound {
		t.Errorf("a stranger downloads: %d", w.Code)
	}
}

func TestCaseListKeepsItsFilterInTheAddress(t *testing.T) {
	s := newSite(t)
	s.Register(cases.Filing{})
	c := s.As(s.Users[access.Administrator])
	page := c.Get("/cases?q=%D2%91%D0%B0%D0%BB%D0%B0%D2%91%D0%B0%D0%BD&due=overdue").Body.String()
	if !strings.Contains(page, `value="ґалаґан"`) || !strings.Contains(page, "Знайдено 0 справ") {
		t.Error("the filter is not kept")
	}
	if page := c.Get("/cases?q=%D2%91%D0%B0%D0%BB%D0%B0%D2%91%D0%B0%D0%BD").Body.String(); !strings.Contains(page, "01-2026-000001") {
		t.Error("the case is not found by surname")
	}
}

func TestCaseListStaysInTheList(t *testing.T) {
	s := newSite(t)
	s.Register(cases.Filing{})
	if page := s.As(s.Users[access.Administrator]).Get("/cases?page=7").Body.String(); !strings.Contains(page, "Знайдено 1 справу") || !strings.Contains(page, "01-2026-000001") {
		t.Error("a page beyond the last one shows nothing")
	}
}
