package counter_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"portal.example/internal-site/internal/cases"
	domain "portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/webtest"
)

// From an unknown visitor to the printed slip, over the pages that a clerk sees.
func TestVisitorIsRegistered(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	webtest.Shows(t, c.Get("/counter"), http.StatusOK, "Новий відвідувач", "Відвідувач ще без імені")
	if w := c.Post(r.path(), url.Values{"version": {"1"}, "do": {"enter"}, "q": {"1234567899"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != r.path() {
		t.Fatalf("looked for: %d to %q", w.Code, w.Header().Get("Location"))
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "ще не приймав", `value="1234567899"`)

	if w := c.Post(r.path(), somebody("2", "services")); w.Code != http.StatusSeeOther {
		t.Fatalf("the only service of the centre was not chosen: %d %s", w.Code, w.Body)
	}
	page := c.Get(r.path())
	webtest.Shows(t, page, http.StatusOK, "Ґалаґан", "380671234567", "Заява", "Паспорт", "календарних", "безоплатно", `name="doc.passport"`)

	webtest.Lacks(t, page, "ще не приймав")

	form := somebody("3", "register")
	form.Set("doc.application", "original")
	form.Set("sheets.application", "3")
	form.Set("doc.passport", "shown")
	w := c.Post(r.path(), form)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != r.path()+"/papers" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	cookie := w.Result().Cookies()[0] //nolint:bodyclose // a recorder has nothing to close
	if cookie.Name != "slip" || cookie.Path != r.path()+"/papers" || !cookie.HttpOnly {
		t.Errorf("the code goes with %+v", cookie)
	}
	request := webtest.NewGet(r.path() + "/papers")
	request.AddCookie(cookie)
	papers := c.Do(request)
	webtest.Shows(t, papers, http.StatusOK, "Опис прийнятих документів", "Примірник заявника", "Примірник справи", "Талон до справи 01-2026-000001", "до 30 листопада", "https://public.example/track", "<svg")
	code := strings.Split(cookie.Value, "-")
	webtest.Shows(t, papers, http.StatusOK, code...)
	again := c.Get(r.path() + "/papers")
	webtest.Shows(t, again, http.StatusOK, "Код заявника на цьому комп’ютері вже не зберігається")
	webtest.Lacks(t, again, code...)

	v := r.visit(t)
	if v.State != domain.Registered || v.CaseID == nil {
		t.Fatalf("%+v", v)
	}
	work, err := r.Cases.Work(t.Context(), r.clerk, *v.CaseID)
	if err != nil || work.Case.Channel != cases.Counter || !work.Case.Tracked || work.Case.Number != "01-2026-000001" {
		t.Errorf("%+v, %v", work.Case, err)
	}
	if w := c.Post(r.path(), form); w.Code != http.StatusConflict {
		t.Errorf("registered twice: %d", w.Code)
	}
	if n := r.Count(`select count(*) from cases.cases`); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// Whatever is wrong, everything that was typed stays, on the page and in the database.
func TestNothingTypedIsLost(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	form := somebody("1", "register")
	form.Set("tax_number", "1234567890") // a wrong check digit
	w := c.Post(r.path(), form)
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "Ґалаґан", "1234567890", "Виберіть послугу")
	if who := r.visit(t).Content.Who; who.Surname != "Ґалаґан" || who.TaxNumber != "1234567890" {
		t.Errorf("kept: %+v", who)
	}
	late := somebody("1", "save")
	late.Set("surname", "Інша")
	webtest.Shows(t, c.Post(r.path(), late), http.StatusConflict, "Інша", "в іншій вкладці або колегою", "Прізвище: <bdi>Ґалаґан</bdi>", "РНОКПП: <bdi>1234567890</bdi>")
	if who := r.visit(t).Content.Who; who.Surname != "Ґалаґан" {
		t.Errorf("overwritten: %+v", who)
	}
}

// Two pages that end a visit at one moment: the one that comes too late says that it has ended.
func TestAVisitEndsBetweenReadingAndSaving(t *testing.T) {
	r := newReception(t)
	r.busy.quicker = func() {
		if _, err := r.store.Leave(t.Context(), r.clerk, r.id, 1); err != nil {
			t.Fatal(err)
		}
	}
	webtest.Shows(t, r.As(r.clerk).Post(r.path(), somebody("1", "save")), http.StatusConflict, "Це звернення вже завершено", "Наступний відвідувач")
}

// A representative who was typed and not ticked is not left out of the case in silence.
func TestRepresentativeIsTicked(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	form := somebody("2", "register")
	form.Set("representative_surname", "Їжакевич")
	webtest.Shows(t, c.Post(r.path(), form), http.StatusUnprocessableEntity, "Позначте, що за заявника діє представник", "Їжакевич")
	if v := r.visit(t); v.State != domain.Open {
		t.Errorf("the visit is %s", v.State)
	}
	for name, value := range map[string]string{
		"version": "3", "represented": "yes", "representative_given_name": "Іван", "representative_basis": "attorney",
		"representative_document": "Довіреність № 5", "doc.application": "original", "doc.passport": "shown",
	} {
		form.Set(name, value)
	}
	if w := c.Post(r.path(), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(r.path()+"/papers"), http.StatusOK, "Звертався представник", "Їжакевич Іван")
}

func TestDocumentsAreRefused(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	c.Multipart(r.path(), somebody("2", "save"), "scan.passport", "паспорт.pdf", []byte("%PDF-1.7"))
	form := somebody("3", "refuse")
	w := c.Post(r.path(), form)
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "Виберіть підставу відмови")
	if !regexp.MustCompile(`<details[^>]* open>\s*<summary[^>]*><span[^>]*>Відмовити`).MatchString(w.Body.String()) {
		t.Error("the field that is wrong is folded away")
	}
	form.Set("version", "4")
	form.Set("refusal_ground", "incomplete")
	if w = c.Post(r.path(), form); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "У прийнятті документів відмовлено", "Наступний відвідувач")
	if n := r.Count(`select count(*) from counter.scans`); n != 0 {
		t.Error("copies of refused documents stay")
	}
}

func TestWhoeverLeavesIsForgotten(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	form := somebody("1", "save")
	if w := c.Multipart(r.path(), form, "scan.passport", "паспорт.pdf", []byte("%PDF-1.7")); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get("/counter"), http.StatusOK, "Ґалаґан")
	if w := c.Post(r.path(), somebody("2", "leave")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/counter" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := r.Count(`select count(*) from counter.visits where content <> '{"who": {"kind": "", "address": "", "surname": "", "given_name": ""}}'`); n != 0 {
		t.Error("the visitor's data stay")
	}
	if n := r.Count(`select count(*) from counter.scans`); n != 0 {
		t.Error("the visitor's scans stay")
	}
}

