package acts_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

func TestChanges(t *testing.T) {
	l := newLibrary(t)
	first := l.edition(t, 1, webtest.Now().AddDate(-2, 0, 0), "Стаття 1\nЧекають 30 хвилин\nСтаття 2")
	second := l.edition(t, 2, webtest.Now().AddDate(-1, 0, 0), "Стаття 1\nЧекають <15> хвилин\nСтаття 2")
	same := l.edition(t, 3, webtest.Now(), "Стаття 1\nЧекають <15> хвилин\nСтаття 2")
	file := l.edition(t, 4, webtest.Now().AddDate(1, 0, 0), "")
	at := func(id string) string { return l.path() + "/editions/" + id + "/changes" }
	page := l.manager().Get(at(second.String()))
	webtest.Shows(t, page, http.StatusOK, "Прибрано: </span>Чекають 30 хвилин</del>", "Додано: </span>Чекають &lt;15&gt; хвилин</ins>", "Після абзацу: Стаття 1", "/editions/"+first.String())
	webtest.Lacks(t, page, "Стаття 2")
	webtest.Shows(t, l.manager().Get(at(first.String())), http.StatusOK, "Це перша редакція")
	webtest.Shows(t, l.manager().Get(at(same.String())), http.StatusOK, "однакові")
	webtest.Shows(t, l.manager().Get(at(file.String())), http.StatusOK, "є лише файлом")
}
