// Package reception is the staff area of a centre's hall: the clerk's window, the hall as it is, the kiosk that gives tickets, the board,
// and what the hall is made of. It may import shared, internal/reception, internal/counter, internal/notices, internal/access and the packages beside
// it; it knows no SQL.
package reception

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/request"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/live"
	"portal.example/shared/locale"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

//go:embed *.gohtml *.yaml display/*.gohtml
var files embed.FS

//go:embed hall.js
var script []byte

//go:embed display.css
var styles []byte

// Halls keeps the halls and their queues; reception.Store is one.
type Halls interface {
	Object(ctx context.Context, centre uuid.UUID) (access.Object, error)
	Halls(ctx context.Context, actor access.Actor) ([]reception.Summary, error)
	Now(ctx context.Context, actor access.Actor, centre uuid.UUID) (reception.Now, error)
	Version(ctx context.Context, centre uuid.UUID) (string, error)
	TicketOf(ctx context.Context, actor access.Actor, centre, id uuid.UUID) (reception.Ticket, reception.Now, error)

	Issue(ctx context.Context, actor access.Actor, centre uuid.UUID, w reception.Wish) (reception.Ticket, error)
	Sit(ctx context.Context, actor access.Actor, centre, window uuid.UUID) error
	Rise(ctx context.Context, actor access.Actor, centre uuid.UUID) error
	Release(ctx context.Context, actor access.Actor, centre, window uuid.UUID) error
	Next(ctx context.Context, actor access.Actor, centre, seen uuid.UUID) (*reception.Ticket, error)
	Do(ctx context.Context, actor access.Actor, centre uuid.UUID, c reception.Command) (reception.Ticket, error)
	Turn(ctx context.Context, actor access.Actor, centre, ticket uuid.UUID, n int, seen reception.Matter) error
	Close(ctx context.Context, actor access.Actor, centre uuid.UUID, word locale.Text) error
	Open(ctx context.Context, actor access.Actor, centre uuid.UUID) error

	Agenda(ctx context.Context, actor access.Actor, centre uuid.UUID, date time.Time) (reception.Agenda, error)
	Book(ctx context.Context, actor access.Actor, centre uuid.UUID, a reception.Appointment) (reception.Booking, error)
	GiveBack(ctx context.Context, actor access.Actor, centre, booking uuid.UUID) error
	Arrive(ctx context.Context, actor access.Actor, centre uuid.UUID, number string) (reception.Ticket, error)

	Services(ctx context.Context, centre uuid.UUID) ([]reception.Service, error)
	SaveGroup(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, g reception.Group) error
	SaveWindow(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, w reception.Window, seen string) error
	SavePriority(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, p reception.Priority) error
	SetInRow(ctx context.Context, actor access.Actor, centre uuid.UUID, version, n int) error
	SetLast(ctx context.Context, actor access.Actor, centre uuid.UUID, version, minutes int) error
	SavePlan(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, p reception.Plan) error
	AddAbsence(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, a reception.Absence, seen string) error
	DropAbsence(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, id uuid.UUID) error
	Retire(ctx context.Context, actor access.Actor, centre uuid.UUID, version int, kind reception.Kind, id uuid.UUID, seen string) error
}

// Notices keeps what those are told whose appointments a change of the offer touches; notices.Desk does.
type Notices interface {
	OfAppointments(ctx context.Context, actor access.Actor, centre uuid.UUID) (map[uuid.UUID]notices.Notice, error)
	ToldOfAppointment(ctx context.Context, actor access.Actor, centre, booking uuid.UUID) error
}

// Live opens streams that are told of changes; live.Hub does.
type Live interface {
	Open(key string) (*live.Stream, error)
}

// Deps is what the area needs.
type Deps struct {
	Halls   Halls
	Notices Notices
	Live    Live // nil: pages ask from time to time
}

type handlers struct {
	site *web.Site
	Deps
	versions *live.Answers
}

