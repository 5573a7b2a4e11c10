package track_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/web/slip"
)

// cabinet opens an account, and returns the cookie that a browser sends to every page, beside those it has.
func (s *site) cabinet(cookies []*http.Cookie) (account.Holder, []*http.Cookie) {
	s.t.Helper()
	l, err := account.ParseLogin("olena")
	must(s.t, err)
	entry, err := s.accounts.Register(s.t.Context(), l, "olena", "синій кит пливе", "")
	must(s.t, err)
	h, err := s.accounts.Holder(s.t.Context(), entry.Token)
	must(s.t, err)
	return h, append(cookies, &http.Cookie{Name: slip.Session.Name, Value: entry.Token.Handle()})
}

// A result is kept among the documents of the account that is open, whole, with its number; the page needs no key of the account for it.
func TestAResultIsKeptAmongOnesDocuments(t *testing.T) {
	s := open(t)
	keep := "/track/results/" + s.result.String() + "/keep"
	cookies := s.enter()
	if page := s.do(http.MethodGet, "/track/status", cookies); strings.Contains(page.Body.String(), keep) {
		t.Error("offered where no account is open")
	}
	if w := s.do(http.MethodPost, keep, cookies); w.Header().Get("Location") != "/cabinet/sign-in" {
		t.Errorf("without an account: %d %s", w.Code, w.Header().Get("Location"))
	}
	holder, both := s.cabinet(cookies)
	if page := s.do(http.MethodGet, "/track/status", both); !strings.Contains(page.Body.String(), keep) {
		t.Fatalf("not offered: %s", page.Body)
	}
	if w := s.do(http.MethodPost, keep, both[len(both)-1:]); w.Header().Get("Location") != "/track" {
		t.Errorf("without the code: %d %s", w.Code, w.Header().Get("Location"))
	}
	if w := s.do(http.MethodPost, "/track/results/"+s.kase.String()+"/keep", both); w.Code != http.StatusNotFound {
		t.Errorf("a result that is not there: %d", w.Code)
	}
	if w := s.do(http.MethodPost, keep, both); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/track/status" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list, err := s.shelf.List(t.Context(), holder)
	must(t, err)
	if len(list) != 1 || list[0].Kind != "result" || list[0].Name != "result" || list[0].Newest().From != "01-2026-000001" || list[0].Newest().MediaType != "application/pdf" {
		t.Fatalf("%+v", list)
	}
	_, body, err := s.shelf.Open(t.Context(), holder, list[0].Newest().ID)
	must(t, err)
	content, err := io.ReadAll(body)
	must(t, err)
	must(t, body.Close())
	if string(content) != "%PDF the decision" {
		t.Errorf("%q", content)
	}
	must(t, s.accounts.SignOut(t.Context(), holder))
	if w := s.do(http.MethodPost, keep, both); w.Header().Get("Location") != "/cabinet/sign-in" {
		t.Errorf("after signing out: %d %s", w.Code, w.Header().Get("Location"))
	}
}
