package notices_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A clerk calls and records it: the notice leaves the list, the case keeps who told and how, and nobody records it twice.
func TestTellingOtherwiseIsRecorded(t *testing.T) {
	d := newDesk(t)
	clerk := d.As(d.Users[access.Administrator])
	webtest.Shows(t, clerk.Get(d.path()), http.StatusOK, d.kase.Number, "Зателефонували", "Не записувати")
	webtest.Shows(t, clerk.Post(d.path(), url.Values{}), http.StatusUnprocessableEntity, "Виберіть, як повідомили заявника")
	webtest.Shows(t, clerk.Post(d.path(), url.Values{"how": {"telepathy"}}), http.StatusUnprocessableEntity, "Виберіть, як повідомили заявника")
	if w := clerk.Post(d.path(), url.Values{"how": {"phone"}}); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/notices/undelivered" {
		t.Fatalf("%d, %s", w.Code, w.Header().Get("Location"))
	}
	webtest.Lacks(t, clerk.Get("/notices/undelivered"), d.kase.Number)
	webtest.Shows(t, clerk.Get("/cases/"+d.kase.ID.String()), http.StatusOK, "потім повідомлено інакше: зателефонували", d.Users[access.Administrator].Name)
	if w := d.As(d.Users[access.CentreHead]).Post(d.path(), url.Values{"how": {"visit"}}); w.Code != http.StatusConflict {
		t.Errorf("recorded twice: %d", w.Code)
	}
	if n := d.Count(`select count(*) from audit.events where action = 'notices.notice.tell'`); n != 1 {
		t.Errorf("%d entries of the trail", n)
	}
}