// Area is the hall.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "reception", Path: "/reception", Module: contract.ModuleReception, Files: files, Words: []fs.FS{reception.Words, notices.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 16, Needs: reception.Watch},
		Routes: func(site *web.Site) []area.Route {
			h, hall := handlers{site, d, &live.Answers{}}, area.ByID("hall", d.Halls.Object)
			watch, serve := area.Over(reception.Watch, hall), area.Over(reception.Serve, hall)
			book := area.Over(reception.Book, hall)
			display, arrange := area.Over(reception.Display, hall), area.Over(reception.Arrange, hall)
			return []area.Route{
				area.GET("/hall.js", area.Somewhere(reception.Watch).Or(reception.Serve, reception.Display), file("text/javascript; charset=utf-8", script)),
				area.GET("/display.css", area.Somewhere(reception.Watch).Or(reception.Display), file("text/css; charset=utf-8", styles)),
				area.GET("", area.Somewhere(reception.Watch), h.list),
				area.GET("/:id", watch, h.show),
				area.POST("/:id", arrange, h.manage),
				area.GET("/:id/live", watch.Or(reception.Serve, reception.Display), h.live),
				area.GET("/:id/window", serve, h.window),
				area.POST("/:id/window", serve, h.act),
				area.GET("/:id/board", display, h.board),
				area.GET("/:id/kiosk", display, h.kiosk),
				area.POST("/:id/kiosk", display, h.issue),
				area.GET("/:id/kiosk/booked", display, h.kioskBooked),
				area.POST("/:id/kiosk/booked", display, h.arrive),
				area.GET("/:id/kiosk/:ticket", display, h.ticket),
				area.GET("/:id/bookings", book, h.bookings),
				area.POST("/:id/bookings", book, h.keepBookings),
				area.GET("/:id/offer", arrange, h.offer),
				area.POST("/:id/offer", arrange, h.saveOffer),
				area.GET("/:id/offer/plan", arrange, h.plan),
				area.POST("/:id/offer/plan", arrange, h.savePlan),
				area.GET("/:id/offer/groups/:part", arrange, h.group),
				area.POST("/:id/offer/groups/:part", arrange, h.saveGroup),
				area.GET("/:id/offer/windows/:part", arrange, h.place),
				area.POST("/:id/offer/windows/:part", arrange, h.savePlace),
				area.GET("/:id/offer/priorities/:part", arrange, h.priority),
				area.POST("/:id/offer/priorities/:part", arrange, h.savePriority),
			}
		},
	}
}

func file(contentType string, content []byte) web.Handler {
	return func(c *gin.Context) error {
		c.Header("Cache-Control", "private, max-age=300")
		c.Data(http.StatusOK, contentType, content)
		return nil
	}
}

// hallPage is what pages of a hall have in common.
type hallPage struct {
	web.Page
	Now     reception.Now
	Version string // by which the page asks whether it is old

	words    *locale.Printer
	lateness *reception.Lateness // nil: nobody was asked about yet
}

// Hall is the address of the hall.
func (p *hallPage) Hall() string { return "/reception/" + p.Now.Hall.CentreID.String() }

// Group is the group of a ticket.
func (p *hallPage) Group(t reception.Ticket) reception.Group { return p.Now.Hall.Group(t.GroupID) }

// Further are the groups of what else the person of a ticket came for, one for each matter.
func (p *hallPage) Further(t reception.Ticket) (list []reception.Group) {
	for _, m := range t.Further {
		list = append(list, p.Now.Hall.Group(m.GroupID))
	}
	return list
}

// Priority is why a ticket goes first; zero when it does not.
func (p *hallPage) Priority(t reception.Ticket) reception.Priority {
	return p.Now.Hall.Priority(t.PriorityID)
}

// WindowOf is the number of the window at which a ticket is, or was.
func (p *hallPage) WindowOf(id *uuid.UUID) int {
	if id == nil {
		return 0
	}
	w, _ := p.Now.Hall.Window(*id)
	return w.Number
}

