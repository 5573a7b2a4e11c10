package reception

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/plain"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type bookingListPage struct {
	web.Page
	Form    *web.Form
	Press   uuid.UUID // of the button that books
	Agenda  reception.Agenda
	Times   []ui.SelectItem
	Matters []string // what is to be booked, as forms hold it; none: one thing, chosen with its time
	Takes   int      // minutes that all of them take
	Choices []ui.SelectItem
	said    spoken
	Before  time.Time
	After   time.Time
	Today   bool
	MayPlan bool
	Gives   *reception.Booking // that is to be given back, for the question before it
	Warn    []warned           // those whom a change of the offer touches, a page of them
	Warns   ui.Pagination      // the pages of them
	MayTell bool
}

// warned is an appointment that a change of the offer touches, or that stands again and whose holder has not learned it.
type warned struct {
	reception.Booking

	Lost bool
	Told string // what became of telling them
	Call bool   // they have to be telephoned, or may be before a letter is sent
}

// Hall is the address of the hall.
func (p *bookingListPage) Hall() string { return "/reception/" + p.Agenda.Hall.CentreID.String() }

// Of are the matters of an appointment in words.
func (p *bookingListPage) Of(b reception.Booking) []string { return p.said.all(b.Matters()) }

// Asks are the lists from which matters are chosen: one for each that was, and one more, up to as many as one appointment is for.
func (p *bookingListPage) Asks() (list []ask) {
	for n := range min(contract.MaxMatters, max(2, len(p.Matters)+1)) {
		a := ask{N: n + 1}
		if n < len(p.Matters) {
			a.Chosen = p.Matters[n]
		}
		list = append(list, a)
	}
	return list
}

// ask is one list to choose a matter from.
type ask struct {
	N      int
	Chosen string
}

// On is the address of a date.
func (p *bookingListPage) On(date time.Time) string {
	return p.Hall() + "/bookings?day=" + date.Format(time.DateOnly)
}

// Keeping is the same with what is to be booked.
func (p *bookingListPage) Keeping(date time.Time) string {
	q := url.Values{"day": {date.Format(time.DateOnly)}}
	if len(p.Matters) > 0 {
		q[matterField] = p.Matters
	}
	return p.Hall() + "/bookings?" + q.Encode()
}

// Open says whether an appointment can still be kept or given back.
func (*bookingListPage) Open(b reception.Booking) bool { return b.State == reception.Booked }

// dayOf is the date that a form names, or today.
func (h handlers) dayOf(form *web.Form) time.Time {
	if d, err := time.Parse(time.DateOnly, form.Value("day")); err == nil && d.Year() > 2000 && d.Year() < 2100 {
		return d
	}
	return workdays.DateOf(h.site.Now())
}

// bookings shows who has an appointment on a date.
func (h handlers) bookings(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	page, err := h.agenda(c, form)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "reception/booking_list", page)
}

func (h handlers) agenda(c *gin.Context, form *web.Form) (*bookingListPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	actor, day := session.Actor(c), h.dayOf(form)
	a, err := h.Halls.Agenda(c.Request.Context(), actor, id, day)
	if err != nil {
		return nil, err
	}
	page := &bookingListPage{
		Form: form, Press: uuid.Must(uuid.NewV7()), Agenda: a, Before: day.AddDate(0, 0, -1), After: day.AddDate(0, 0, 1), Today: day.Equal(workdays.DateOf(a.At)),
		MayPlan: access.Can(actor, reception.Arrange, access.Object{Own: []access.Place{access.InCentre(id)}}),
	}
	form.Set("day", day.Format(time.DateOnly))
	if err := h.warn(c, page); err != nil {
		return nil, err
	}
	page.Wide, page.Back = true, &ui.Link{Href: page.Hall(), Text: h.site.T(c, "reception.hall")}
	printer := h.site.Printer(c)
	services, err := h.Halls.Services(c.Request.Context(), id)
	if err != nil {
		return nil, err
	}
	page.said = spoken{printer, a.Hall, services}
	page.Choices, page.Times = page.said.choices(), []ui.SelectItem{{Text: printer.T("reception.time_choose")}}
	if matters := mattersOf(form); len(matters) > 0 {
		page.Takes = a.Hall.Takes(matters)
		for _, m := range matters {
			page.Matters = append(page.Matters, matterValue(m))
		}
		for _, at := range reception.Moments(a.Hall.Fitting(a.Free, matters)) {
			page.Times = append(page.Times, ui.SelectItem{Value: matters[0].GroupID.String() + "/" + at.UTC().Format(time.RFC3339), Text: printer.Clock(at)})
		}
		return page, nil
	}
	for _, g := range a.Hall.OpenGroups() {
		name, _ := g.Name.In(printer.Lang())
		for _, at := range reception.Moments(a.Hall.Fitting(a.Free, []reception.Matter{{GroupID: g.ID}})) {
			page.Times = append(page.Times, ui.SelectItem{Value: g.ID.String() + "/" + at.UTC().Format(time.RFC3339), Text: printer.T("reception.time_of", printer.Clock(at), g.Letter, name)})
		}
	}
	return page, nil
}

