package acts_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

func TestAdd(t *testing.T) {
	l := newLibrary(t)
	wrong := typed("0")
	wrong.Set("adopted", "колись")
	webtest.Shows(t, l.manager().Post("/acts/new", wrong), http.StatusUnprocessableEntity, "Про &lt;b&gt;послуги", `value="колись"`, `href="#adopted"`)
	wrong.Set("adopted", "")
	wrong.Set("url", "javascript:alert(1)")
	webtest.Shows(t, l.manager().Post("/acts/new", wrong), http.StatusUnprocessableEntity, `href="#url"`, "Адреса має починатися з https://")
	first, second := l.manager().Post("/acts/new", typed("0")), l.manager().Post("/acts/new", typed("0"))
	if first.Header().Get("Location") != second.Header().Get("Location") || l.Count(`select count(*) from law.acts`) != 2 {
		t.Errorf("pressed twice: %s, %s", first.Header().Get("Location"), second.Header().Get("Location"))
	}
	webtest.Shows(t, goes(t, l.manager(), first), http.StatusOK, "Про &lt;b&gt;послуги", "5203-VI", "6 вересня 2012", "не оприлюднено", "Оприлюднити акт", "Редакцій ще немає")
	same := typed("0")
	same.Set("title.uk", "Про послуги, ще раз")
	webtest.Shows(t, l.manager().Post("/acts/new", same), http.StatusUnprocessableEntity, `href="#number"`, "уже є в бібліотеці")
}

// Two people edit one act: the second reads what changed in words and chooses field by field.
func TestEditMeetsAnother(t *testing.T) {
	l := newLibrary(t)
	path := l.path() + "/edit"
	webtest.Shows(t, l.manager().Get(path), http.StatusOK, `name="version" value="1"`, "2073-IX")
	if w := l.manager().Post(path, typed("1")); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	mine := typed("1")
	mine.Set("kind", "code")
	mine.Set("adopted", "2012-09-06") // the same day
	w := l.manager().Post(path, mine)
	webtest.Shows(t, w, http.StatusConflict, `name="pick:kind"`, ">Кодекс</td>", ">Закон</td>")
	webtest.Lacks(t, w, `name="pick:adopted"`)
	mine.Set("version", "2")
	mine.Set("pick:kind", "mine")
	if w := l.manager().Post(path, mine); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if l.Count(`select count(*) from law.acts where kind = 'code' and version = 3 and published`) != 1 {
		t.Error("what was chosen was not saved")
	}
	mine.Set("version", "")
	if w := l.manager().Post(path, mine); w.Code != http.StatusConflict {
		t.Errorf("a form without a version: %d", w.Code)
	}
}
