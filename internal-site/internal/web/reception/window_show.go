package reception

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type windowShowPage struct {
	hallPage
	Form   *web.Form
	Window *reception.Window // nil: the clerk has not chosen one
	Free   []reception.Window
	At     *reception.Ticket // nil: nobody
	Order  []reception.Ticket
	Others int // who wait and cannot be served here
	Aside  []reception.Ticket
	Done   []reception.Ticket // the last ones of this window
	To     []ui.SelectItem
	Opens  bool            // the clerk may receive visitors at the counter
	Give   []ui.SelectItem // what a ticket can be given for by hand
	First  []ui.SelectItem // why its person goes before others
	Press  uuid.UUID
	said   spoken
}

// Seen is the ticket at the window, for a button that must not act on another one.
func (p *windowShowPage) Seen() uuid.UUID {
	if p.At == nil {
		return uuid.Nil
	}
	return p.At.ID
}

// NoteOf is what whoever takes over is told of a ticket, with who says it.
func (p *windowShowPage) NoteOf(t reception.Ticket) string {
	if t.NoteFrom == nil {
		return p.words.T("reception.note_is", t.Note)
	}
	return p.words.T("reception.note_from", p.WindowOf(t.NoteFrom), t.Note)
}

// InTurn is the matter in turn of somebody who came for several, in words.
func (p *windowShowPage) InTurn(t reception.Ticket) string { return p.said.of(t.Matters()[0]) }

// Turn is the same, as a form holds it.
func (*windowShowPage) Turn(t reception.Ticket) string { return matterValue(t.Matters()[0]) }

// Rest are the other matters of somebody, in words and in order.
func (p *windowShowPage) Rest(t reception.Ticket) []string { return p.said.all(t.Further) }

// Elsewhere says why somebody is here although the window cannot do all that they came for, and what becomes of the rest; "" when it can.
func (p *windowShowPage) Elsewhere(t reception.Ticket) string {
	rest := t.Rest(*p.Window)
	if len(rest) == 0 {
		return ""
	}
	return p.words.T("reception.apart", strings.Join(p.said.all(rest), "; "))
}

// Here says whether the nth of the other matters of somebody can be taken up at this window.
func (p *windowShowPage) Here(t reception.Ticket, n int) bool {
	return p.Window.TakesUp(t, n)
}

// Counter is the address of the counter page that opens with the ticket's matter.
func (p *windowShowPage) Counter() string { return counterOf(p.Seen()) }

func counterOf(ticket uuid.UUID) string {
	return "/counter/start?origin=" + string(counter.Called) + "&id=" + ticket.String()
}

// lastDone is how many of those who were served last the page offers to bring back.
const lastDone = 3

// window shows the clerk's window.
func (h handlers) window(c *gin.Context) error {
	page, err := h.strip(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "reception/window_show", page)
}

func (h handlers) strip(c *gin.Context, form *web.Form) (*windowShowPage, error) {
	actor := session.Actor(c)
	p, err := h.read(c, actor)
	if err != nil {
		return nil, err
	}
	page := &windowShowPage{hallPage: p, Form: form, Press: uuid.Must(uuid.NewV7())}
	page.Back = &ui.Link{Href: page.Hall(), Text: h.site.T(c, "reception.hall")}
	page.Opens = access.Can(actor, counter.Receive, access.Object{Own: []access.Place{access.InCentre(p.Now.Hall.CentreID)}})
	day := p.Now.Day
	page.Free = slices.DeleteFunc(p.Now.Hall.OpenWindows(), func(w reception.Window) bool { return day.Clerk(w.ID) != "" })
	seat, sits := day.SeatOf(actor.UserID)
	w, known := p.Now.Hall.Window(seat.WindowID)
	if !sits || !known {
		return page, nil
	}
	page.Window = &w
	if t, busy := day.At(w.ID); busy {
		page.At = &t
	}
	for _, t := range reception.Order(day.Tickets, p.Now.At) {
		if w.Serves(t) {
			page.Order = append(page.Order, t)
		} else {
			page.Others++
		}
	}
	page.Aside = day.In(reception.Missed, reception.Parked)
	own := func(t reception.Ticket) bool { return t.WindowID != nil && *t.WindowID == w.ID }
	page.Done = slices.DeleteFunc(day.In(reception.Done), func(t reception.Ticket) bool { return !own(t) })
	page.Done = page.Done[:min(len(page.Done), lastDone)]
	page.said = spoken{words: page.words, hall: p.Now.Hall}
	if page.At != nil && len(page.At.Further) > 0 {
		if page.said.services, err = h.Halls.Services(c.Request.Context(), p.Now.Hall.CentreID); err != nil {
			return nil, err
		}
	}
	page.To = h.targets(c, p.Now.Hall, w)
	page.Give, page.First = h.gives(c, p.Now.Hall)
	return page, nil
}

