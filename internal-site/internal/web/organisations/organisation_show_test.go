package organisations_test

import (
	"net/http"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

func TestOrganisationShow(t *testing.T) {
	address := "/organisations/centres/" + uuid.Max.String()
	b := &bodies{one: org.Organisation{
		ID: uuid.Max, Name: locale.Text{UK: "ЦНАП «Вишневий»", EN: "Vyshneve Centre"}, Published: true, InternalNotes: "Ключ <b> у вахтера",
		Schedule: hours.Schedule{
			Week:       []hours.Day{{Weekday: 3, Opens: "09:00", Closes: "18:00", Breaks: []hours.Interval{{From: "13:00", To: "13:45"}}}},
			Exceptions: []hours.Exception{{Date: "2026-12-24", Closed: true, Reason: locale.Text{UK: "Святвечір"}}},
		},
		People: []contract.Person{{Name: "Коваль Олена", Position: locale.Text{UK: "Начальниця"}, Email: "o@example.org"}},
	}}
	page := b.as(t, access.RegionalManager).Get(address)
	// At noon in Kyiv on a Wednesday it is open.
	webtest.Shows(t, page, http.StatusOK, "ЦНАП «Вишневий»", "Ключ &lt;b&gt; у вахтера", "09:00–18:00", "13:00", "24.12.2026", "Святвечір",
		"Начальниця", "mailto:o@example.org", address+"/edit", "/services?centre="+uuid.Max.String(), "govuk-tag--turquoise")
	webtest.Shows(t, b.as(t, access.RegionalManager).Get(address+"?lang=en"), http.StatusOK, "Vyshneve Centre")
	webtest.Lacks(t, b.as(t, access.Officer).Get(address), address+"/edit")
	webtest.Shows(t, b.as(t, access.Officer).Get("/organisations/authorities/"+uuid.Max.String()), http.StatusOK, "/services?authority=")
}

func TestOrganisationShowOfNone(t *testing.T) {
	b := &bodies{err: fault.New(fault.NotFound, "")}
	webtest.Shows(t, b.as(t, access.RegionalManager).Get("/organisations/centres/"+uuid.Max.String()), http.StatusNotFound)
	webtest.Shows(t, b.as(t, access.RegionalManager).Get("/organisations/centres/nonsense"), http.StatusNotFound)
}
