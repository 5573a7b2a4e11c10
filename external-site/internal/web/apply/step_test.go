package apply_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

func TestWrongPagesComeBackWithWhatWasTyped(t *testing.T) {
	b := open(t)
	b.expect(b.post(at), at+"/step/applicant")
	p := b.back(b.post(at+"/step/applicant", "kind", "entity", "surname", "Канарейченко", "identified_by", "tax_number", "tax_number", "3184710692"))
	for _, words := range []string{`value="Канарейченко"`, `value="3184710692"`, `href="#given_name"`, `href="#tax_number"`, `href="#edrpou"`, "Заповніть поле «Ім’я»"} {
		if !strings.Contains(p.body, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	p = b.back(b.post(at+"/step/contacts", "address", "", "centre", b.centre.String()))
	phone, address := strings.Index(p.body, `href="#phone"`), strings.Index(p.body, `href="#address"`)
	if !strings.Contains(p.body, "Вкажіть хоча б одне: «Телефон» або «Електронна пошта»") || phone < 0 || address < phone {
		t.Errorf("without a way to reach the applicant:\n%s", errorsOf(p.body))
	}
	if strings.Contains(p.body, "Телефон (необов’язково)") {
		t.Error("what one of two is needed of is called optional")
	}
	b.expect(b.get(at+"/check"), at+"/step/contacts")
}

func TestFilesThatAreRefused(t *testing.T) {
	b := open(t)
	b.upToDocuments()
	for name, c := range map[string]struct{ file, content, says string }{
		"type":      {"virus.exe", "MZ", "файли цього типу не приймають"},
		"disguised": {"page.pdf", "<html>", "пошкоджений або це не PDF"},
		"photo":     {"b.heic", "\x00\x00\x00\x18ftypheic", "Збережіть його як JPG"},
		"empty":     {"empty.pdf", "", "порожній"},
		"large":     {"large.pdf", "%PDF-" + strings.Repeat("x", 10<<20), "більший за 10"},
	} {
		if p := b.back(b.upload("", c.file, c.content)); !strings.Contains(p.body, c.says) {
			t.Errorf("%s: %d\n%s", name, p.status, errorsOf(p.body))
		}
	}
	if p := b.get(at + "/step/documents"); strings.Contains(p.body, `name="remove"`) {
		t.Error("one was kept")
	}
	b.expect(b.upload("stay", "a.pdf", "%PDF-a", "b.png", "\x89PNG\r\n\x1a\n"), at+"/step/documents")
	p := b.get(at + "/step/documents")
	remove := regexp.MustCompile(`name="remove" value="([^"]+)"`).FindAllStringSubmatch(p.body, -1)
	if len(remove) != 2 || !strings.Contains(p.body, "a.pdf") {
		t.Fatalf("%d files are shown", len(remove))
	}
	b.expect(b.post(at+"/step/documents", "remove", remove[0][1]), at+"/step/documents")
	if p := b.get(at + "/step/documents"); strings.Contains(p.body, "a.pdf") || !strings.Contains(p.body, "b.png") {
		t.Error("the wrong file was taken out")
	}
}

// «Add the files» says what became of each file and nothing of what is still missing, until somebody goes on.
func TestAddingFilesAsksForNothingElse(t *testing.T) {
	b := open(t)
	b.upToDocuments()
	page := at + "/step/documents"
	mistakes := func(body string) int { return strings.Count(errorsOf(body), "<li>") }
	p := b.back(b.upload("stay", "b.heic", "\x00\x00\x00\x18ftypheic", "virus.exe", "MZ"))
	if !strings.Contains(p.body, "b.heic") || !strings.Contains(p.body, "virus.exe") || mistakes(p.body) != 2 || strings.Contains(p.body, "Додайте файл") {
		t.Errorf("two files were refused, and the page lists %d mistakes:\n%s", mistakes(p.body), errorsOf(p.body))
	}
	b.expect(b.upload("stay"), page)
	if p := b.get(page); p.status != http.StatusOK {
		t.Errorf("after a second try without files: %d\n%s", p.status, errorsOf(p.body))
	}
	if p := b.back(b.upload("")); mistakes(p.body) == 0 {
		t.Fatal("the page can be passed without its documents")
	}
	b.expect(b.get(at+"/check"), page)
	b.expect(b.upload("stay"), page)
	if p := b.get(page); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a page that said what was missing says it no more: %d", p.status)
	}
	b.expect(b.upload("", "паспорт.pdf", "%PDF-1.7"), at+"/check")
}

func TestNothingTypedIsLostWhileTheDatabaseIsAway(t *testing.T) {
	b := open(t)
	b.filled()
	b.refusal, b.desk.Err = fault.New(fault.Unavailable, ""), fault.New(fault.Unavailable, "")
	p := b.post(at+"/step/extract", "purpose", "other", "purpose_other", "Довго писав", "persons", "me", "copies", "2")
	if p.status != 503 || !strings.Contains(p.body, `value="Довго писав"`) || !strings.Contains(p.body, "залишилося на цій сторінці") {
		t.Errorf("a page: %d\n%s", p.status, errorsOf(p.body))
	}
	if p := b.upload("", "a.pdf", "%PDF-a"); p.status != 503 {
		t.Errorf("a file: %d\n%s", p.status, errorsOf(p.body))
	}
	if p := b.post(at+"/check", "consent", "true"); p.status != 503 {
		t.Errorf("sending: %d", p.status)
	}
}

func TestExpiredDraftKeepsThePageThatWasSent(t *testing.T) {
	b := open(t)
	b.expect(b.post(at), at+"/step/applicant")
	b.desk.Lose()
	b.expect(b.post(at+"/step/applicant", applicant...), at+"/step/contacts")
	if p := b.get(at + "/step/applicant"); !strings.Contains(p.body, "Канарейченко") {
		t.Error("what was typed is gone")
	}
	b.expect(b.post(at+"/discard"), at)
	b.expect(b.get(at+"/step/contacts"), at+"?gone=1")
	if p := b.get(at + "?gone=1"); !strings.Contains(p.body, "в цьому браузері немає") {
		t.Error("nothing says that the application is gone")
	}
	if p := b.get(at + "/step/applicant"); p.status != http.StatusOK || strings.Contains(p.body, "Канарейченко") {
		t.Errorf("the first page after discarding: %d", p.status)
	}
}

// A key and its password cannot be sent: their fields have no name and belong to no form.
func TestKeysOfSignaturesAreNoPartOfTheForm(t *testing.T) {
	b := open(t)
	b.upToDocuments()
	p := b.get(at + "/step/documents")
	fields := regexp.MustCompile(`<input[^>]* id="sign-[^>]*>`).FindAllString(p.body, -1)
	if len(fields) != 3 {
		t.Fatalf("fields of the key: %q", fields)
	}
	for _, field := range fields {
		if strings.Contains(field, " name=") || !strings.Contains(field, ` form=""`) {
			t.Errorf("is sent with the form: %s", field)
		}
	}
	if !strings.Contains(p.body, "Підпишіть файл програмою, якою ви користуєтеся") || strings.Contains(b.get(at+"/step/contacts").body, "data-portal-sign") {
		t.Error("whoever has no scripts is not told how to sign, or pages without files are about it")
	}
}
