package organisations

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type organisationFallenPage struct {
	web.Page
	Form    *web.Form
	Name    string
	Action  string
	Shown   []reception.Booking // the first of them
	All     int
	Carried []ui.Hidden
}

// More is how many appointments are not shown.
func (p *organisationFallenPage) More() int { return p.All - len(p.Shown) }

// mostFallen bounds the appointments that are listed.
const mostFallen = 30

// fallen shows which appointments other hours of a centre leave without their places, before they are saved; once for just these. What cannot be
// saved anyway is said first.
func (h handlers) fallen(c *gin.Context, form *web.Form, o org.Organisation) (shown bool, err error) {
	if o.Kind != org.Centre || o.ID == uuid.Nil {
		return false, nil
	}
	ctx := c.Request.Context()
	if _, err := h.Orgs.Save(fault.Rehearse(ctx), session.Actor(c), o); !fault.IsRehearsed(err) {
		return false, nil
	}
	f, err := h.Appointments.FallenByHours(ctx, o.ID, o.Schedule, o.Published)
	if err != nil || len(f.List) == 0 || f.Seen() == form.Value("seen") {
		return false, err
	}
	page := &organisationFallenPage{
		Form: form, Name: o.Name.UK, Action: c.Request.URL.Path, All: len(f.List), Shown: f.List[:min(len(f.List), mostFallen)], Carried: []ui.Hidden{{Name: "seen", Value: f.Seen()}},
	}
	for _, name := range form.Names() {
		if name == "seen" || name == "sure" || name == "back" {
			continue
		}
		for _, v := range form.Values(name) {
			page.Carried = append(page.Carried, ui.Hidden{Name: name, Value: v})
		}
	}
	return true, h.site.Render(c, http.StatusOK, "organisations/organisation_fallen", page)
}
