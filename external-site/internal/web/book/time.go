package book

import (
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/contact"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type timePage struct {
	web.Page
	Offer   bookings.Offer
	Day     time.Time // that is shown, midnight UTC; zero when nothing is free
	Fields  template.HTML
	Action  string
	Discard string
	Receipt string // where the receipt of one that was just sent is, "" when there is none
	Begun   bool
	Days    int // that a draft is kept
	Trouble string
	Slug    string // of the service, "" when it was not said
	hrefOf  func(time.Time) string
}

// Href is the address of a day.
func (p *timePage) Href(day time.Time) string { return p.hrefOf(day) }

// With is a matter as addresses hold it.
func (*timePage) With(b bookings.Beside) string { return withValue(b.Matter) }

// wish is an appointment while its page is shown or sent.
type wish struct {
	*handlers
	sending.Writing[*bookings.Draft]
	c     *gin.Context
	offer bookings.Offer
	day   time.Time
	slug  string // of the service, "" when it was not said
	gone  bool   // something that the address asks for beside the rest cannot be had together with it any more
}

// time shows the free times of a day, with what was typed before.
func (h *handlers) time(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	return w.Opened(func(form *web.Form) {
		if !w.Begun && c.Query("back") != "" && !h.HasReceipt(c, asked(c)) { // what was just sent is not lost
			form.Add("", "submission.no_draft")
		}
		if w.gone {
			form.Add("", "book.further_gone")
		}
	})
}

// save keeps what was typed, and sends it when that was asked for.
func (h *handlers) save(c *gin.Context) error {
	w, err := h.find(c)
	if err != nil {
		return err
	}
	if w.Sent { // the button was pressed twice, or the answer was lost
		return web.Redirect(c, asked(c)+"/receipt")
	}
	w.BeginReserved()
	return w.Save()
}

// find looks for what the address offers and what the reader has typed.
func (h *handlers) find(c *gin.Context) (*wish, error) {
	query, err := web.QueryForm(c)
	if err != nil {
		return nil, err
	}
	slug := query.Value("service")
	o, err := h.offer(c, slug)
	if err != nil {
		return nil, err
	}
	w := &wish{handlers: h, c: c, offer: o, slug: slug}
	w.gone = slices.ContainsFunc(chosen(c), func(m contract.Matter) bool {
		return !slices.ContainsFunc(o.Further, func(f bookings.Beside) bool { return f.Same(m) })
	})
	days := o.Days()
	if w.day, err = time.Parse(time.DateOnly, query.Value("day")); err != nil && len(days) > 0 {
		w.day = days[0]
	}
	w.Writing, err = sending.Write(h.Window, c, asked(c), w.empty)
	w.On(w)
	return w, err
}

func (w *wish) empty() *bookings.Draft { return bookings.NewDraft(w.offer, w.day) }

// at is the address of a day.
func (w *wish) at(day time.Time, more ...string) string {
	further := make([]string, len(w.offer.Further))
	for i, f := range w.offer.Further {
		further[i] = withValue(f.Matter)
	}
	return w.address(day, further, more...)
}

func (w *wish) address(day time.Time, further []string, more ...string) string {
	q := url.Values{}
	if len(further) > 0 {
		q[withParam] = further
	}
	if !day.IsZero() {
		q.Set("day", day.Format(time.DateOnly))
	}
	if w.slug != "" {
		q.Set("service", w.slug)
	}
	for _, name := range more {
		q.Set(name, "1")
	}
	if len(q) == 0 {
		return asked(w.c)
	}
	return asked(w.c) + "?" + q.Encode()
}

// Path implements sending.Paged.
func (w *wish) Path() string { return w.at(w.day) }

// BackPath implements sending.Paged.
func (w *wish) BackPath() string { return w.at(w.day, "back") }

// Prepare implements sending.Paged.
func (w *wish) Prepare() {}

// Keep implements sending.Paged: it asks for the appointment. One press both begins and sends it, so it does so under the token that came
// with the page: two presses ask once. Without one (the page is an old one, or the browser keeps no cookies and would never see the
// code) the page comes again with what was typed. So it does when some of what was to be done together cannot be had any more: nobody is booked
// for less than they asked for. Buttons that add a matter or take one away keep what was typed as well.
func (w *wish) Keep(form *web.Form) error {
	if to, other := w.changed(form); other {
		return w.Leave(form, to)
	}
	if !w.Reserved() {
		return w.Render(http.StatusConflict, form, "book.press_again")
	}
	if w.gone {
		return w.Render(http.StatusConflict, form, "book.further_gone")
	}
	return sending.KeepAnd(&w.Writing, form, func() error {
		switch err := w.Submit(w.c, asked(w.c), w.empty(), nil); {
		case err == nil, fault.Is(err, fault.NotFound):
			return web.Redirect(w.c, asked(w.c)+"/receipt")
		case fault.Is(err, fault.Conflict):
			return web.Redirect(w.c, w.BackPath())
		case fault.Is(err, fault.TooMany):
			return w.Render(fault.Status(err), form, fault.MessageKey(err))
		default:
			return w.Render(sending.Status(err), form, w.NotSent(w.c, err, "book.not_sent"))
		}
	})
}

