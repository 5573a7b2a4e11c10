package services_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"portal.example/shared/fault"
)

// What a service lacks is listed before anybody tries to publish it, and a refusal stands beside its field.
func TestWhatAServiceLacksIsToldBefore(t *testing.T) {
	r, c := alone(t)
	r.ready.Card = true
	path := "/services/" + r.service.ID.String()
	page := c.Get(path).Body.String()
	if strings.Count(page, "без неї не можна приймати заяви онлайн") != 2 || strings.Contains(page, "без неї послугу не можна показати") {
		t.Error("the list of what the service needs is not right")
	}
	r.saved = fault.InvalidFields(fault.FieldError{Field: "quick", Key: "catalogue.quick_needs_both"})
	w := c.Post(path+"/edit", url.Values{"version": {"1"}, "code": {"00034"}, "name.uk": {"Набране"}, "quick": {"true"}})
	for _, want := range []string{`href="#quick"`, "Набране", "потрібні чинні технологічна картка і форма заяви"} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	if w.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", w.Code)
	}
}
