package services_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
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

// The service leads to the acts that its card rests on.
func TestActsOfTheCard(t *testing.T) {
	r, c := alone(t)
	act := law.Act{ID: uuid.New(), Title: locale.Text{UK: "Про <послуги>"}, Number: "5203-VI"}
	r.cited = []law.Cited{{Act: act, Note: locale.Text{UK: "стаття 9"}, Draft: true}}
	r.reviews = []law.Review{{ServiceID: r.service.ID, Act: act, EditionID: uuid.New()}}
	webtest.Shows(t, c.Get("/services/"+r.service.ID.String()), http.StatusOK,
		`href="/acts/reviews/`+r.service.ID.String()+"/"+r.reviews[0].EditionID.String()+`"`,
		`href="/acts/`+act.ID.String()+`"`, "Про &lt;послуги&gt; № <bdi>5203-VI</bdi>", "(стаття 9)", "лише в чернетці", "акт не оприлюднено")
}
