package sending_test

import (
	"net/http"
	"strings"
	"testing"
)

func held(t *testing.T, page, want string) {
	t.Helper()
	if page != want {
		t.Errorf("the browser holds %s, want %s", page, want)
	}
}

// A browser holds several drafts side by side, the newest first, and forgets the oldest when there is no more room.
func TestDraftsSideBySide(t *testing.T) {
	s := open(t, newDesk(t))
	for _, name := range []string{"aaaaaaa1", "aaaaaaa2", "aaaaaaa3", "aaaaaaa4", "aaaaaaa5", "aaaaaaa6", "aaaaaaa3"} {
		s.Page(base + "/begin?draft=" + name)
	}
	held(t, s.Page(base), `["aaaaaaa3" "aaaaaaa6" "aaaaaaa5" "aaaaaaa4" "aaaaaaa2"] []`)
	s.Page(base + "/drop/aaaaaaa5")
	held(t, s.Page(base), `["aaaaaaa3" "aaaaaaa6" "aaaaaaa4" "aaaaaaa2"] []`)
}

// A name that is none is not taken from an address into a cookie.
func TestNamesOfDraftsAreOurOwn(t *testing.T) {
	s := open(t, newDesk(t))
	if page := s.Page(base + "/begin?draft=a~b.c"); strings.Contains(page, "a~b.c") || strings.Count(page, `"`) != 2 {
		t.Errorf("the browser holds %s", page)
	}
}

// What was sent is a receipt under its draft's name and no draft any more; cookies go to the pages of their form only and
// to no script.
func TestSendingTurnsADraftIntoAReceipt(t *testing.T) {
	s := open(t, newDesk(t))
	s.Page(base + "/begin?draft=aaaaaaa1")
	s.Page(base + "/begin?draft=aaaaaaa2")
	w := s.Get(base + "/send?draft=aaaaaaa1")
	held(t, w.Body.String(), `["aaaaaaa2"] ["aaaaaaa1"]`)
	for _, c := range w.Result().Cookies() { //nolint:bodyclose // a recorder's body
		if !strings.HasPrefix(c.Path, base) || !c.HttpOnly || c.SameSite == http.SameSiteNoneMode {
			t.Errorf("the cookie %s: %+v", c.Name, c)
		}
	}
	if w := s.Get(base + "/send?draft=aaaaaaa1"); w.Code != http.StatusNotFound {
		t.Errorf("sent without a draft: %d", w.Code)
	}
}
