package acts_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"
)

func TestTakenBackAndPublished(t *testing.T) {
	l := newLibrary(t)
	webtest.Shows(t, l.manager().Get(l.path()+"/withdraw"), http.StatusOK, "Прибрати акт із сайту?", `name="version" value="1"`)
	webtest.Shows(t, l.manager().Post(l.path()+"/withdraw", url.Values{"version": {"1"}}), http.StatusUnprocessableEntity, "Напишіть причину")
	why := url.Values{"version": {"1"}, "reason": {"Втратив чинність"}}
	webtest.Shows(t, goes(t, l.manager(), l.manager().Post(l.path()+"/withdraw", why)), http.StatusOK, "не оприлюднено")
	webtest.Shows(t, goes(t, l.manager(), l.manager().Post(l.path()+"/withdraw", why)), http.StatusOK, "не оприлюднено") // the button was pressed again
	webtest.Shows(t, l.manager().Post(l.path()+"/publish", url.Values{"version": {"1"}}), http.StatusConflict, "Поки ви читали", `name="version" value="2"`)
	webtest.Lacks(t, goes(t, l.manager(), l.manager().Post(l.path()+"/publish", url.Values{"version": {"2"}})), "не оприлюднено")
	webtest.Lacks(t, goes(t, l.manager(), l.manager().Post(l.path()+"/publish", url.Values{"version": {"2"}})), "не оприлюднено")
	webtest.Shows(t, l.manager().Post(l.path()+"/withdraw", why), http.StatusConflict, "Втратив чинність", "Поки ви читали", `name="version" value="3"`)
}