// mostWarned is how many of those whom a change of the offer touches are on a page.
const mostWarned = 50

// warn lists whom a change of the offer touches with what they were told: first those who have to be telephoned.
func (h handlers) warn(c *gin.Context, page *bookingListPage) error {
	actor, a := session.Actor(c), page.Agenda
	told, err := h.Notices.OfAppointments(c.Request.Context(), actor, a.Hall.CentreID)
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	page.MayTell = access.Can(actor, notices.Tell, notices.Object(a.Hall.CentreID))
	lost := map[uuid.UUID]bool{}
	for _, b := range a.Touched {
		lost[b.ID] = true
	}
	for _, b := range a.ToCome {
		w := warned{Booking: b, Lost: lost[b.ID]}
		n, known := told[b.ID]
		known = known && w.Lost == (n.Kind == notices.BookingLost)
		if !w.Lost && (!known || !n.Undelivered()) {
			continue
		}
		w.Told, w.Call = printer.T("reception.told_soon"), known && n.ToldAt == nil && n.State != notices.Sent && n.State != notices.Delivered && n.State != notices.Sending
		if known {
			w.Told = notices.Describe(printer, n)
		}
		page.Warn = append(page.Warn, w)
	}
	slices.SortStableFunc(page.Warn, func(a, b warned) int { return cmp.Compare(rank(a), rank(b)) })
	pages := max(1, (len(page.Warn)+mostWarned-1)/mostWarned)
	shown := min(request.Page(page.Form), pages)
	page.Warns = ui.Paginate(shown, pages, func(n int) string { return page.On(a.Day) + "&page=" + strconv.Itoa(n) })
	page.Warn = page.Warn[(shown-1)*mostWarned : min(shown*mostWarned, len(page.Warn))]
	return nil
}

// rank is 0 for those who have to be telephoned.
func rank(w warned) int {
	if w.Call {
		return 0
	}
	return 1
}

// keepBookings does what a button of the page asks for.
func (h handlers) keepBookings(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ctx, actor, said, args := c.Request.Context(), session.Actor(c), "", []string(nil)
	switch act := form.Value("act"); {
	case act == "book":
		var b reception.Booking
		b, err = h.Halls.Book(ctx, actor, id, appointmentOf(c, form))
		said, args = "reception.done.book", []string{b.Number}
	case act == "give_back" && form.Value("sure") == "":
		return h.askGiveBack(c, form)
	case act == "give_back":
		said, err = "reception.done.give_back", h.Halls.GiveBack(ctx, actor, id, request.FormID(form, "booking"))
	case act == "told":
		said, err = "reception.done.told", h.Notices.ToldOfAppointment(ctx, actor, id, request.FormID(form, "booking"))
	case act == "arrive":
		var t reception.Ticket
		t, err = h.Halls.Arrive(ctx, actor, id, form.Value("number"))
		said, args = "reception.done.arrive", []string{t.Label()}
	default:
		return h.bookings(c)
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		page, err := h.agenda(c, form)
		if err != nil {
			return err
		}
		page.Errors = wrong
		return h.site.Render(c, status, "reception/booking_list", page)
	}, func() error {
		h.site.Flash(c, said, args...)
		return web.Redirect(c, "/reception/"+id.String()+"/bookings?day="+h.dayOf(form).Format(time.DateOnly))
	})
}

// appointmentOf reads what a clerk books. A telephone number is brought into its form; one that is none stays as it was typed.
func appointmentOf(c *gin.Context, form *web.Form) reception.Appointment {
	group, at, _ := strings.Cut(form.Value("at"), "/")
	a := reception.Appointment{Press: request.FormID(form, "press"), Name: form.Value("name"), Email: form.Value("email"), Phone: form.Value("phone"), Language: web.Lang(c)}
	a.Group, _ = uuid.Parse(group)
	a.At, _ = time.Parse(time.RFC3339, at)
	if matters := mattersOf(form); len(matters) > 0 && matters[0].GroupID == a.Group {
		a.Service, a.Further = matters[0].ServiceID, matters[1:]
	}
	if phone, ok := plain.Phone(a.Phone); ok {
		a.Phone = phone
	}
	return a
}

// askGiveBack asks before an appointment is given back.
func (h handlers) askGiveBack(c *gin.Context, form *web.Form) error {
	page, err := h.agenda(c, form)
	if err != nil {
		return err
	}
	id := request.FormID(form, "booking")
	for _, list := range [][]reception.Booking{page.Agenda.List, page.Agenda.Touched} {
		for i := range list {
			if list[i].ID == id {
				page.Gives = &list[i]
			}
		}
	}
	if page.Gives == nil {
		return fault.New(fault.NotFound, "")
	}
	return h.site.Render(c, http.StatusOK, "reception/booking_give_back", page)
}
