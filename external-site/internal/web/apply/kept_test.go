package apply_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// What was typed and what is wrong with it stay through reloading, another language, and the page before and back.
func TestWhatIsWrongStaysAfterLeaving(t *testing.T) {
	b := open(t)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	p := b.post(at+"/step/contacts", "phone", "123", "address", "Довга адреса", "centre", b.centre.String())
	b.back(p)
	b.shows(b.get(at+"/step/contacts"), `value="123"`, "Довга адреса", "Такого номера телефону немає")
	b.shows(b.get(at+"/step/contacts?lang=en"), `value="123"`, "Довга адреса", "There is no such phone number")
	b.shows(b.get(at+"/step/applicant"), "Канарейченко")
	b.shows(b.get(at+"/step/contacts"), `value="123"`, "Довга адреса")
	b.expect(b.get(at+"/check"), at+"/step/contacts")
	b.expect(b.post(at+"/step/contacts", b.contacts()...), at+"/step/extract")
	if p := b.get(at + "/step/contacts"); p.status != http.StatusOK || strings.Contains(p.body, `value="123"`) {
		t.Errorf("after it was put right: %d", p.status)
	}
}

// What is typed is kept before it is sent, as the page's script sends it, without a word about what is missing.
func TestWhatIsTypedIsKeptBeforeItIsSent(t *testing.T) {
	b := open(t)
	if p := b.post(at+"/step/applicant", "action", "keep"); p.status != http.StatusNoContent || len(b.Held(at)) > 0 {
		t.Errorf("an empty page: %d", p.status)
	}
	if p := b.post(at+"/step/applicant", "action", "keep", "surname", "Канарейченко"); p.status != http.StatusNoContent {
		t.Errorf("%d", p.status)
	}
	p := b.get(at + "/step/applicant")
	if b.shows(p, "Канарейченко"); p.status != http.StatusOK || strings.Contains(p.body, "error-summary") {
		t.Errorf("a page that was not sent says what is wrong: %d", p.status)
	}
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	b.post(at+"/step/applicant", append([]string{"action", "keep"}, applicant...)...) // comes late
	b.expect(b.get(at+"/check"), at+"/step/contacts")
}

// When cookies are deleted between two pages, the page that is sent next is kept all the same.
func TestPageOfAnApplicationThatIsGoneIsKept(t *testing.T) {
	b := open(t)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	b.Forget()
	p := b.post(at+"/step/contacts", "phone", "067 123 45 67", "address", "Довга адреса", "centre", b.centre.String())
	b.expect(p, at+"/step/applicant")
	b.shows(b.get(p.to), "Попередніх сторінок цієї заяви в цьому браузері вже немає")
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/extract")
	b.shows(b.get(at+"/step/contacts"), "Довга адреса")
}

// A browser without cookies is told so; an empty first page would say nothing.
func TestABrowserWithoutCookiesIsToldSo(t *testing.T) {
	b := open(t)
	p := b.post(at+"/step/applicant", "surname", "Канарейченко")
	b.expect(p, at+"/step/applicant")
	b.Forget()
	p = b.get(p.to)
	b.expect(p, at+"?gone=1")
	b.Forget()
	b.shows(b.get(p.to), "браузер не зберігає файлів cookie")
}

// Of a batch of files those that are fine are kept, and each other one is named.
func TestEachFileOfABatch(t *testing.T) {
	b := open(t)
	b.upToDocuments()
	p := b.back(b.upload("", "a.pdf", "%PDF-a", "b.heic", "\x00\x00\x00\x18ftypheic", "c.pdf", "%PDF-c", "d.pdf", "MZ"))
	b.shows(p, "Фото «b.heic» не додано", "Файл «d.pdf» не додано: він пошкоджений або це не PDF", "Видалити<span class=\"govuk-visually-hidden\"> a.pdf", "Видалити<span class=\"govuk-visually-hidden\"> c.pdf")
	b.shows(p, "До 3 файлів", "один файл – до 10", "разом до 10 файлів")
	p = b.back(b.upload("", "e.pdf", "%PDF-e", "f.pdf", "%PDF-f"))
	b.shows(p, "> e.pdf", "Файл «f.pdf» не додано: тут можна додати файлів: 3")
	b.expect(b.post(at+"/step/documents"), at+"/check")
}

// A button of the page is named «action», and a form's property of that name is then the button: the script has to ask for
// the attribute.
func TestScriptSendsToTheFormsAddress(t *testing.T) {
	b := open(t)
	script := b.get("/form/form.js")
	if script.status != http.StatusOK || strings.Contains(script.body, "(form.action") || strings.Contains(script.body, ", form.action)") {
		t.Errorf("%d: the script reads the property", script.status)
	}
	b.upToDocuments()
	b.shows(b.get(at+"/step/documents"), `name="action"`, "data-portal-keep")
}

// A page of an application that was discarded in another tab puts nothing into the application beside it.
func TestNobodyIsTornFromOneApplicationIntoAnother(t *testing.T) {
	b := open(t)
	first := b.post(at)
	b.expect(b.post(first.to, applicant...), at+"/step/contacts")
	second := b.post(at, "another", "1")
	b.expect(b.post(second.to, applicant...), at+"/step/contacts")
	b.expect(b.post(at+"/discard?"+draftOf.FindString(first.to)), at)
	p := b.post(at+"/step/contacts?"+draftOf.FindString(first.to), "phone", "123", "address", "Чужа", "centre", uuid.NewString())
	b.expect(p, at+"/step/applicant")
	if strings.Contains(b.get(at+"/step/contacts?"+draftOf.FindString(second.to)).body, "Чужа") {
		t.Error("what was typed went into another application")
	}
}