// The names of the buttons that change what the appointment is for, and of the list from which something is added.
const (
	actField     = "act"
	addAct       = "add"
	addField     = "add"
	withoutField = "without"
)

// changed is the address of the page with one matter more or less, when a button asks for that.
func (w *wish) changed(form *web.Form) (to string, other bool) {
	further := w.c.QueryArray(withParam)
	switch {
	case form.Value(withoutField) != "":
		return w.address(w.day, slices.DeleteFunc(further, func(m string) bool { return m == form.Value(withoutField) })), true
	case form.Value(actField) == addAct:
		return w.address(w.day, append(further, form.Value(addField))), true
	}
	return "", false
}

// Render implements sending.Paged.
func (w *wish) Render(status int, form *web.Form, trouble string) error {
	sheet, err := w.Draft.Sheet()
	if err != nil {
		return err
	}
	draw, err := controls()
	if err != nil {
		return err
	}
	p := &timePage{
		Offer: w.offer, Day: w.day, Action: w.Path(), Discard: asked(w.c) + "/discard", Begun: w.Begun, Days: sending.DraftDays(), Trouble: trouble,
		Slug: w.slug, hrefOf: func(day time.Time) string { return w.at(day) },
	}
	if p.Fields, err = w.Fields(w.c, draw, sheet, w.Draft.Base(), form); err != nil {
		return err
	}
	w.Reserve()
	if w.HasReceipt(w.c, asked(w.c)) {
		p.Receipt = asked(w.c) + "/receipt"
	}
	p.NoIndex = true
	p.Errors = sheet.Step.InOrder(form.Errors())
	back := "/book"
	if w.slug != "" {
		back += "?service=" + url.QueryEscape(w.slug)
	}
	p.Back = &ui.Link{Href: back, Text: w.site.T(w.c, "book.other_place")}
	return w.site.Render(w.c, status, "book/time", p)
}

// discard forgets what was typed, as the reader asked.
func (h *handlers) discard(c *gin.Context) error {
	if err := h.Discard(c, asked(c)); err != nil {
		return err
	}
	h.site.Flash(c, "sending.discarded")
	return web.Redirect(c, "/book")
}

// receipt shows what the person was given. It stays open for its whole time, also when nothing is offered any more.
func (h *handlers) receipt(c *gin.Context) error {
	err := h.Receipt(c, asked(c), func(r submission.Receipt) (sending.Given, error) {
		given := sending.Given{
			TitleKey: "book.receipt_title", NumberKey: "book.receipt_number", UseKey: "book.code_use", QRKey: "book.qr", FollowKey: "book.follow",
			NextKeys: []string{"book.next_answer", "book.next_number", "book.next_change"},
		}
		var told bookings.Told
		if r.Told != nil {
			if err := json.Unmarshal(r.Told, &told); err != nil {
				return given, fault.Wrap(fault.Internal, err, "")
			}
			given.About = toldRows(h.site.Printer(c), told)
		}
		o, err := h.offer(c, "")
		if fault.Is(err, fault.NotFound) {
			return given, nil
		}
		if len(given.About) == 0 { // one that the release before gave says nothing of itself
			given.About = h.About(c, "book.what", o.Name)
		}
		given.Reach = contact.OfCentre(h.site.Printer(c), &o.Centre, h.site.Now())
		return given, err
	})
	if fault.Is(err, fault.NotFound) {
		return web.Redirect(c, asked(c))
	}
	return err
}

// toldRows say on the receipt what was asked for: each matter with its minutes, and when.
func toldRows(p *locale.Printer, told bookings.Told) []ui.SummaryRow {
	var matters []string
	for _, m := range told.Matters {
		matters = append(matters, template.HTMLEscapeString(p.T("book.matter_takes", p.Value(m.Name), m.Minutes)))
	}
	rows := []ui.SummaryRow{
		ui.NewRow(p.T("book.what"), template.HTML(strings.Join(matters, "<br>"))), //nolint:gosec // each line is escaped
		ui.NewRow(p.T("book.wished"), p.T("book.wished_at", p.DateTime(told.At), told.Minutes)),
	}
	if told.Second != nil {
		rows = append(rows, ui.NewRow(p.T("book.wished_else"), p.DateTime(*told.Second)))
	}
	return rows
}
