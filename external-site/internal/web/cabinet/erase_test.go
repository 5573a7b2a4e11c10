package cabinet_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// Everything comes as a file to read and as one for programs, escaped, under no name of a person.
func TestEverything(t *testing.T) {
	s := open(t)
	code := s.sent("R-1234-5678-9092")
	s.register("olena")
	if page := s.Page("/cabinet/account/erase"); strings.Contains(page, "Зникн") {
		t.Error("it counts cases that there are none of")
	}
	s.keep("R-1234-5678-9092", code, "Субсидія <b>мамі</b>")
	for path, wants := range map[string][]string{
		"/cabinet/account/everything.json": {`"login": "olena"`, code.Reveal(), `R-1234-5678-9092`, `\u003cb\u003e`},
		"/cabinet/account/everything.html": {"olena", code.Reveal(), "Субсидія &lt;b&gt;мамі", "Прийнято на сайті"},
	} {
		w := s.Get(path)
		webtest.Contains(t, w.Body.String(), wants...)
		if d := w.Header().Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; filename=cabinet.") {
			t.Errorf("%s: %s", path, d)
		}
	}
	webtest.Contains(t, s.Page("/cabinet/account/erase"), "Зникне 1 справа")
	s.posted(http.StatusSeeOther, "/cabinet/account/erase")
	var left int
	if err := s.DB.Pool.QueryRow(t.Context(), `select (select count(*) from account.accounts) + (select count(*) from account.matters)`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows left: %v", left, err)
	}
	s.posted(http.StatusUnprocessableEntity, "/cabinet/sign-in", "login", "olena", "password", password)
}
