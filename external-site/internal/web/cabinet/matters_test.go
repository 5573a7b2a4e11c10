package cabinet_test

import (
	"net/http"
	"testing"

	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web"
	"portal.example/external-site/internal/web/cabinet"
	"portal.example/external-site/internal/web/webtest"
)

// From a receipt to the cabinet of somebody who has none yet, and on another device from there to the page of the application.
func TestSavedOnOneDeviceOpenedOnAnother(t *testing.T) {
	s := open(t)
	code := s.sent("R-1234-5678-9092")
	s.posted(http.StatusSeeOther, "/cabinet/keep/begin", "number", "R-1234-5678-9092", "code", code.Reveal())
	if to := s.Get("/cabinet/keep").Header().Get("Location"); to != "/cabinet/sign-in" {
		t.Fatalf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/cabinet/sign-in"), "Щойно ви увійдете")
	s.register("olena@ukr.example")
	webtest.Contains(t, s.Page("/cabinet/keep"), "R-1234-5678-9092")
	if to := s.posted(http.StatusSeeOther, "/cabinet/keep", "name", "Субсидія мамі"); to != "/cabinet" {
		t.Fatalf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/cabinet"), "Субсидія мамі", "R-1234-5678-9092", "Прийнято на сайті")

	s.Forget() // another device
	if to := s.posted(http.StatusSeeOther, "/cabinet/sign-in", "login", "Olena@ukr.example", "password", password); to != "/cabinet" {
		t.Fatalf("leads to %s", to)
	}
	link := matterLink.FindString(s.Page("/cabinet"))
	if to := s.Get(link).Header().Get("Location"); to != "/track/status" {
		t.Fatalf("leads to %s", to)
	}
	webtest.Contains(t, s.Page("/track/status"), "R-1234-5678-9092", "Зберегти в кабінеті")
	s.posted(http.StatusSeeOther, "/cabinet/sign-out")
	if w := s.Get("/track/status"); w.Code != http.StatusSeeOther {
		t.Errorf("the application is still open after signing out: %d", w.Code)
	}
}

// Every place that a matter can be at has words.
func TestEveryPlaceHasWords(t *testing.T) {
	words, err := web.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []tracking.Place{
		tracking.Sent, tracking.Delivered, tracking.Held, tracking.Refused, tracking.Registered, tracking.InProgress, tracking.Suspended,
		tracking.Decided, tracking.Declined, tracking.Issued, tracking.Closed, tracking.TakenBack, tracking.Open, tracking.Answered,
	} {
		if key := cabinet.PlaceKey(p); !words.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}
