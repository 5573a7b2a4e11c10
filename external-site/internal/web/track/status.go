package track

import (
	"cmp"
	"context"
	"html/template"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/contact"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type statusPage struct {
	web.Page
	tracking.Status
	Number  string // what the citizen came with
	Place   tracking.Place
	Colour  string // of the tag; the words say it too
	Slug    string
	LinkUp  bool
	Notices string        // "on" where the portal tells applicants of changes, else "off"
	Keep    bool          // it can be saved in an account
	Shelf   bool          // a result can be kept among the documents of the account that is open
	Refused bool          // the service is refused
	Reach   *contact.Card // the centre; nil when it is not known or not published
	Decides *contact.Card // the authority that decides
	Again   string        // where to apply once more, "" when nothing was refused

	QR                  template.HTML // the number of an appointment to come, for the kiosk; "" when there is none
	Missed              bool          // the time of the appointment has passed and nobody came
	BookingAt           string        // where the appointment can be moved or given back; "" when it cannot
	Lost                bool          // the centre cannot keep the appointment
	Begun               bool          // the time of the appointment has come
	Instead             []time.Time   // the nearest times to which it can be moved then, in order
	RateAt              string        // where the case can be rated; "" when it cannot
	ReplyAt, WithdrawAt string        // where the applicant can answer and take the application back; "" when they cannot
}

// MostKept is how large a result may be to be kept among one's own documents, in bytes.
func (*statusPage) MostKept() int64 { return contract.MaxFileSize }

// status is the page that a citizen comes back to.
func (h *handlers) status(c *gin.Context) error {
	who, s, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	printer, now := h.site.Printer(c), h.site.Now()
	p := &statusPage{
		Status: s, Number: named(who.number, s), Place: s.Place(), Colour: s.Place().Colour(),
		Reach: contact.OfCentre(printer, s.CentreAt, now), Decides: contact.OfAuthority(printer, s.DecidesAt, now),
	}
	p.NoIndex, p.Keep = true, h.Cabinet
	p.Breadcrumbs = append(h.trail(c), ui.Link{Href: "/track", Text: printer.T("track.title")})
	p.LinkUp = h.Freshness.Read(c.Request.Context()).Link == freshness.Up
	if s.ServiceCode != "" {
		p.Slug = address.Slug(s.ServiceCode)
	}
	if p.Notices, err = h.Switches.Notices(c.Request.Context(), s.CentreID); err != nil {
		return err
	}
	if _, p.Shelf, err = h.writer(c); err != nil {
		return err
	}
	p.refuse()
	p.findPages(h.Window != nil && h.Window.Desk != nil)
	if b, ok := s.Shown.(*bookings.Booking); ok {
		if err := p.showBooking(c, h, b, now); err != nil {
			return err
		}
	}
	if err := p.offerSurvey(c.Request.Context(), h); err != nil {
		return err
	}
	page := "track/status"
	if own, ok := h.Pages[s.Kind]; ok {
		page = own
	}
	return h.site.Render(c, http.StatusOK, page, p)
}

// mostInstead is how many times are offered at once instead of one that is lost.
const mostInstead = 3

// showBooking fills in what the time of an appointment means now, and what is offered instead of one that the centre cannot keep.
func (p *statusPage) showBooking(c *gin.Context, h *handlers, b *bookings.Booking, now time.Time) error {
	p.Begun = b.Begun(now)
	if p.Missed = b.Missed(now); p.Missed {
		p.Colour = "grey"
	}
	if p.Lost = b.Lost(now); p.Lost {
		p.Colour = "red"
	}
	if b.State == "booked" && !p.Missed && !p.Lost {
		var err error
		if p.QR, err = ui.QR(b.Number, h.site.T(c, "book.number_qr")); err != nil {
			return err
		}
	}
	if h.Window == nil || h.Window.Desk == nil || h.Post == nil || !b.Changes(now) {
		return nil
	}
	if p.BookingAt = bookingPath; !p.Lost {
		return nil
	}
	offer, err := h.Bookings.OfferOf(c.Request.Context(), b.CentreID, b.GroupID, b.Further)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	p.Instead = offer.Near(b.BeginsAt, mostInstead)
	return nil
}

// named is the number that the page is headed by: the one that the citizen came with, spelled as it stands.
func named(n tracking.Number, s tracking.Status) string {
	if n.Receipt != "" {
		return n.Receipt
	}
	return cmp.Or(s.Number, n.Own)
}

// refuse fills in what whoever was refused may do.
func (p *statusPage) refuse() {
	p.Refused = p.Denied()
	if !p.Refused && p.Place != tracking.Refused || p.Slug == "" {
		return
	}
	p.Again = "/services/" + p.Slug
	if p.ReceiptNumber != "" {
		p.Again = sending.AgainPath("/apply/"+p.Slug, p.ReceiptNumber) // which says so if the service is no longer given online
	}
}

// offerSurvey fills in where the case can be rated, when there is something to answer.
func (p *statusPage) offerSurvey(ctx context.Context, h *handlers) error {
	if h.Window == nil || h.Window.Desk == nil {
		return nil
	}
	_, err := h.offered(ctx, p.Status)
	switch {
	case err == nil:
		p.RateAt = ratePath + p.Case.ID.String()
	case !fault.Is(err, fault.NotFound):
		return err
	}
	return nil
}

// findPages fills in where the applicant can write about the case, where anything can be sent at all.
func (p *statusPage) findPages(open bool) {
	if open && p.TakesReplies() {
		p.ReplyAt = replyPaths[contract.ReplyAnswers] + p.Case.ID.String()
	}
	if open && p.TakesBack() {
		p.WithdrawAt = replyPaths[contract.ReplyWithdraws] + p.Case.ID.String()
	}
}

// opened is the application behind the reader's cookie; without one the reader is asked for number and code.
func (h *handlers) opened(c *gin.Context) (who holder, s tracking.Status, done bool, err error) {
	if who, err = h.holder(c); err == nil {
		err = h.compare(c, who.number, func(ctx context.Context) error {
			s, err = h.Tracking.Status(ctx, who.number, who.code)
			return err
		})
	}
	if fault.Is(err, fault.NotFound) {
		h.forget(c)
		return who, s, true, web.Redirect(c, "/track")
	}
	return who, s, false, err
}

// version answers a script's question whether anything changed.
func (h *handlers) version(c *gin.Context) error {
	who, err := h.holder(c)
	if err != nil {
		c.Status(http.StatusNoContent)
		return nil
	}
	version, err := h.versionOf(c, who)
	if fault.Is(err, fault.NotFound) {
		c.Status(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	c.String(http.StatusOK, version)
	return nil
}

// result gives a decision to the holder of the code, decrypted on the way.
func (h *handlers) result(c *gin.Context) error {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return fault.New(fault.NotFound, "")
	}
	who, s, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	r, content, err := h.Vault.Open(c.Request.Context(), s, id, who.code)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": r.FileName}))
	c.Header("Content-Length", strconv.Itoa(len(content)))
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Data(http.StatusOK, mediaType(r), content)
	return nil
}

// mediaType is what the name of a result says of its bytes.
func mediaType(r tracking.Result) string {
	ending := strings.ToLower(path.Ext(r.FileName))
	for _, t := range contract.FileTypes {
		if slices.Contains(t.Endings, ending) {
			return t.MediaType // whatever the machine knows of endings
		}
	}
	return cmp.Or(mime.TypeByExtension(ending), "application/octet-stream")
}
