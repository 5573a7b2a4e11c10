package cabinet_test

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

var versionChoice = regexp.MustCompile(`name="document"[^>]*value="([0-9a-f-]{36})"`)

// sentOn sends a form and follows the answer of status 307 as a browser does: with the same request, to the address that it names.
func (p *town) sentOn(path string, pairs ...string) *httptest.ResponseRecorder {
	p.t.Helper()
	w := p.Post(path, pairs...)
	if w.Code != http.StatusTemporaryRedirect {
		p.t.Fatalf("POST %s: %d\n%s", path, w.Code, w.Body)
	}
	return p.Post(w.Header().Get("Location"), pairs...)
}

// A document of the cabinet is taken over into an application without a script: what was typed stays, the file is sealed for the intake with it, and neither the
// pages nor the browser's cookies keep its key afterwards.
func TestADocumentIsTakenOverIntoAnApplication(t *testing.T) {
	p := openTown(t)
	p.register("olena")
	p.document("Паспорт Олени", "pasport.pdf", "%PDF-1.7 паспорт")
	p.document("Фото", "foto.jpg", "\xff\xd8\xff\xe0 фото")
	webtest.Contains(t, p.Page("/cabinet/documents/pick"), "Невідомо, до чого додати документ")
	p.begin("Канарейченко")
	page := p.Page(at + "/step/documents")
	webtest.Contains(t, page, "Узяти з моїх документів")
	to := p.posted(http.StatusSeeOther, at+"/step/documents", "kept", "identity_document")
	if to != "/cabinet/documents/pick" {
		t.Fatalf("leads to %s", to)
	}
	page = p.Page(to)
	webtest.Contains(t, page, "Паспорт Олени", "pasport.pdf", "Фото")
	choices := versionChoice.FindAllStringSubmatch(page, -1)
	if len(choices) != 2 {
		t.Fatalf("%d choices: %s", len(choices), page)
	}
	p.posted(http.StatusUnprocessableEntity, to, "document", "")
	p.posted(http.StatusUnprocessableEntity, to, "document", "0193b9a0-0000-7000-8000-000000000001")
	w := p.sentOn(to, "document", choices[1][1]) // the older one stands second
	if w.Code != http.StatusSeeOther {
		t.Fatalf("the form answers %d: %s", w.Code, w.Body)
	}
	for _, c := range p.Held(at + "/step/documents") {
		if strings.Contains(c.Name, "handed") {
			t.Error("the key of the file stays in the browser")
		}
	}
	page = p.Page(w.Header().Get("Location"))
	webtest.Contains(t, page, "pasport.pdf", "Документ додано")
	webtest.Contains(t, p.Page(at+"/step/applicant"), "Канарейченко")
	if w := p.Post(at+"/step/documents", "document", choices[1][1]); strings.Contains(w.Body.String(), "foto") {
		t.Error("it is added twice")
	}
	webtest.Contains(t, p.Page("/cabinet/documents/pick"), "Невідомо, до чого додати документ")
	if n := strings.Count(p.Page(at+"/step/documents"), "pasport.pdf"); n == 0 || strings.Contains(p.Page(at+"/step/documents"), "foto.jpg") {
		t.Errorf("the file stands there %d times", n)
	}
	for where, content := range p.loot() {
		if strings.Contains(string(content), "%PDF-1.7 паспорт") {
			t.Errorf("%s holds the document", where)
		}
	}
}

// Where the address of the form comes from is the browser, so it leads nowhere but to forms of this site; whoever has no account open is offered nothing.
func TestTakingOverLeadsToFormsOnly(t *testing.T) {
	p := openTown(t)
	p.begin("Канарейченко")
	webtest.Lacks(t, p.Page(at+"/step/documents"), "Узяти з моїх документів")
	if to := p.posted(http.StatusSeeOther, at+"/step/documents", "kept", "identity_document"); strings.HasPrefix(to, "/cabinet") {
		t.Errorf("nobody is led to %s", to)
	}
	p.register("olena")
	p.document("Паспорт", "pasport.pdf", "%PDF-1.7 паспорт")
	for _, to := range []string{"https://evil.example/apply/x", "//evil.example/apply/x", "/cabinet/account/erase", "/apply/../cabinet/account/erase", "/apply/step/../../cabinet/account/erase", at + "/discard", `/apply/\evil`} {
		p.Plant("/cabinet/documents/pick", "__Secure-asked", base64.RawURLEncoding.EncodeToString([]byte(to+"\nidentity_document")))
		webtest.Lacks(t, p.Page("/cabinet/documents/pick"), "evil", `href="/cabinet/account/erase"`, "pasport.pdf")
	}
	p.Plant("/cabinet/documents/pick", "__Secure-asked", base64.RawURLEncoding.EncodeToString([]byte(at+"/step/documents?draft=abcdefgh\nidentity_document")))
	webtest.Contains(t, p.Page("/cabinet/documents/pick"), "pasport.pdf") // and an honest one is understood
}
