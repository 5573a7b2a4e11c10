package decisions_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/decisions"
	"portal.example/internal-site/internal/web/webtest"
)

// A template is begun with the portal's text; what is wrong with it is said and nothing is lost; who comes second sees both texts.
func TestATemplateIsWritten(t *testing.T) {
	s := newSite(t)
	head, at := s.As(s.Users[access.AuthorityHead]), "/decisions/"+s.Authority.String()+"/"+s.Service.String()+"/refused"
	standard := domain.Standard(domain.Refused)
	webtest.Shows(t, head.Get(at), http.StatusOK, "Відмовити в наданні адміністративної послуги", "{підстави}", "Призначення допомоги", `value="0"`)
	save := func(version, text string) url.Values { return url.Values{"version": {version}, "text": {text}} }
	webtest.Shows(t, head.Post(at, save("0", standard+"\n{прізвище}")), http.StatusUnprocessableEntity, "{прізвище}", "Поля «прізвище» немає", "обґрунтування", `href="#text"`)
	webtest.Shows(t, head.Post(at, save("0", "")), http.StatusUnprocessableEntity, "Введіть текст шаблону")
	webtest.Shows(t, head.Post(at, save("0", "{номер рішення}")), http.StatusUnprocessableEntity, "бракує поля")
	sample := save("0", standard)
	sample.Set("do", "sample")
	if w := head.Post(at, sample); w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/pdf" {
		t.Errorf("a sample: %d %v", w.Code, w.Header())
	}
	sample.Set("text", standard+"\n{прізвище}")
	webtest.Shows(t, head.Post(at, sample), http.StatusUnprocessableEntity, "{прізвище}", "Поля «прізвище» немає")
	if n := s.Count(`select count(*) from decisions.templates`); n != 0 {
		t.Errorf("looking and mistakes have left %d templates", n)
	}
	if w := head.Post(at, save("0", standard+"\nперший")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/decisions" {
		t.Fatal(w.Code, w.Body)
	}
	late := head.Post(at, save("0", standard+"\nдругий"))
	webtest.Shows(t, late, http.StatusConflict, "перший", "другий", `name="pick:text"`, `name="version" value="1"`)
	if w := head.Post(at, save("1", standard+"\nдругий")); w.Code != http.StatusSeeOther {
		t.Fatalf("saved again: %d", w.Code)
	}
	webtest.Shows(t, head.Get(at), http.StatusOK, "другий", "Повернути стандартний текст")
	back := save("2", "щось")
	back.Set("do", "standard")
	if w := head.Post(at, back); w.Code != http.StatusSeeOther || s.Count(`select count(*) from decisions.templates where version = 3 and text = ''`) != 1 {
		t.Errorf("back to the standard text: %d", w.Code)
	}
	for _, nowhere := range []string{
		"/decisions/" + s.Authority.String() + "/" + s.OtherService.String() + "/refused", "/decisions/" + s.Authority.String() + "/every/perhaps",
	} {
		if w := head.Get(nowhere); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", nowhere, w.Code)
		}
	}
}
