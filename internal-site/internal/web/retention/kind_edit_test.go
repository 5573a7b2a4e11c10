package retention_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

const edit = "/retention/failed_sign_ins/edit"

// A term is set only after the page has said what goes, and what was typed survives the way back.
func TestATermIsShownBeforeItIsSet(t *testing.T) {
	s := newSite(t)
	attempts(s, 1, 4, 5, 6)
	admin := s.As(s.Users[access.PortalAdministrator])
	webtest.Shows(t, admin.Get(edit), http.StatusOK, `value="7"`, "У днях, від 1 до 365", "стаття 6")
	form := func(more ...string) url.Values {
		v := url.Values{"days": {"3"}, "reason": {"наказ № 5"}, "version": {"0"}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	webtest.Shows(t, admin.Post(edit, form()), http.StatusOK, "3 записи", "почнуть видалятися протягом години", "Видалене не можна відновити", `name="sure" value="yes"`, `name="days" value="3"`, `value="наказ № 5"`)
	if n := s.Count(`select count(*) from retention.rules`); n != 0 {
		t.Fatal("it was set before it was confirmed")
	}
	webtest.Shows(t, admin.Post(edit, form("sure", "yes", "back", "yes")), http.StatusOK, `value="3"`, "наказ № 5", "Показати, що буде видалено")
	webtest.Shows(t, admin.Post(edit, form("paused", "true")), http.StatusOK, "Видалення призупинено", `name="paused" value="true"`)
	if w := admin.Post(edit, form("sure", "yes")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/retention/failed_sign_ins" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	webtest.Shows(t, admin.Get("/retention/failed_sign_ins"), http.StatusOK, "3 дні", "наказ № 5", "Ще нічого не видаляли", "3 записи")
	webtest.Shows(t, admin.Post(edit, form("sure", "yes", "days", "9")), http.StatusConflict, "щойно змінив хтось інший", `value="9"`, `name="version" value="1"`)
	webtest.Shows(t, admin.Post(edit, form("version", "1", "days", "30")), http.StatusOK, "зараз видаляти нічого")
}

func TestWhatIsWrongWithATerm(t *testing.T) {
	s := newSite(t)
	admin := s.As(s.Users[access.PortalAdministrator])
	for days, want := range map[string]string{
		"366": "Строк у днях має бути від 1 до 365", "": "Строк у днях має бути від 1 до 365", "місяць": "цілим числом днів", "-3": "цілим числом днів", "9999999999999999999999": "цілим числом днів",
	} {
		webtest.Shows(t, admin.Post(edit, url.Values{"days": {days}, "reason": {"наказ"}, "version": {"0"}, "sure": {"yes"}}), http.StatusUnprocessableEntity, want, `href="#days"`, ">наказ</textarea>")
	}
	webtest.Shows(t, admin.Post(edit, url.Values{"days": {"5"}, "version": {"0"}}), http.StatusUnprocessableEntity, "на якій підставі", `href="#reason"`)
	for _, path := range []string{"/retention/cases", "/retention/cases/edit"} {
		if w := admin.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	// A kind that the program keeps may be left without a term.
	webtest.Shows(t, admin.Post("/retention/open_visits/edit", url.Values{"days": {""}, "paused": {"true"}, "reason": {"наказ"}, "version": {"0"}}), http.StatusOK, "Без строку")
}
