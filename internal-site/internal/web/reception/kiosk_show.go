package reception

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

type kioskShowPage struct {
	hallPage
	Press  uuid.UUID
	First  *reception.Priority // why this person goes first; nil: not said
	Choose bool                // the reasons are shown instead of the groups
	Low    bool                // the buttons are where one reaches them from a wheelchair

	expected map[uuid.UUID]reception.Expected // by group, for whoever takes a ticket now
}

// Wait is how long somebody waits who takes a ticket of the group now, nil where nobody can say.
func (p *kioskShowPage) Wait(g reception.Group) *wait {
	e, known := p.expected[g.ID]
	return waitOf(e, known)
}

// Late says whether somebody who takes a ticket of the group now may not be served before the hall closes.
func (p *kioskShowPage) Late(g reception.Group) bool {
	e, known := p.expected[g.ID]
	return p.late(e, known, g.ID)
}

// AnyLate says whether it is so for any group.
func (p *kioskShowPage) AnyLate() bool { return slices.ContainsFunc(p.Now.Hall.OpenGroups(), p.Late) }

// Href is the address of the kiosk with what was chosen on it.
func (p *kioskShowPage) Href(choose bool, first *reception.Priority, low bool) string {
	q := url.Values{}
	if choose {
		q.Set("first", "choose")
	}
	if first != nil {
		q.Set("first", first.ID.String())
	}
	if low {
		q.Set("low", "1")
	}
	return p.Hall() + "/kiosk?" + q.Encode()
}

// Booked is where somebody with an appointment says so.
func (p *kioskShowPage) Booked() string {
	if p.Low {
		return p.Hall() + "/kiosk/booked?low=1"
	}
	return p.Hall() + "/kiosk/booked"
}

// kiosk shows what people take tickets for.
func (h handlers) kiosk(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	return h.showKiosk(c, form, http.StatusOK)
}

func (h handlers) showKiosk(c *gin.Context, form *web.Form, status int, wrong ...fault.FieldError) error {
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return err
	}
	page := &kioskShowPage{hallPage: p, Press: uuid.Must(uuid.NewV7()), Low: form.Value("low") == "1"}
	reasons := p.Now.Hall.OpenPriorities()
	page.Choose = form.Value("first") == "choose" && len(reasons) > 0
	for i, r := range reasons {
		if r.ID == request.FormID(form, "first") {
			page.First = &reasons[i]
		}
	}
	if page.Now.Gives() && !page.Choose {
		var priority *uuid.UUID
		if page.First != nil {
			priority = &page.First.ID
		}
		page.expected = page.Now.ExpectNew(priority)
	}
	page.Errors = wrong
	return h.site.Render(c, status, "reception/display/kiosk_show", page)
}

// issue gives the ticket that a button of the kiosk asks for.
func (h handlers) issue(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if web.ShowOnly(c) {
		return h.showKiosk(c, form, http.StatusOK)
	}
	t, err := h.Halls.Issue(c.Request.Context(), session.Actor(c), id, wishOf(form, false))
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		return h.showKiosk(c, form, status, wrong...)
	}, func() error {
		return web.Redirect(c, "/reception/"+id.String()+"/kiosk/"+t.ID.String()+"?low="+url.QueryEscape(form.Value("low")))
	})
}

// wishOf reads what a ticket is asked for.
func wishOf(form *web.Form, byHand bool) reception.Wish {
	w := reception.Wish{Press: request.FormID(form, "press"), Group: request.FormID(form, "group"), ByHand: byHand}
	if first := request.FormID(form, "first"); first != uuid.Nil {
		w.Priority = &first
	}
	return w
}
