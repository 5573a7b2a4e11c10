package acts_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

func TestAnEditionIsTakenBack(t *testing.T) {
	l := newLibrary(t)
	path := l.path() + "/editions/" + l.edition(t, 1, webtest.Now().AddDate(-1, 0, 0), "Стаття").String()
	webtest.Shows(t, l.manager().Get(path+"/withdraw"), http.StatusOK, "Прибрати редакцію, що діє з 18 листопада 2025")
	webtest.Shows(t, l.manager().Post(path+"/withdraw", url.Values{}), http.StatusUnprocessableEntity, "Напишіть причину")
	webtest.Lacks(t, goes(t, l.manager(), l.manager().Post(path+"/withdraw", url.Values{"reason": {"Не той акт"}})), "чинна</strong>")
	webtest.Shows(t, l.manager().Get(path), http.StatusOK, "Не той акт")
	webtest.Shows(t, l.manager().Get(path+"/withdraw"), http.StatusConflict)
	webtest.Shows(t, l.manager().Post(path+"/withdraw", url.Values{"reason": {"Не той акт"}}), http.StatusConflict)
}
