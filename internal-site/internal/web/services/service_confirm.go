package services

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/catalogue"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type serviceConfirmPage struct {
	web.Page
	Form    *web.Form
	Service catalogue.Service
	Typed   []ui.Hidden
}

// withdraws says whether saving in takes the service off the public site. A form of an older version does not come so far:
// its conflict is shown first.
func withdraws(before catalogue.Service, in serviceForm) bool {
	return before.Published && !in.Published && in.Version == before.Version
}

// notTyped are the fields that the form of the confirm page has by itself.
var notTyped = []string{"version", "do"}

// confirm says what follows when the service leaves the public site. The page carries everything that was typed.
func (h handlers) confirm(c *gin.Context, service catalogue.Service, form *web.Form) error {
	page := &serviceConfirmPage{Form: form, Service: service}
	page.Back = &ui.Link{Href: "/services/" + service.ID.String(), Text: h.site.T(c, "services.back")}
	for _, name := range form.Names() {
		if slices.Contains(notTyped, name) {
			continue
		}
		for _, v := range form.Values(name) {
			page.Typed = append(page.Typed, ui.Hidden{Name: name, Value: v})
		}
	}
	return h.site.Render(c, http.StatusOK, "services/service_confirm", page)
}
