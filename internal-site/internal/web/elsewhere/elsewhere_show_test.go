package elsewhere_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestShow(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	webtest.Shows(t, manager.Get(r.path()), http.StatusOK, `class="portal-answer"`, "Цієї послуги в порталі немає.", "Паспорт &lt;b&gt;", "завантажено з файлу",
		`href="https://public.example/services?q=id&#43;card"`, "Усе правильно")
	r.DB.Exec(`update catalogue.elsewhere set published = false`)
	if page := manager.Get(r.path()).Body.String(); strings.Contains(page, "public.example") {
		t.Error("leads to a search that does not answer")
	}
	if page := r.As(r.Users[access.Officer]).Get(r.path()).Body.String(); strings.Contains(page, "Усе правильно") || strings.Contains(page, r.path()+"/edit") {
		t.Error("whoever only looks is offered to change it")
	}
}

// Whoever has looked says so once: a second press, or a page that is old, changes nothing.
func TestConfirm(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	webtest.Shows(t, manager.Post(r.path(), url.Values{"version": {"1"}, "review": {"колись"}}), http.StatusUnprocessableEntity, `value="колись"`)
	webtest.Shows(t, manager.Post(r.path(), url.Values{"version": {"1"}}), http.StatusUnprocessableEntity, "коли перевірити ці відомості знову")
	good := url.Values{"version": {"1"}, "review": {webtest.Now().AddDate(1, 0, 0).Format("2006-01-02")}}
	if w := manager.Post(r.path(), good); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, manager.Post(r.path(), good), http.StatusConflict, "Поки ви читали, запис змінили", `name="version" value="2"`)
	page := manager.Get(r.path())
	webtest.Shows(t, page, http.StatusOK, "Перевірено:", r.Users[access.RegionalManager].Name)
	if strings.Contains(page.Body.String(), "час перевірити") {
		t.Error("it is due still")
	}
}
