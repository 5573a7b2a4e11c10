package track_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

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

// What staff wrote is kept as a text, with when and in which case it was; where nothing was written there is nothing to keep.
func TestMessagesAreKeptAmongOnesDocuments(t *testing.T) {
	s := open(t)
	holder, cookies := s.cabinet(s.enter())
	if w := s.do(http.MethodPost, "/track/messages/keep", cookies); w.Code != http.StatusNotFound {
		t.Errorf("without messages: %d", w.Code)
	}
	s.event("2026-11-05 08:00:00+00", "message", "", "Принесіть <оригінал>\nдо вікна 3")
	if page := s.do(http.MethodGet, "/track/status", cookies); !strings.Contains(page.Body.String(), "/track/messages/keep") {
		t.Fatalf("not offered: %s", page.Body)
	}
	if w := s.do(http.MethodPost, "/track/messages/keep", cookies); w.Header().Get("Location") != "/track/status" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list, err := s.shelf.List(t.Context(), holder)
	must(t, err)
	if len(list) != 1 || list[0].Name != "Повідомлення у справі 01-2026-000001" || list[0].Newest().FileName != "01-2026-000001.txt" {
		t.Fatalf("%+v", list)
	}
	if text := s.read(holder, list[0].Newest().ID); !strings.Contains(text, "Принесіть <оригінал>\nдо вікна 3") || !strings.HasPrefix(text, "Повідомлення для вас\r\n01-2026-000001\r\n") {
		t.Errorf("%q", text)
	}
}

// read opens a document of the account.
func (s *site) read(holder account.Holder, id uuid.UUID) string {
	s.t.Helper()
	_, body, err := s.shelf.Open(s.t.Context(), holder, id)
	must(s.t, err)
	content, err := io.ReadAll(body)
	must(s.t, err)
	must(s.t, body.Close())
	return string(content)
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
	var presses sync.WaitGroup
	for range 3 { // a double click, and once more: it is kept once
		presses.Go(func() {
			if w := s.do(http.MethodPost, keep, both); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/track/status" {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
	presses.Wait()
	list, err := s.shelf.List(t.Context(), holder)
	must(t, err)
	if len(list) != 1 || list[0].Kind != "result" || list[0].Name != "result" || list[0].Newest().From != "01-2026-000001" || list[0].Newest().MediaType != "application/pdf" {
		t.Fatalf("%+v", list)
	}
	if content := s.read(holder, list[0].Newest().ID); content != "%PDF the decision" {
		t.Errorf("%q", content)
	}
	for _, name := range []string{"decision.docx", "decision.pdf.p7s", "decision.asice", "register.xlsx"} {
		s.DB.Exec(`update documents.files set file_name = $1`, name)
		s.do(http.MethodPost, keep, both)
		if list, err = s.shelf.List(t.Context(), holder); err != nil || list[0].Newest().FileName != name {
			t.Errorf("%s is kept as %+v, %v", name, list[0].Newest(), err)
		}
	}
	must(t, s.shelf.Remove(t.Context(), holder, list[0].ID))
	s.do(http.MethodPost, keep, both)
	if again, err := s.shelf.List(t.Context(), holder); err != nil || len(again) != len(list) {
		t.Errorf("removed and kept again: %d documents of %d, %v", len(again), len(list), err)
	}
	must(t, s.accounts.SignOut(t.Context(), holder))
	if w := s.do(http.MethodPost, keep, both); w.Header().Get("Location") != "/cabinet/sign-in" {
		t.Errorf("after signing out: %d %s", w.Code, w.Header().Get("Location"))
	}
}
