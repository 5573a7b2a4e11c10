package track

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/tracking"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Bookings finds the times to which an appointment can be moved; bookings.Store does.
type Bookings interface {
	OfferOf(ctx context.Context, centre, group uuid.UUID, further []contract.Matter) (bookings.Offer, error)
}

// Post hands over what one page has made whole; submission.Desk does.
type Post interface {
	SendWhole(ctx context.Context, s submission.Submission, lang locale.Lang) error
}

// bookingPath is where an appointment is moved or given back.
const bookingPath = "/track/booking"

type bookingPage struct {
	web.Page
	Form    *web.Form
	Booking *bookings.Booking
	Centre  locale.Text
	Days    []time.Time // on which something is free, midnight UTC
	Day     time.Time   // that is shown
	Times   []ui.Choice // of that day
	Trouble string
}

// Href is the address of a day.
func (*bookingPage) Href(day time.Time) string {
	return bookingPath + "?day=" + day.Format(time.DateOnly)
}

// bookingOf is the appointment that the reader has open, as long as it can be changed.
func (h *handlers) bookingOf(c *gin.Context) (who holder, s tracking.Status, b *bookings.Booking, done bool, err error) {
	who, s, done, err = h.opened(c)
	if done || err != nil {
		return who, s, nil, done, err
	}
	b, ok := s.Shown.(*bookings.Booking)
	if !ok {
		return who, s, nil, true, web.Redirect(c, "/track/status")
	}
	return who, s, b, false, nil
}

// showBooking shows how an appointment can be changed.
func (h *handlers) showBooking(c *gin.Context) error {
	_, s, b, done, err := h.bookingOf(c)
	if done || err != nil {
		return err
	}
	if !b.Changes(h.site.Now()) {
		h.site.FlashTrouble(c, "track.booking_late")
		return web.Redirect(c, "/track/status")
	}
	return h.renderBooking(c, http.StatusOK, s, b, web.NewForm(nil), "")
}

func (h *handlers) renderBooking(c *gin.Context, status int, s tracking.Status, b *bookings.Booking, form *web.Form, trouble string) error {
	printer := h.site.Printer(c)
	p := &bookingPage{Form: form, Booking: b, Centre: s.Centre, Trouble: trouble}
	offer, err := h.Bookings.OfferOf(c.Request.Context(), b.CentreID, b.GroupID, b.Further)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if p.Days = offer.Days(); len(p.Days) > 0 {
		if p.Day, err = time.Parse(time.DateOnly, c.Query("day")); err != nil {
			p.Day = p.Days[0]
		}
	}
	for _, at := range offer.On(p.Day) {
		p.Times = append(p.Times, ui.Choice{Value: at.UTC().Format(time.RFC3339), Content: ui.Content{Text: printer.Clock(at)}})
	}
	p.NoIndex, p.Errors = true, form.Errors()
	p.Back = &ui.Link{Href: "/track/status", Text: printer.T("track.to_status")}
	return h.site.Render(c, status, "track/booking", p)
}

// changeBooking moves an appointment or gives it back. What became of it the inside says, a moment later.
func (h *handlers) changeBooking(c *gin.Context) error {
	who, s, b, done, err := h.bookingOf(c)
	if done || err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	change := &bookings.Change{Booking: b, Held: who.code}
	switch form.Value("act") {
	case "move":
		at, err := h.newTime(c, b, form)
		switch {
		case err != nil:
			return err
		case !form.OK():
			return h.renderBooking(c, http.StatusUnprocessableEntity, s, b, form, "")
		}
		change.To = &at
	case "cancel":
	default:
		return h.showBooking(c)
	}
	if err := h.changing.AllowFrom(h.site.Client(c)); err != nil {
		return h.renderBooking(c, fault.Status(err), s, b, form, fault.MessageKey(err))
	}
	switch err := h.Post.SendWhole(c.Request.Context(), change, web.Lang(c)); {
	case fault.Is(err, fault.Conflict):
		h.site.FlashTrouble(c, "track.booking_late")
	case err != nil:
		return h.renderBooking(c, fault.Status(err), s, b, form, "track.booking_not_sent")
	default:
		h.site.Flash(c, "track.booking_sent")
	}
	return web.Redirect(c, "/track/status")
}

// newTime is the time to which the appointment is to be moved. One that is not offered (any more) is an error of the form; where it stands
// already, the button was pressed twice.
func (h *handlers) newTime(c *gin.Context, b *bookings.Booking, form *web.Form) (at time.Time, err error) {
	at, err = time.Parse(time.RFC3339, form.Value("at"))
	if form.Check(err == nil, "at", "track.booking_time_required"); !form.OK() {
		return at, nil
	}
	offer, err := h.Bookings.OfferOf(c.Request.Context(), b.CentreID, b.GroupID, b.Further)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return at, err
	}
	form.Check(at.Equal(b.BeginsAt) || slices.ContainsFunc(offer.Times, at.Equal), "at", "track.booking_time_gone")
	return at, nil
}

// calendar is the appointment as a file for the reader's own calendar.
func (h *handlers) calendar(c *gin.Context) error {
	_, s, b, done, err := h.bookingOf(c)
	if done || err != nil {
		return err
	}
	p := h.site.Printer(c)
	place := p.Value(s.Centre)
	if s.CentreAt != nil && !s.CentreAt.Contacts.Address.IsZero() {
		place += ", " + p.Value(s.CentreAt.Contacts.Address)
	}
	note := []string{p.T("track.booking_note", b.Number)}
	for _, t := range append([]locale.Text{b.Name}, b.Also...) {
		if len(b.Also) > 0 {
			note = append(note, "• "+p.Value(t))
		}
	}
	for _, d := range b.Documents {
		note = append(note, "– "+p.Value(d))
	}
	c.Header("Content-Disposition", `attachment; filename="appointment.ics"`)
	c.Header("Cache-Control", "private, no-store")
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", []byte(b.Calendar(p.T("track.booking_summary", s.Centre), place, strings.Join(note, "\n"), h.site.Now())))
	return nil
}