// A known visitor needs their number alone; a file that is not what its name says is named, and the others stay.
func TestKnownVisitorAndScans(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	r.Register(cases.Filing{})
	webtest.Shows(t, c.Post(r.path(), url.Values{"version": {"1"}, "do": {"find"}}), http.StatusUnprocessableEntity, "Введіть, за чим шукати")
	w := c.Post(r.path(), url.Values{"version": {"2"}, "do": {"find"}, "q": {"1234567899"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "Ґалаґан", "380501112233", "Попередні справи", "01-2026-000001")
	represented := url.Values{"version": {"3"}, "do": {"find"}, "q": {"1234567899"}, "represented": {"yes"}, "representative_surname": {"Їжакевич"}}
	if w := c.Post(r.path(), represented); w.Code != http.StatusSeeOther || !strings.Contains(c.Get(r.path()).Body.String(), "Їжакевич") {
		t.Errorf("%d, the representative is lost", w.Code)
	}
	form := somebody("4", "services")
	c.Post(r.path(), form)
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, "уже звертався по цю послугу")
	w = c.Multipart(r.path(), somebody("5", "save"), "scan.passport", "паспорт.pdf", []byte("MZ no document"))
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "паспорт.pdf")
}

// A colleague takes the service out of a visit while its documents are being ticked: whoever saves is told, and finds everything that
// they typed about it as soon as the service is chosen again.
func TestWhatWasTypedAboutAServiceOutlivesIt(t *testing.T) {
	r := newReception(t)
	c := r.As(r.clerk)
	c.Post(r.path(), somebody("1", "services"))
	if w := c.Post(r.path(), somebody("2", "service none")); w.Code != http.StatusSeeOther { // the colleague, in a browser of their own
		t.Fatalf("%d", w.Code)
	}
	form := somebody("2", "save")
	form.Set("doc.passport", "copy")
	form.Set("sheets.passport", "7")
	form.Set("shortfall", "обіцяє донести")
	form.Set("extra", "довіреність сестри")
	w := c.Post(r.path(), form)
	webtest.Shows(t, w, http.StatusConflict, `name="doc.passport" value="copy"`, `name="sheets.passport" value="7"`, "обіцяє донести", "довіреність сестри")
	_, page, _ := strings.Cut(w.Body.String(), `class="portal-counter"`)
	page, _, _ = strings.Cut(page, `</form>`)
	sent := regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`).FindAllStringSubmatch(page, -1)
	again := somebody("", "services")
	for _, field := range sent {
		again.Set(field[1], html.UnescapeString(field[2]))
	}
	if w := c.Post(r.path(), again); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, c.Get(r.path()), http.StatusOK, `<option value="copy" selected>`, `value="7"`, "обіцяє донести", "довіреність сестри")
}

var drawIn = regexp.MustCompile(`name="draw" value="([^"]+)"`)

