package elsewhere_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

func TestAdd(t *testing.T) {
	r := newRegister(t)
	manager := r.As(r.Users[access.RegionalManager])
	webtest.Shows(t, manager.Get("/elsewhere/new"), http.StatusOK, `value="`+webtest.Now().AddDate(0, 6, 0).Format("2006-01-02")+`"`, "checked")
	wrong := typed("0")
	wrong.Set("url", "http://dmsu.example/\x01")
	wrong.Set("checked", "учора")
	webtest.Shows(t, manager.Post("/elsewhere/new", wrong), http.StatusUnprocessableEntity, "Запишіться &lt;i&gt;", `value="учора"`, `href="#checked"`)
	wrong.Set("checked", typed("0").Get("checked"))
	webtest.Shows(t, manager.Post("/elsewhere/new", wrong), http.StatusUnprocessableEntity, "Запишіться &lt;i&gt;", "Адреса має починатися з https://", `href="#url"`)
	fresh := typed("0")
	fresh.Set("name.uk", "Пенсія")
	look := typed("0")
	look.Set("do", "look")
	webtest.Shows(t, manager.Post("/elsewhere/new", look), http.StatusOK, `class="portal-answer"`, "Ще не збережено", "Запишіться &lt;i&gt;", `value="1590"`)
	if n := r.Count(`select count(*) from catalogue.elsewhere`); n != 1 {
		t.Fatalf("looking has added %d", n-1)
	}
	first, second := manager.Post("/elsewhere/new", fresh), manager.Post("/elsewhere/new", fresh)
	if first.Code != http.StatusSeeOther || first.Header().Get("Location") != second.Header().Get("Location") || r.Count(`select count(*) from catalogue.elsewhere`) != 2 {
		t.Errorf("%d %s, then %d %s", first.Code, first.Header().Get("Location"), second.Code, second.Header().Get("Location"))
	}
	webtest.Shows(t, manager.Get(first.Header().Get("Location")), http.StatusOK, "Пенсія", "Запишіться &lt;i&gt;", `href="tel:1590"`)
}

// Two people edit one entry: the second reads what changed in words and chooses field by field.
func TestEditMeetsAnother(t *testing.T) {
	r := newRegister(t)
	manager, path := r.As(r.Users[access.RegionalManager]), r.path()+"/edit"
	webtest.Shows(t, manager.Get(path), http.StatusOK, "айді картка, id card</textarea>", `name="version" value="1"`)
	if w := manager.Post(path, typed("1")); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	mine := typed("1")
	mine.Set("phone", "+380 44 000 00 01")
	mine.Set("provider.uk", "ДМС")
	mine.Del("published")
	w := manager.Post(path, mine)
	webtest.Shows(t, w, http.StatusConflict, "Останні зміни зберегли: ", r.Users[access.RegionalManager].Name, `name="pick:phone"`, ">ДМС</td>", ">ні</td>")
	if strings.Contains(w.Body.String(), `name="pick:review"`) {
		t.Error("the same day, written in another way, is a difference")
	}
	mine.Set("version", "2")
	mine.Set("pick:phone", "theirs")
	mine.Set("pick:provider.uk", "mine")
	if w := manager.Post(path, mine); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if n := r.Count(`select count(*) from catalogue.elsewhere where phone = '1590' and provider = 'ДМС' and not published and version = 3`); n != 1 {
		t.Error("what was chosen was not saved")
	}
	mine.Set("version", "")
	if w := manager.Post(path, mine); w.Code != http.StatusConflict {
		t.Errorf("a form without a version: %d", w.Code)
	}
}
