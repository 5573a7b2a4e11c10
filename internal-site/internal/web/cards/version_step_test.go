package cards_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/webtest"
)

// techDraft begins a draft of the technological card and returns its address.
func techDraft(t *testing.T, s *webtest.Site) string {
	t.Helper()
	id, err := catalogue.NewStore(s.DB.Pool).At(webtest.Now).TechCards.Start(t.Context(), s.Users[access.Officer], s.Service)
	if err != nil {
		t.Fatal(err)
	}
	return "/services/" + s.Service.String() + "/tech-cards/" + id.String()
}

// Both kinds of cards go the whole way by the buttons of their pages, and a button pressed twice is told.
func TestVersionIsPublishedFromItsPage(t *testing.T) {
	s := newSite(t)
	card, _ := draft(t, s)
	head := s.As(s.Users[access.AuthorityHead])
	for _, path := range []string{card, techDraft(t, s)} {
		for i, step := range []string{"submit", "approve", "publish", "withdraw"} {
			form := url.Values{"version": {string(rune('1' + i))}, "reason": {"Помилка в переліку"}}
			if w := head.Post(path+"/"+step, form); w.Code != http.StatusSeeOther {
				t.Fatalf("%s %s: %d %s", path, step, w.Code, w.Body)
			}
			if again := head.Post(path+"/"+step, form); again.Code != http.StatusConflict {
				t.Errorf("%s %s once more: %d", path, step, again.Code)
			}
		}
	}
}

// What takes something away is asked first: the page says what follows and takes a reason, and without one nothing happens.
func TestWithdrawingIsAskedFirst(t *testing.T) {
	s := newSite(t)
	s.DB.Exec(`update catalogue.services set quick = true, published = true where id = $1`, s.Service)
	head, path := s.As(s.Users[access.AuthorityHead]), "/services/"+s.Service.String()+"/cards/"+s.Card.String()
	if page := head.Get(path).Body.String(); !strings.Contains(page, `href="`+path+`/withdraw"`) || strings.Contains(page, `action="`+path+`/withdraw"`) {
		t.Error("the version's page withdraws at one click")
	}
	page := head.Get(path + "/withdraw").Body.String()
	for _, want := range []string{"подати нову заяву онлайн буде неможливо", `name="reason"`, `name="version" value="1"`, `href="` + path + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the question has no %q", want)
		}
	}
	w := head.Post(path+"/withdraw", url.Values{"version": {"1"}, "reason": {" "}})
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `href="#reason"`) {
		t.Errorf("without a reason: %d", w.Code)
	}
	if n := s.Count(`select count(*) from catalogue.cards where id = $1 and published`, s.Card); n != 1 {
		t.Fatal("it is withdrawn all the same")
	}
	if w := head.Post(path+"/withdraw", url.Values{"version": {"1"}, "reason": {"Закон змінився"}}); w.Code != http.StatusSeeOther {
		t.Errorf("with a reason: %d %s", w.Code, w.Body)
	}
}

// An edition that begins later is not said to be seen already.
func TestFutureEditionIsAnnouncedAsSuch(t *testing.T) {
	s := newSite(t)
	path, form := draft(t, s)
	head := s.As(s.Users[access.AuthorityHead])
	head.Multipart(path+"/edit", with(form, "do", "save", "effective_from-year", "2027"), "", "", nil)
	head.Post(path+"/approve", url.Values{"version": {"2"}})
	w := head.Post(path+"/publish", url.Values{"version": {"3"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if told := webtest.Told(t, w); !strings.Contains(told, "cards.done.publish_later") {
		t.Errorf("flash %q", told)
	}
}

// A card of a service that is not published is not said to be seen.
func TestCardOfAnUnpublishedServiceIsAnnouncedAsSuch(t *testing.T) {
	for published, want := range map[bool]string{true: "cards.done.publish", false: "cards.done.publish_unseen"} {
		s := newSite(t)
		path, form := draft(t, s)
		s.DB.Exec("update catalogue.services set published = $2 where id = $1", s.Service, published)
		head := s.As(s.Users[access.AuthorityHead])
		head.Multipart(path+"/edit", with(form, "do", "save"), "", "", nil)
		head.Post(path+"/approve", url.Values{"version": {"2"}})
		w := head.Post(path+"/publish", url.Values{"version": {"3"}})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if told := webtest.Told(t, w); !strings.Contains(told, want+`"`) {
			t.Errorf("of a service that is published: %t, it says %q", published, told)
		}
	}
}
