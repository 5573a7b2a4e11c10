package cabinet_test

import (
	"net/http"
	"regexp"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// The account's page says where it is open, and ends it there.
func TestAccount(t *testing.T) {
	s := open(t)
	code := s.sent("R-1234-5678-9092")
	s.register("olena")
	s.keep("R-1234-5678-9092", code, "Субсидія <b>мамі</b>")
	here := s.Remember()
	s.Forget()
	s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "olena", "password", password)
	there := s.Remember()
	here()
	page := s.Page("/cabinet/account")
	webtest.Contains(t, page, "olena", "цей пристрій", "Закрити там")
	s.posted(http.StatusSeeOther, regexp.MustCompile(`/cabinet/account/sessions/[^/"]{43}/end`).FindString(page))
	there()
	if w := s.Get("/cabinet/account"); w.Header().Get("Location") != "/cabinet/sign-in?ended=1&next=%2Fcabinet%2Faccount" {
		t.Errorf("an ended session: %d %s", w.Code, w.Header().Get("Location"))
	}
}
