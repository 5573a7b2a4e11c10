package acts_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestAddEdition(t *testing.T) {
	l := newLibrary(t)
	path := l.path() + "/editions/new"
	webtest.Shows(t, l.manager().Get(path), http.StatusOK, `name="version" value="1"`, "побачать усі на публічному сайті")
	fields := url.Values{"version": {"1"}, "in_force": {"колись"}, "note": {"Зі <i>змінами"}, "text": {"Стаття <1>\r\n\r\nТекст"}}
	webtest.Shows(t, l.manager().Multipart(path, fields, "file", "akt.pdf", pdf), http.StatusUnprocessableEntity, `value="колись"`, "Стаття &lt;1&gt;", `href="#in_force"`)
	fields.Set("in_force", "1.1.2024")
	webtest.Shows(t, l.manager().Multipart(path, fields, "file", "akt.pdf", []byte("зовсім не PDF")), http.StatusUnprocessableEntity, "Стаття &lt;1&gt;", `href="#file"`)
	webtest.Shows(t, l.manager().Multipart(path, fields, "text_file", "akt.pdf", pdf), http.StatusUnprocessableEntity, `href="#text_file"`, "потрібен файл TXT")
	webtest.Shows(t, l.manager().Multipart(path, fields, "file", "a.txt", []byte("текст")), http.StatusUnprocessableEntity, `href="#file"`)
	webtest.Shows(t, l.manager().Multipart(path, fields, "text_file", "a.txt", append([]byte(strings.Repeat("а", 300)), 0, 1)), http.StatusUnprocessableEntity, `href="#text_file"`)
	first, second := l.manager().Multipart(path, fields, "file", "akt.pdf", pdf), l.manager().Multipart(path, fields, "file", "akt.pdf", pdf)
	if second.Code != http.StatusSeeOther || l.Count(`select count(*) from law.editions`) != 1 || l.Count(`select count(*) from documents.files where purpose = 'act'`) != 1 {
		t.Errorf("pressed twice: %d", second.Code)
	}
	webtest.Shows(t, goes(t, l.manager(), first), http.StatusOK, "Зі &lt;i&gt;змінами", "чинна", "16 знаків, файл")
	webtest.Shows(t, l.manager().Multipart(path, url.Values{"version": {"1"}, "in_force": {"2025-01-01"}, "text": {"Інше"}}, "", "", nil), http.StatusConflict, "Інше", `name="version" value="2"`)
	webtest.Shows(t, l.manager().Multipart(path, url.Values{"version": {"2"}, "in_force": {"2024-01-01"}, "text": {"Інше"}}, "", "", nil), http.StatusUnprocessableEntity, "Інше", "уже є")
	webtest.Shows(t, l.manager().Multipart(path, url.Values{"version": {"2"}, "in_force": {"2025-01-01"}}, "", "", nil), http.StatusUnprocessableEntity, `href="#text"`)
}

// A text that is longer than a form takes comes as a file, is read in parts and handed out whole.
func TestLongText(t *testing.T) {
	l := newLibrary(t)
	text := "\xef\xbb\xbf" + strings.Repeat("Стаття, у якій сказано про послуги.\r\n", 40_000) + "Остання стаття\r\n"
	w := l.manager().Multipart(l.path()+"/editions/new", url.Values{"version": {"1"}, "in_force": {"2024-01-01"}}, "text_file", "akt.txt", []byte(text))
	goes(t, l.manager(), w)
	path := l.path() + "/editions/" + one(t, l, `select id::text from law.editions`)
	page := l.manager().Get(path)
	webtest.Shows(t, page, http.StatusOK, "Стаття, у якій", "?page=2")
	if page.Body.Len() > 250_000 {
		t.Errorf("a page of %d bytes", page.Body.Len())
	}
	webtest.Shows(t, l.manager().Get(path+"?page=9999"), http.StatusOK, "Остання стаття")
	if whole := l.manager().Get(path + "/text"); whole.Body.String() != strings.ReplaceAll(text[3:], "\r", "") {
		t.Errorf("the whole text: %d bytes", whole.Body.Len())
	}
	webtest.Shows(t, l.manager().Get(l.path()+"/editions/new?instead="+path[len(path)-36:]), http.StatusOK, "задовгий", `value="2024-01-01"`)
}

// A paragraph that is too long is named where the text came from.
func TestParagraphWithoutAnEnd(t *testing.T) {
	l := newLibrary(t)
	path, fields := l.path()+"/editions/new", url.Values{"version": {"1"}, "in_force": {"2024-01-01"}}
	long := "Стаття 1\n" + strings.Repeat("без кінця ", 2000)
	webtest.Shows(t, l.manager().Multipart(path, fields, "text_file", "akt.txt", []byte(long)), http.StatusUnprocessableEntity, `href="#text_file"`, "Абзац 2 («без кінця")
	fields.Set("text", long)
	webtest.Shows(t, l.manager().Multipart(path, fields, "", "", nil), http.StatusUnprocessableEntity, `href="#text"`, "Абзац 2 («без кінця")
}

// Whoever was to replace an edition that was taken back meanwhile adds one more.
func TestReplacedMeanwhile(t *testing.T) {
	l := newLibrary(t)
	path, old := l.path()+"/editions/new", l.edition(t, 1, webtest.Now().AddDate(-1, 0, 0), "Стаття")
	if err := l.law.WithdrawEdition(t.Context(), l.Users[access.RegionalManager], l.Act, old, "Не той акт"); err != nil {
		t.Fatal(err)
	}
	fields := url.Values{"version": {"2"}, "in_force": {"2025-11-18"}, "text": {"Інша стаття"}, "replaces": {old.String()}}
	page := l.manager().Multipart(path, fields, "", "", nil)
	webtest.Shows(t, page, http.StatusConflict, "Інша стаття", `name="version" value="3"`, `name="replaces" value=""`)
	webtest.Lacks(t, page, "Стане на місце редакції")
	fields.Set("version", "3")
	fields.Set("replaces", "")
	webtest.Shows(t, goes(t, l.manager(), l.manager().Multipart(path, fields, "", "", nil)), http.StatusOK, "чинна")
}
