package questions_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/external-site/internal/submission/submissiontest"
)

func TestWhomToAskAboutAService(t *testing.T) {
	b := open(t)
	p := b.get("/ask/about/" + submissiontest.Code)
	for _, to := range []string{at + "?service=01-07", "/ask/centres/02?service=01-07", "/ask/authorities/eco?service=01-07"} {
		if !strings.Contains(p.body, to) {
			t.Errorf("the page does not lead to %s", to)
		}
	}
	b.DB.Exec("delete from catalogue.service_centres")
	b.expect(b.get("/ask/about/"+submissiontest.Code), "/ask/authorities/eco?service=01-07")
	b.DB.Exec("update org.authorities set published = false")
	if p := b.get("/ask/about/" + submissiontest.Code); p.status != http.StatusOK || !strings.Contains(p.body, "нікому") {
		t.Errorf("nobody to ask: %d", p.status)
	}
	for _, path := range []string{"/ask/about/none", "/ask/centres/none", "/ask/authorities/eco", "/ask/people/01", "/ask/centres/%00"} {
		if p := b.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
}

func TestQuestionThatIsNotCompleteComesBack(t *testing.T) {
	b := open(t)
	b.expect(b.ask(at, "", "", "topic", "Канарейка", "name", "Олена"), at+"?back=1")
	p := b.get(at) // an address that can be opened again, and is
	for _, words := range []string{`value="Канарейка"`, `href="#text"`, "Вкажіть хоча б одне: «Електронна пошта» або «Телефон»"} {
		if !strings.Contains(p.body, words) {
			t.Errorf("the page does not show %q", words)
		}
	}
	if p.status != http.StatusUnprocessableEntity || b.drafts() != 1 {
		t.Errorf("status %d, %d drafts", p.status, b.drafts())
	}
	b.expect(b.ask(at, "virus.exe", "MZ", question...), at+"?back=1")
	if p := b.get(at); p.status != 422 || !strings.Contains(p.body, "файли цього типу не приймають") || !strings.Contains(p.body, `value="Канарейка"`) {
		t.Errorf("a program as a file: %d", p.status)
	}
	b.expect(b.ask(at, "virus.exe", "MZ", "topic", "Канарейка", "name", "Олена"), at+"?back=1")
	p = b.get(at)
	if text, file := strings.Index(p.body, `href="#text"`), strings.Index(p.body, `href="#files"`); text < 0 || file < text {
		t.Errorf("mistakes are not told in the order of the questions: text at %d, file at %d", text, file)
	}
	b.expect(b.get(at+"/check"), at)
	b.expect(b.ask(at, "", "", question...), at+"/check")
	unconfirmed := b.post(at + "/check")
	b.expect(unconfirmed, at+"/check?unconfirmed=1") // an address, so that the language and the way back do not lose what is wrong
	if p := b.get(unconfirmed.to); p.status != 422 || !strings.Contains(p.body, "підтвердьте згоду") {
		t.Errorf("without consent: %d", p.status)
	}
	if p := b.get(at); !strings.Contains(p.body, `value="Канарейка"`) {
		t.Error("what was kept is not shown for changing")
	}
	b.expect(b.post(at+"/discard"), "/centres/01")
	if b.drafts() != 0 {
		t.Error("it was not discarded")
	}
}

// «Add the files» and taking one away keep what was typed, and say what became of the files and nothing else.
func TestFilesAreAddedWhileTheQuestionIsWritten(t *testing.T) {
	b := open(t)
	b.expect(b.ask(at, "virus.exe", "MZ", "topic", "Канарейка", "action", "stay"), at+"?back=1")
	p := b.get(at)
	if p.status != 422 || !strings.Contains(p.body, "virus.exe") || !strings.Contains(p.body, `value="Канарейка"`) || strings.Contains(p.body, `href="#text"`) {
		t.Errorf("a program as a file: %d\n%s", p.status, p.body)
	}
	b.expect(b.ask(at, "a.pdf", "%PDF-a", "topic", "Канарейка", "text", "Половина", "action", "stay"), at)
	p = b.get(at)
	file := regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(p.body)
	if p.status != http.StatusOK || file == nil || !strings.Contains(p.body, "Половина</textarea>") {
		t.Fatalf("a file: %d\n%s", p.status, p.body)
	}
	b.expect(b.ask(at, "", "", "topic", "Канарейка", "text", "Більше ніж половина", "remove", file[1]), at)
	if p := b.get(at); p.status != http.StatusOK || !strings.Contains(p.body, "Більше ніж половина</textarea>") || strings.Contains(p.body, "a.pdf") {
		t.Errorf("after taking the file away: %d\n%s", p.status, p.body)
	}
}
