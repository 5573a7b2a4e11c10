package questions_test

import (
	"net/http"
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
	b.expect(b.get(at+"/check"), at)
	b.expect(b.ask(at, "", "", question...), at+"/check")
	if p := b.post(at + "/check"); p.status != 422 || !strings.Contains(p.body, "підтвердьте згоду") {
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
