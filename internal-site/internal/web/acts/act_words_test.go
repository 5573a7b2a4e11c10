package acts_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

func TestWordsLeadToTheirPlace(t *testing.T) {
	l := newLibrary(t)
	l.edition(t, 1, webtest.Now().AddDate(-1, 0, 0), "Стаття 1. Терміни\n"+strings.Repeat("Звичайний абзац, у якому нічого немає.\n", 2500)+"Заяву <b>розглядають</b> у строк до 30 днів")
	webtest.Shows(t, l.manager().Get("/acts?q=строки"), http.StatusOK, "/acts/words?q=%d1%81%d1%82%d1%80%d0%be%d0%ba%d0%b8", "Шукати ці слова в текстах")
	webtest.Lacks(t, l.manager().Get("/acts/words"), `role="status"`)
	webtest.Shows(t, l.manager().Get("/acts/words?q=дракон"), http.StatusOK, "таких слів поруч немає")
	page := l.manager().Get("/acts/words?q=строків+розгляд")
	webtest.Shows(t, page, http.StatusOK, "Знайдено 1 акт", "Стаття 1. Терміни", "Заяву &lt;b&gt;розглядають&lt;/b&gt;")
	link := regexp.MustCompile(`href="(/acts/[^"]*found=[^"#]*)#found"`).FindStringSubmatch(page.Body.String())
	if link == nil {
		t.Fatal(page.Body)
	}
	webtest.Shows(t, l.manager().Get(link[1]), http.StatusOK, `id="found"`, "Знайдено тут: </span>Заяву &lt;b&gt;")
	edition, _, _ := strings.Cut(link[1], "?")
	for _, wrong := range []string{"x", "99.1", "1.-1", "1.99999", "99999999999.1", "1"} {
		webtest.Lacks(t, l.manager().Get(edition+"?found="+wrong), `id="found"`)
	}
}
