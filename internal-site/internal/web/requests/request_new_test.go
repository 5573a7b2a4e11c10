package requests_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// The form of a new request says everything that is wrong at once and keeps what was typed and ticked.
func TestANewRequestKeepsWhatWasTyped(t *testing.T) {
	d := newDesk(t)
	clerk, to := d.As(d.Users[access.Administrator]), "/requests/of/"+d.kase.ID.String()
	webtest.Shows(t, clerk.Get(to), http.StatusOK, "Податкова інспекція", "Ґалаґан", "РНОКПП", `value="5"`)
	w := clerk.Post(to, url.Values{"asked": {"Витяг з <реєстру>"}, "days": {"сто"}, "facts": {"name"}})
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "Виберіть, кого запитуєте", "Зазначте строк", "Витяг з &lt;реєстру&gt;", `value="сто"`, `value="name" checked`)
	form := url.Values{"authority": {d.asked.String()}, "asked": {"Витяг"}, "days": {"3"}, "facts": {"name"}}
	w = clerk.Post(to, form)
	if at := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !strings.HasPrefix(at, "/requests/") {
		t.Fatalf("%d %s", w.Code, at)
	}
	webtest.Shows(t, clerk.Post(to, form), http.StatusConflict, "уже чекає на відповідь", "Витяг</textarea>")
	if w := d.As(d.OtherUsers[access.Officer]).Get(to); w.Code != http.StatusForbidden { // its stage has not come
		t.Errorf("the partner ahead of its stage: %d", w.Code)
	}
	if w := d.As(d.official).Get(to); w.Code != http.StatusNotFound {
		t.Errorf("the asked: %d", w.Code)
	}
}
