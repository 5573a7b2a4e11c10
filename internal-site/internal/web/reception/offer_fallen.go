package reception

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type offerFallenPage struct {
	hallPage
	Form    *web.Form
	Fallen  []reception.Booking // the first of them
	All     int
	Action  string
	Carried []ui.Hidden
}

// mostFallen bounds the appointments that are listed.
const mostFallen = 30

// More is how many appointments are not shown.
func (p *offerFallenPage) More() int { return p.All - len(p.Fallen) }

// Reach is how whoever has an appointment can be reached: email, phone, or none. The page names neither people nor their contacts.
func (*offerFallenPage) Reach(b reception.Booking) string {
	switch {
	case b.Email != "":
		return "email"
	case b.Phone != "":
		return "phone"
	}
	return "none"
}

// fallen shows which appointments a change leaves without their places, before it is made: the form comes back with all that was typed, and with
// what stands for just these appointments. False when err is something else.
func (h handlers) fallen(c *gin.Context, form *web.Form, err error, action string, fields ...string) (shown bool, _ error) {
	var f *reception.Falling
	if !errors.As(err, &f) {
		return false, nil
	}
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return true, err
	}
	page := &offerFallenPage{hallPage: p, Form: form, Fallen: f.List[:min(len(f.List), mostFallen)], All: len(f.List), Action: action, Carried: []ui.Hidden{{Name: "seen", Value: f.Seen()}}}
	for _, name := range fields {
		for _, v := range form.Values(name) {
			page.Carried = append(page.Carried, ui.Hidden{Name: name, Value: v})
		}
	}
	return true, h.site.Render(c, http.StatusOK, "reception/offer_fallen", page)
}

// turnedBack says whether somebody went back from that page to what they typed.
func turnedBack(form *web.Form) bool { return form.Value("back") != "" }
