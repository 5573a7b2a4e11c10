package cabinet_test

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/locale"
)

// person is somebody as the page of an applicant sends them.
func person(surname, passport string, more ...string) []string {
	return append([]string{
		"kind", "person", "surname", surname, "given_name", "Олена", "identified_by", "passport", "passport", passport,
		"phone", "067 123 45 67", "address", "Соборна, 1, " + surname,
	}, more...)
}

var hiddenInput = regexp.MustCompile(`<input type="hidden" name="([a-z_-]+)" value="([^"]*)">`)

// filledForm is a form of the page on which one chooses: where it goes, and what it sends.
type filledForm struct {
	To    string
	Pairs []string
}

func filling(page string) (forms []filledForm) {
	for _, part := range strings.Split(page, ` action="`)[1:] {
		if !strings.HasPrefix(part, "/apply/") {
			continue
		}
		to, rest, _ := strings.Cut(part, `"`)
		rest, _, _ = strings.Cut(rest, "</form>")
		var pairs []string
		for _, m := range hiddenInput.FindAllStringSubmatch(rest, -1) {
			pairs = append(pairs, m[1], strings.ReplaceAll(m[2], "&#43;", "+"))
		}
		forms = append(forms, filledForm{strings.ReplaceAll(to, "&amp;", "&"), pairs})
	}
	return forms
}

// An application is filled in from the cabinet without a script: both pages that ask who applies, and nothing else of what stands there; nothing is answered by it.
func TestAnApplicationIsFilledIn(t *testing.T) {
	p := openTown(t)
	p.register("olena")
	p.posted(http.StatusSeeOther, "/cabinet/applicants/new", person("Канарейченко", "КС 123456")...)
	p.posted(http.StatusSeeOther, "/cabinet/applicants/new", append(person("Директорка", "КС 654321", "entity", "ТОВ Ромашка", "edrpou", "32855961"), "kind", "entity")[2:]...)
	webtest.Contains(t, p.Page("/cabinet/applicants/pick"), "Невідомо, у яку заяву вставити дані")
	first := p.posted(http.StatusSeeOther, at)
	webtest.Contains(t, p.Page(first), "Заповнити з мого кабінету")
	to := p.posted(http.StatusSeeOther, first, "surname", "Інша", "kept", "applicant!")
	if to != "/cabinet/applicants/pick" {
		t.Fatalf("leads to %s", to)
	}
	page := p.Page(to)
	webtest.Contains(t, page, "Канарейченко Олена", "ТОВ Ромашка")
	forms := filling(page)
	if len(forms) != 2 {
		t.Fatalf("%d can be chosen: %s", len(forms), page)
	}
	webtest.Contains(t, p.Page(first), "Інша") // what was typed has stayed
	if back := p.posted(http.StatusSeeOther, forms[1].To, forms[1].Pairs...); back != first {
		t.Errorf("leads to %s", back)
	}
	page = p.Page(first)
	webtest.Contains(t, page, "Дані вставлено", `value="Канарейченко"`, `value="КС 123456"`)
	webtest.Lacks(t, page, "Інша")
	contacts := strings.Replace(first, "/applicant", "/contacts", 1)
	webtest.Contains(t, p.Page(contacts), "380671234567", "Соборна, 1, Канарейченко")
	webtest.Contains(t, p.Page("/cabinet/applicants/pick"), "Невідомо")
	if next := p.posted(http.StatusSeeOther, first, person("Канарейченко", "КС 123456")...); next != contacts {
		t.Errorf("after the first page comes %s", next)
	}
	// Where nobody of that kind applies, nothing is put in, and it is said.
	p.region.DB.Exec(`update catalogue.services set applicant_types = '{person}' where code = $1`, strings.TrimPrefix(at, "/apply/"))
	p.posted(http.StatusSeeOther, forms[0].To, forms[0].Pairs...)
	page = p.Page(first)
	webtest.Contains(t, page, "не подають від юридичної особи", "Канарейченко")
	webtest.Lacks(t, page, "Директорка")
}