// A double click sends the form twice, and a browser without scripts shows the answer to the second alone: one case is made, and both
// answers lead to its papers with the same code. Another page of the same visit, with a code that would be another, is refused.
func TestADoubleClickKeepsTheCodeOfTheSlip(t *testing.T) {
	r := newReception(t)
	clerk := r.As(r.clerk)
	if w := clerk.Post(r.path(), somebody("1", "services")); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	drawn := func() string { return drawIn.FindStringSubmatch(clerk.Get(r.path()).Body.String())[1] }
	draw, another := drawn(), drawn()
	form := somebody("2", "register")
	for name, value := range map[string]string{"draw": draw, "doc.application": "original", "sheets.application": "3", "doc.passport": "shown"} {
		form.Set(name, value)
	}
	answers := make([]*httptest.ResponseRecorder, 2)
	var begun, all sync.WaitGroup
	begun.Add(1)
	for i := range answers {
		all.Go(func() {
			begun.Wait()
			answers[i] = r.As(r.clerk).Post(r.path(), form)
		})
	}
	begun.Done()
	all.Wait()
	var codes []string
	for _, w := range append(answers, clerk.Post(r.path(), form)) { // and once more after both
		if w.Code != http.StatusSeeOther || w.Header().Get("Location") != r.path()+"/papers" {
			t.Fatalf("%d to %q", w.Code, w.Header().Get("Location"))
		}
		for _, cookie := range w.Result().Cookies() { //nolint:bodyclose // a recorder has nothing to close
			if cookie.Name == "slip" {
				codes = append(codes, cookie.Value)
			}
		}
	}
	if len(codes) != 3 || codes[0] != codes[1] || codes[0] != codes[2] {
		t.Error("the codes of the three answers are not the same")
	}
	if n := r.Count(`select count(*) from cases.cases`); n != 1 {
		t.Errorf("%d cases", n)
	}
	form.Set("draw", another)
	if w := clerk.Post(r.path(), form); w.Code != http.StatusConflict {
		t.Errorf("another page of the visit: %d", w.Code)
	}
	if n := r.Count(`select count(*) from counter.visits v where to_jsonb(v)::text like '%' || $1 || '%'`, draw); n != 0 {
		t.Error("what the code is drawn from is kept")
	}
}

// pressedTwice sends a form twice, as a double click does, and fails unless both lead to the same page.
func pressedTwice(t *testing.T, send func() *httptest.ResponseRecorder) {
	t.Helper()
	first, second := send(), send()
	if to := first.Header().Get("Location"); first.Code != http.StatusSeeOther || second.Code != first.Code || second.Header().Get("Location") != to {
		t.Errorf("%d to %q, then %d to %q\n%s", first.Code, to, second.Code, second.Header().Get("Location"), second.Body)
	}
}

// Whatever ends a visit, the second press is answered as the first: also where the applicant has a code of their own.
func TestEveryEndOfAVisitIsPressedTwice(t *testing.T) {
	for _, do := range []string{"refuse", "leave"} {
		r := newReception(t)
		clerk := r.As(r.clerk)
		clerk.Post(r.path(), somebody("1", "services"))
		form := somebody("2", do)
		form.Set("draw", drawIn.FindStringSubmatch(clerk.Get(r.path()).Body.String())[1])
		form.Set("refusal_ground", "incomplete")
		form.Set("refusal_text", "бо")
		pressedTwice(t, func() *httptest.ResponseRecorder { return clerk.Post(r.path(), form) })
	}
	r := newReception(t)
	clerk := r.As(r.clerk)
	entry, _ := r.sent(t)
	r.DB.Exec(`update intake.files set state = 'opened'`)
	at := clerk.Post("/counter/start", url.Values{"origin": {"intake"}, "id": {entry.String()}}).Header().Get("Location")
	form := somebody("1", "register")
	form.Set("draw", drawIn.FindStringSubmatch(clerk.Get(at).Body.String())[1])
	form.Set("doc.application", "original")
	form.Set("doc.passport", "shown")
	pressedTwice(t, func() *httptest.ResponseRecorder { return clerk.Post(at, form) })
	if n := r.Count(`select count(*) from cases.cases`); n != 1 {
		t.Errorf("%d cases", n)
	}
}

// A copy for which there was no room is not said to be saved when the form is pressed once more.
func TestACopyWithoutRoomIsNeverSaved(t *testing.T) {
	r := newReception(t)
	clerk := r.As(r.clerk)
	clerk.Post(r.path(), somebody("1", "services"))
	r.DB.Exec(`insert into counter.scans (visit_id, id, line, file_name, media_type, size, sha256, object_key, notes, uploaded_by, uploaded_at)
		select $1, gen_random_uuid(), 'passport', 'x.pdf', 'application/pdf', 9, repeat('0', 64), 'counter/' || g, '{}', $2, now() from generate_series(1, 60) g`, r.id, r.clerk.UserID)
	form := somebody("2", "save")
	form.Set("draw", drawIn.FindStringSubmatch(clerk.Get(r.path()).Body.String())[1])
	for press := range 2 {
		if w := clerk.Multipart(r.path(), form, "scan.passport", "паспорт.pdf", []byte("%PDF-1.7")); w.Code != http.StatusUnprocessableEntity && w.Code != http.StatusConflict {
			t.Errorf("press %d: %d", press+1, w.Code)
		}
	}
}
