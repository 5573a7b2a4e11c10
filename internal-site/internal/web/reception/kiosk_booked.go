package reception

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/web"
)

// numberDigits is how long the number of an appointment is.
const numberDigits = 8

type kioskBookedPage struct {
	hallPage
	Typed string // the digits so far
	Low   bool
}

// Digits are the keys of the kiosk.
func (*kioskBookedPage) Digits() []string {
	return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "0"}
}

// With is the address of the page after a key, or one digit fewer when it is "".
func (p *kioskBookedPage) With(digit string) string {
	typed := p.Typed + digit
	if digit == "" && typed != "" {
		typed = typed[:len(typed)-1]
	}
	q := url.Values{"number": {typed}}
	if p.Low {
		q.Set("low", "1")
	}
	return p.Hall() + "/kiosk/booked?" + q.Encode()
}

// Full says whether the number is whole.
func (p *kioskBookedPage) Full() bool { return len(p.Typed) == numberDigits }

// kioskBooked asks for the number of an appointment. A kiosk has no keyboard, so each digit is a key on the page.
func (h handlers) kioskBooked(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	return h.showKioskBooked(c, form, http.StatusOK, nil)
}

func (h handlers) showKioskBooked(c *gin.Context, form *web.Form, status int, wrong []fault.FieldError) error {
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return err
	}
	page := &kioskBookedPage{hallPage: p, Low: form.Value("low") == "1", Typed: form.Value("number")}
	if len(page.Typed) > numberDigits || !plain.AllDigits(page.Typed, len(page.Typed)) {
		page.Typed = ""
	}
	page.Errors = wrong
	return h.site.Render(c, status, "reception/display/kiosk_booked", page)
}

// arrive gives the ticket for an appointment whose number was typed, or whose code was scanned.
func (h handlers) arrive(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if web.ShowOnly(c) {
		return h.showKioskBooked(c, form, http.StatusOK, nil)
	}
	t, err := h.Halls.Arrive(c.Request.Context(), session.Actor(c), id, form.Value("number"))
	if _, ok := reception.ParseNumber(form.Value("number")); !ok && form.Has("scanned") {
		err = fault.InvalidFields(fault.FieldError{Field: "number", Key: "reception.scan_wrong"})
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		form.Set("number", "")
		return h.showKioskBooked(c, form, status, wrong)
	}, func() error {
		return web.Redirect(c, "/reception/"+id.String()+"/kiosk/"+t.ID.String()+"?low="+url.QueryEscape(form.Value("low")))
	})
}