// Waited are the whole minutes that a ticket has waited.
func (p *hallPage) Waited(t reception.Ticket) int { return minutes(t.SpentBy(p.Now.At).Waiting) }

// InState are the whole minutes that a ticket has been as it is.
func (p *hallPage) InState(t reception.Ticket) int { return minutes(p.Now.At.Sub(t.Since)) }

// wait is how long somebody is going to wait, as it is said: in minutes, in the words of its kind.
type wait struct {
	Kind       string // two, one: both are the same, open: nobody knows of the most, long: nobody knows at all
	Half, Most int
}

// waitOf is nil where nobody can say.
func waitOf(e reception.Expected, known bool) *wait {
	w := &wait{Kind: "two", Half: reception.Told(e.Half), Most: reception.Told(e.Most)}
	switch {
	case !known:
		return nil
	case e.Half > reception.Horizon:
		w.Kind = "long"
	case e.Most > reception.Horizon:
		w.Kind = "open"
	case w.Half == w.Most:
		w.Kind = "one"
	}
	return w
}

// Said is what is wrong, in words.
func (p *hallPage) Said(e fault.FieldError) string { return p.words.T(e.Key, e.Args...) }

// late says whether somebody who takes a ticket of a group, or has one, may not be served before the hall closes.
func (p *hallPage) late(e reception.Expected, known bool, group uuid.UUID) bool {
	if !known {
		return false
	}
	if p.lateness == nil { // once for the page, however many tickets it lists
		l := p.Now.Lateness()
		p.lateness = &l
	}
	return p.lateness.Late(e, group)
}

// lateTicket says it of somebody who has a ticket. Whoever has an appointment is received at its time.
func (p *hallPage) lateTicket(t reception.Ticket, e reception.Expected, known bool) bool {
	return t.BookedFor == nil && p.late(e, known, t.GroupID)
}

// Shut says in words why no tickets are given because of the hours, "" while they are: the key ends in the state of the door.
func (p *hallPage) Shut() string {
	d := p.Now.Door()
	switch {
	case d.Gives():
		return ""
	case d.Next.IsZero():
		return p.words.T("reception.shut." + string(d.State))
	}
	return p.words.T("reception.shut."+string(d.State)) + " " + p.words.T("reception.gives_again", p.when(d.Next))
}

// when is a moment to come in words: today by the clock alone, later with its day.
func (p *hallPage) when(at time.Time) string {
	if workdays.DateOf(at).Equal(workdays.DateOf(p.Now.At)) {
		return p.words.T("reception.when_today", p.words.Clock(at))
	}
	return p.words.T("reception.when_later", p.words.Weekday(at.In(locale.Kyiv()).Weekday()), p.words.Date(at), p.words.Clock(at))
}

// Minutes are whole minutes.
func (*hallPage) Minutes(d time.Duration) int { return minutes(d) }

func minutes(d time.Duration) int { return int(d / time.Minute) }

// read reads the hall of the address. The version is read first: a change in between makes the page ask once more.
func (h handlers) read(c *gin.Context, actor access.Actor) (p hallPage, err error) {
	p.words = h.site.Printer(c)
	id, err := request.ID(c, "id")
	if err != nil {
		return p, err
	}
	if p.Version, err = h.Halls.Version(c.Request.Context(), id); err != nil {
		return p, err
	}
	p.Now, err = h.Halls.Now(c.Request.Context(), actor, id)
	return p, err
}

// after goes on when what a form asked for was done, and shows the page again with what is wrong when it was not.
func after(form *web.Form, err error, again func(status int, wrong []fault.FieldError) error, then func() error) error {
	switch {
	case err == nil:
		return then()
	case fault.Is(err, fault.Conflict):
		return again(http.StatusConflict, []fault.FieldError{{Key: fault.MessageKey(err)}})
	case form.Take(err):
		return again(http.StatusUnprocessableEntity, form.Errors())
	}
	return err
}
