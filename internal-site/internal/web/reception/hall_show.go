package reception

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type hallShowPage struct {
	hallPage
	Form                        *web.Form
	Figures                     reception.Figures
	Order                       []reception.Ticket
	expected                    map[uuid.UUID]reception.Expected
	Aside                       []reception.Ticket
	MayServe, MayShow, MayOrder bool
	MayBook                     bool
}

// At is who is at a window, nil for nobody.
func (p *hallShowPage) At(w reception.Window) *reception.Ticket {
	if t, busy := p.Now.Day.At(w.ID); busy {
		return &t
	}
	return nil
}

// Wait is how long a ticket is going to wait from now on, nil where nobody can say.
func (p *hallShowPage) Wait(t reception.Ticket) *wait {
	e, known := p.expected[t.ID]
	return waitOf(e, known)
}

// Late says whether a ticket may not be served before the hall closes.
func (p *hallShowPage) Late(t reception.Ticket) bool {
	e, known := p.expected[t.ID]
	return p.lateTicket(t, e, known)
}

// show shows the hall as it is now.
func (h handlers) show(c *gin.Context) error {
	page, err := h.hall(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "reception/hall_show", page)
}

func (h handlers) hall(c *gin.Context, form *web.Form) (*hallShowPage, error) {
	actor := session.Actor(c)
	p, err := h.read(c, actor)
	if err != nil {
		return nil, err
	}
	object := access.Object{Own: []access.Place{access.InCentre(p.Now.Hall.CentreID)}}
	page := &hallShowPage{
		hallPage: p, Form: form, Figures: p.Now.Figures(), Order: reception.Order(p.Now.Day.Tickets, p.Now.At),
		expected: p.Now.Expect(),
		Aside:    p.Now.Day.In(reception.Missed, reception.Parked),
		MayServe: access.Can(actor, reception.Serve, object), MayShow: access.Can(actor, reception.Display, object),
		MayOrder: access.Can(actor, reception.Arrange, object), MayBook: access.Can(actor, reception.Book, object),
	}
	page.Wide, page.Back = true, &ui.Link{Href: "/reception", Text: h.site.T(c, "reception.title")}
	return page, nil
}

// manage does what the head's buttons ask for.
func (h handlers) manage(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ctx, actor, do := c.Request.Context(), session.Actor(c), form.Value("act")
	switch do {
	case "close":
		err = h.Halls.Close(ctx, actor, id, locale.Text{UK: form.Value("word.uk"), EN: form.Value("word.en")})
	case "open":
		err = h.Halls.Open(ctx, actor, id)
	case "release":
		err = h.Halls.Release(ctx, actor, id, request.FormID(form, "window"))
	default:
		return h.show(c)
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		page, err := h.hall(c, form)
		if err != nil {
			return err
		}
		page.Errors = wrong
		return h.site.Render(c, status, "reception/hall_show", page)
	}, func() error {
		h.site.Flash(c, "reception.done."+do)
		return web.Redirect(c, "/reception/"+id.String())
	})
}
