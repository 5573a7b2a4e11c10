package apply_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/external-site/internal/submission/submissiontest"
)

// shows says whether a page holds all of the words.
func (b *browser) shows(p page, words ...string) {
	b.t.Helper()
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			b.t.Errorf("the page does not show %q\n%s", w, errorsOf(p.body))
		}
	}
}

var draftOf = regexp.MustCompile(`draft=([a-z0-9]{8})`)

// TestBeginningDestroysNothing: two tabs stand on the start page; the second «begin» finds the first one's application
// and offers both, and each goes on by itself.
func TestBeginningDestroysNothing(t *testing.T) {
	b := open(t)
	first := b.post(at)
	b.expect(first, at+"/step/applicant")
	b.expect(b.post(first.to, applicant...), at+"/step/contacts")
	b.expect(b.post(at), at) // the second tab: nothing is begun in place of the first
	b.shows(b.get(at), "Продовжити заповнення", "Почати ще одну заяву", "Зупинилися на сторінці «Як із вами зв’язатися»")
	second := b.post(at, "another", "1")
	b.expect(second, at+"/step/applicant")
	if draftOf.FindString(first.to) == draftOf.FindString(second.to) {
		t.Fatalf("both are %q", second.to)
	}
	b.expect(b.post(second.to, "kind", "person", "surname", "Другий", "given_name", "Петро", "identified_by", "passport", "passport", "001234567"), at+"/step/contacts")
	b.shows(b.get(first.to), "Канарейченко")
	b.shows(b.get(second.to), "Другий")
	if p := b.get(at); strings.Count(p.body, "Продовжити заповнення") != 2 {
		t.Error("the start page does not offer both")
	}
}

// TestTwoApplicationsHaveTwoReceipts: of one service, sent from one browser.
func TestTwoApplicationsHaveTwoReceipts(t *testing.T) {
	b := open(t)
	b.filled()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	one := b.get(at + "/receipt")
	b.filled()
	b.shows(b.get(at+"/receipt"), codeOf(t, one.body).Reveal()) // while the next is being filled in
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	codes := map[string]bool{}
	for _, link := range regexp.MustCompile(`href="([^"]*/receipt\?draft=[a-z0-9]{8})"`).FindAllStringSubmatch(b.get(at).body, -1) {
		codes[codeOf(t, b.get(link[1]).body).Reveal()] = true
	}
	if len(codes) != 2 || !codes[codeOf(t, one.body).Reveal()] {
		t.Errorf("%d receipts can be opened", len(codes))
	}
	b.shows(b.get(at), "Відкрити квитанцію 1<", "Відкрити квитанцію 2<")
}