// Where the address comes from is the browser, so it leads nowhere but to applications of this site; whoever has no account open is offered nothing.
func TestFillingLeadsToApplicationsOnly(t *testing.T) {
	p := openTown(t)
	first := p.posted(http.StatusSeeOther, at)
	webtest.Lacks(t, p.Page(first), "Заповнити з мого кабінету")
	if to := p.posted(http.StatusSeeOther, first, "kept", "applicant!"); strings.HasPrefix(to, "/cabinet") {
		t.Errorf("nobody is led to %s", to)
	}
	p.register("olena")
	p.posted(http.StatusSeeOther, "/cabinet/applicants/new", person("Канарейченко", "КС 123456")...)
	for _, to := range []string{"https://evil.example/apply/x/step/y/fill", "//evil.example/apply/x/step/y/fill", "/cabinet/account/erase", "/apply/../cabinet/account/fill", at + "/discard", `/apply/\evil/step/x/fill`} {
		p.Plant("/cabinet/applicants/pick", "__Secure-fill", base64.RawURLEncoding.EncodeToString([]byte(to)))
		webtest.Lacks(t, p.Page("/cabinet/applicants/pick"), "evil", `action="/cabinet/account`, "Канарейченко")
	}
	p.Plant("/cabinet/applicants/pick", "__Secure-fill", base64.RawURLEncoding.EncodeToString([]byte(at+"/step/applicant/fill?draft=abcdefgh")))
	webtest.Contains(t, p.Page("/cabinet/applicants/pick"), "Канарейченко") // and an honest one is understood
}

// Whoever may no longer act is not offered, also when an application has added them again without saying until when; the last day is still one on which they may.
func TestAnAuthorityEnds(t *testing.T) {
	p := openTown(t)
	p.register("olena")
	acts := person("Канарейченко", "КС 123456",
		"represented", "true", "representative_surname", "Ткач", "representative_given_name", "Ігор", "representative_basis", "attorney", "representative_document", "Довіреність № 12")
	today := time.Now().In(locale.Kyiv())
	until := func(day time.Time) []string {
		return append(acts, "representative_until-day", day.Format("2"), "representative_until-month", day.Format("1"), "representative_until-year", day.Format("2006"))
	}
	p.posted(http.StatusUnprocessableEntity, "/cabinet/applicants/new", until(today.AddDate(0, 0, -1))...)
	p.posted(http.StatusSeeOther, "/cabinet/applicants/new", until(today.AddDate(0, 0, 3))...)
	first := p.posted(http.StatusSeeOther, at)
	p.posted(http.StatusSeeOther, first, "kept", "applicant!")
	page := p.Page("/cabinet/applicants/pick")
	webtest.Contains(t, page, "Ткач Ігор", "Повноваження діють до")
	forms := filling(page)
	if len(forms) != 1 || strings.Contains(strings.Join(forms[0].Pairs, " "), "until") {
		t.Fatalf("offered: %v", forms)
	}
	p.posted(http.StatusSeeOther, forms[0].To, forms[0].Pairs...)
	webtest.Contains(t, p.Page(first), `value="Ткач"`, "Довіреність № 12")
	p.posted(http.StatusSeeOther, first, forms[0].Pairs...)

	// Typed into another application with another address, and kept from there: the end is still known.
	p.apply("Лугова, 2", acts...)
	page = p.Page("/cabinet/applicants")
	if n := strings.Count(page, "Повноваження діють до"); n != 2 {
		t.Errorf("%d of two know when the authority ends", n)
	}
	p.posted(http.StatusSeeOther, first, "kept", "applicant!")
	p.later = 4 * 24 * time.Hour
	p.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	page = p.Page("/cabinet/applicants/pick")
	if n := len(filling(page)); n != 0 || strings.Count(page, "Строк минув") != 2 {
		t.Errorf("%d are still offered", n)
	}
}