// targets are where a person can be sent: the groups, and the other windows.
func (h handlers) targets(c *gin.Context, hall reception.Hall, own reception.Window) []ui.SelectItem {
	p := h.site.Printer(c)
	list := []ui.SelectItem{{Text: p.T("reception.forward_choose")}}
	for _, g := range hall.OpenGroups() {
		name, _ := g.Name.In(p.Lang())
		list = append(list, ui.SelectItem{Value: "group/" + g.ID.String(), Text: p.T("reception.to_group", g.Letter, name)})
	}
	for _, w := range hall.OpenWindows() {
		if w.ID != own.ID {
			list = append(list, ui.SelectItem{Value: "window/" + w.ID.String(), Text: p.T("reception.to_window_n", w.Number)})
		}
	}
	return list
}

// gives are what a clerk can give a ticket for, and why its person goes before others.
func (h handlers) gives(c *gin.Context, hall reception.Hall) (groups, reasons []ui.SelectItem) {
	p := h.site.Printer(c)
	groups, reasons = []ui.SelectItem{{Text: p.T("reception.forward_choose")}}, []ui.SelectItem{{Text: p.T("reception.give_in_turn")}}
	for _, g := range hall.OpenGroups() {
		name, _ := g.Name.In(p.Lang())
		groups = append(groups, ui.SelectItem{Value: g.ID.String(), Text: p.T("reception.to_group", g.Letter, name)})
	}
	for _, r := range hall.OpenPriorities() {
		name, _ := r.Name.In(p.Lang())
		reasons = append(reasons, ui.SelectItem{Value: r.ID.String(), Text: name})
	}
	return groups, reasons
}

// act does what a button of the clerk's page asks for.
func (h handlers) act(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ctx, actor, then := c.Request.Context(), session.Actor(c), "/reception/"+id.String()+"/window"
	switch form.Value("act") {
	case "":
		return h.window(c)
	case "sit":
		err = h.Halls.Sit(ctx, actor, id, request.FormID(form, "window"))
	case "rise":
		err = h.Halls.Rise(ctx, actor, id)
	case "turn", "turn.counter":
		ticket, n := request.FormID(form, "ticket"), 0
		if n, err = strconv.Atoi(form.Value("n")); err != nil {
			n = -1
		}
		if err = h.Halls.Turn(ctx, actor, id, ticket, n, matterOf(form.Value("in_turn"))); form.Value("act") == "turn.counter" {
			then = counterOf(ticket)
		}
	case "next":
		var called *reception.Ticket
		if called, err = h.Halls.Next(ctx, actor, id, request.FormID(form, "ticket")); err == nil && called == nil {
			h.site.Flash(c, "reception.nobody_to_call")
		}
	case "give":
		var t reception.Ticket
		if t, err = h.Halls.Issue(ctx, actor, id, wishOf(form, true)); err == nil {
			h.site.Flash(c, "reception.done.give", t.Label())
		}
	default:
		cmd := commandOf(form)
		if _, err = h.Halls.Do(ctx, actor, id, cmd); form.Value("then") == "counter" {
			then = counterOf(cmd.Ticket)
		}
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		page, err := h.strip(c, form)
		if err != nil {
			return err
		}
		page.Errors = wrong
		return h.site.Render(c, status, "reception/window_show", page)
	}, func() error { return web.Redirect(c, then) })
}

// commandOf reads an act with one ticket. A button may hold act and what follows it, as in "come.counter".
func commandOf(form *web.Form) reception.Command {
	act, then, _ := strings.Cut(form.Value("act"), ".")
	form.Set("then", then)
	cmd := reception.Command{Act: reception.Act(act), Ticket: request.FormID(form, "ticket"), State: reception.State(form.Value("state"))}
	cmd.Note = form.Value("note")
	switch kind, value, _ := strings.Cut(form.Value("to"), "/"); kind {
	case "group":
		cmd.Group, _ = uuid.Parse(value)
	case "window":
		if w, err := uuid.Parse(value); err == nil {
			cmd.Window = &w
		}
	}
	return cmd
}