// TestWhatIsWrongStaysAfterLeaving: reloading, another language, the page before and back.
func TestWhatIsWrongStaysAfterLeaving(t *testing.T) {
	b := open(t)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	p := b.post(at+"/step/contacts", "phone", "123", "address", "Довга адреса", "centre", b.Centre.String())
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

// TestWhatIsTypedIsKeptBeforeItIsSent: as the page's script sends it, without a word about what is missing.
func TestWhatIsTypedIsKeptBeforeItIsSent(t *testing.T) {
	b := open(t)
	if p := b.post(at+"/step/applicant", "action", "keep"); p.status != http.StatusNoContent || len(b.client.Jar.Cookies(mustParse(t, b.server.URL+at))) > 0 {
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

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	must(t, err)
	return u
}

// TestPageOfAnApplicationThatIsGoneIsKept: cookies were deleted between two pages.
func TestPageOfAnApplicationThatIsGoneIsKept(t *testing.T) {
	b := open(t)
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	jar, err := cookiejar.New(nil)
	must(t, err)
	b.client.Jar = jar
	p := b.post(at+"/step/contacts", "phone", "067 123 45 67", "address", "Довга адреса", "centre", b.Centre.String())
	b.expect(p, at+"/step/applicant")
	b.shows(b.get(p.to), "Попередніх сторінок цієї заяви в цьому браузері вже немає")
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/extract")
	b.shows(b.get(at+"/step/contacts"), "Довга адреса")
}

// TestABrowserWithoutCookiesIsToldSo: instead of an empty first page.
func TestABrowserWithoutCookiesIsToldSo(t *testing.T) {
	b := open(t)
	b.client.Jar = nil
	p := b.post(at+"/step/applicant", "surname", "Канарейченко")
	b.expect(p, at+"/step/applicant")
	p = b.get(p.to)
	b.expect(p, at+"?gone=1")
	b.shows(b.get(p.to), "браузер не зберігає файлів cookie")
}

// TestEachFileOfABatch: those that are fine are kept, and each other one is named.
func TestEachFileOfABatch(t *testing.T) {
	b := open(t)
	b.upToDocuments()
	p := b.back(b.upload(at+"/step/documents", "", "a.pdf", "%PDF-a", "b.heic", "\x00\x00\x00\x18ftypheic", "c.pdf", "%PDF-c", "d.pdf", "MZ"))
	b.shows(p, "Фото «b.heic» не додано", "Файл «d.pdf» не додано: він пошкоджений або це не PDF", "Видалити<span class=\"govuk-visually-hidden\"> a.pdf", "Видалити<span class=\"govuk-visually-hidden\"> c.pdf")
	b.shows(p, "До 3 файлів", "один файл – до 10", "разом до 10 файлів")
	p = b.back(b.upload(at+"/step/documents", "", "e.pdf", "%PDF-e", "f.pdf", "%PDF-f"))
	b.shows(p, "> e.pdf", "Файл «f.pdf» не додано: тут можна додати файлів: 3")
	b.expect(b.post(at+"/step/documents"), at+"/check")
}

// TestScriptSendsToTheFormsAddress: a button of the page is named «action», and a form's property of that name is then
// the button.
func TestScriptSendsToTheFormsAddress(t *testing.T) {
	b := open(t)
	script := b.get("/form/form.js")
	if script.status != http.StatusOK || strings.Contains(script.body, "(form.action") || strings.Contains(script.body, ", form.action)") {
		t.Errorf("%d: the script reads the property", script.status)
	}
	b.upToDocuments()
	b.shows(b.get(at+"/step/documents"), `name="action"`, "data-portal-keep")
}

// TestBegunApplicationIsFound: from the card and from the first page, until it was sent.
func TestBegunApplicationIsFound(t *testing.T) {
	b := open(t)
	b.filled()
	b.shows(b.get("/services/"+submissiontest.Code), "Ви вже почали заяву на цю послугу")
	b.shows(b.get("/"), "Ви почали заяву і ще не подали її", `href="`+at+`"`)
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	for _, path := range []string{"/", "/services/" + submissiontest.Code} {
		if strings.Contains(b.get(path).body, "почали заяву") {
			t.Errorf("%s still leads to an application that was sent", path)
		}
	}
}

// TestServiceThatClosesWhileSomebodyFillsIn: said in words on a page of its own, and nothing is lost.
func TestServiceThatClosesWhileSomebodyFillsIn(t *testing.T) {
	for name, sql := range map[string]string{
		"no longer online": "update catalogue.services set quick = false",
		"no form":          "update catalogue.forms set published = false",
		"withdrawn":        "update catalogue.services set published = false",
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			b.upToDocuments()
			b.DB.Exec(sql)
			p := b.post(at+"/step/extract", "purpose", "other", "purpose_other", "Довго писав", "persons", "me", "copies", "2")
			if b.shows(p, "Подати цю заяву онлайн уже не можна", "Нічого не подано", "зберігається в цьому браузері до"); p.status != http.StatusGone {
				t.Errorf("%d", p.status)
			}
			b.DB.Exec("update catalogue.services set quick = true, published = true")
			b.DB.Exec("update catalogue.forms set published = true")
			b.shows(b.get(at+"/step/extract"), "Довго писав")
		})
	}
}

// TestReceiptOutlivesTheService: for as long as it promised.
func TestReceiptOutlivesTheService(t *testing.T) {
	b := open(t)
	b.filled()
	b.expect(b.post(at+"/check", "consent", "true"), at+"/receipt")
	b.DB.Exec("update catalogue.services set quick = false")
	codeOf(t, b.get(at+"/receipt").body)
}

// TestCentreThatIsGone: the page asks for another one and says why.
func TestCentreThatIsGone(t *testing.T) {
	b := open(t)
	b.filled()
	b.DB.Exec("update org.centres set published = false where id = $1", b.Centre)
	p := b.get(at + "/check")
	if p.status == http.StatusSeeOther {
		p = b.get(p.to)
	}
	b.shows(p, "Центр, який ви вибрали, більше не приймає заяв на цю послугу")
}

// TestNobodyIsTornFromOneApplicationIntoAnother: a page of an application that was discarded in another tab.
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