// apply sends an application of the person, to whom the address is added, and keeps them in the cabinet. It returns the address of its last page.
func (p *town) apply(address string, who ...string) (check string) {
	p.t.Helper()
	first := p.posted(http.StatusSeeOther, at, "another", "1")
	_, draft, _ := strings.Cut(first, "?")
	p.posted(http.StatusSeeOther, first, who...)
	p.posted(http.StatusSeeOther, at+"/step/contacts?"+draft, "phone", "067 123 45 67", "address", address, "centre", p.region.Centre.String())
	p.posted(http.StatusSeeOther, at+"/step/extract?"+draft, "purpose", "court", "persons", "me", "copies", "2")
	if w := p.Upload(at+"/step/documents?"+draft, "identity_document", []string{"паспорт.pdf", "%PDF-1.7"}); w.Code != http.StatusSeeOther {
		p.t.Fatalf("%d: %s", w.Code, w.Body)
	}
	check = at + "/check?" + draft
	webtest.Contains(p.t, p.Page(check), "Зберегти дані заявника в моєму кабінеті")
	to := p.posted(http.StatusSeeOther, check, "remember", "true") // without consent
	if page := p.Get(to).Body.String(); !regexp.MustCompile(`name="remember"[^>]* checked`).MatchString(page) {
		p.t.Error("the tick is gone with the missing consent")
	}
	to = p.posted(http.StatusSeeOther, check, "consent", "true", "remember", "true")
	webtest.Contains(p.t, p.Page(p.Get(to).Header().Get("Location")), "Дані заявника збережено в кабінеті")
	return check
}

// Two entries that their owner has made are two, whatever they have in common.
func TestWhatIsTypedByHandStays(t *testing.T) {
	s := open(t)
	s.register("olena")
	for range 2 {
		s.posted(http.StatusSeeOther, "/cabinet/applicants/new", person("Канарейченко", "КС 123456")...)
	}
	if n := strings.Count(s.Page("/cabinet/applicants"), "govuk-summary-card__title-wrapper"); n != 2 {
		t.Errorf("%d are left of two", n)
	}
}

// Who applied is kept from the page on which an application is sent, once however often; an application that was filled in asks nothing.
func TestAnApplicantIsRemembered(t *testing.T) {
	p := openTown(t)
	p.register("olena")
	who := []string{"kind", "person", "surname", "Канарейченко", "given_name", "Олена", "identified_by", "passport", "passport", "КС 123456"}
	for range 2 {
		p.posted(http.StatusSeeOther, p.apply("Соборна, 1", who...), "consent", "true", "remember", "true") // the button is pressed twice
	}
	if n := strings.Count(p.Page("/cabinet/applicants"), "govuk-summary-card__title-wrapper"); n != 1 {
		t.Errorf("%d are kept, want one", n)
	}
	var rows int
	if err := p.region.DB.Pool.QueryRow(t.Context(), `select count(*) from account.applicants`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows, want one: %v", rows, err)
	}
	first := p.posted(http.StatusSeeOther, at, "another", "1")
	_, draft, _ := strings.Cut(first, "?")
	p.posted(http.StatusSeeOther, first, "kept", "applicant!")
	fill := filling(p.Page("/cabinet/applicants/pick"))[0]
	p.posted(http.StatusSeeOther, fill.To, fill.Pairs...)
	p.posted(http.StatusSeeOther, first, fill.Pairs...)
	p.posted(http.StatusSeeOther, at+"/step/contacts?"+draft, append(fill.Pairs, "centre", p.region.Centre.String())...)
	p.posted(http.StatusSeeOther, at+"/step/extract?"+draft, "purpose", "court", "persons", "me", "copies", "2")
	if w := p.Upload(at+"/step/documents?"+draft, "identity_document", []string{"паспорт.pdf", "%PDF-1.7"}); w.Code != http.StatusSeeOther {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	webtest.Lacks(t, p.Page(at+"/check?"+draft), "Зберегти дані заявника")
}
