package counter

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Starter says how the visit begins of something with the id that is known before the visitor stands at the counter. It checks
// by itself whether the actor may know it.
type Starter func(ctx context.Context, actor access.Actor, id uuid.UUID) (counter.Start, error)

// filesWithin is how long a clerk who begins waits for the files that the applicant sent; what is opened later is shown later.
const filesWithin = 4 * time.Second

type visitStartPage struct {
	web.Page
	Form    *web.Form
	Start   counter.Start
	Service locale.Text     // zero when it is not known, or the centre does not give it
	Centres []ui.SelectItem // where the clerk has to say in which
}

// start shows what is known of a visitor, and asks whether to begin. The address names what it is known by and nothing of a person.
func (h handlers) start(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	return h.showStart(c, form, http.StatusOK)
}

// started is what the form of a start leads to: what is known of the visit, and the centres that the clerk can receive it in.
func (h handlers) started(c *gin.Context, form *web.Form) (st counter.Start, centres []org.Name, err error) {
	starter, known := h.Starters[counter.Origin(form.Value("origin"))]
	id, err := uuid.Parse(form.Value("id"))
	if !known || err != nil {
		return st, nil, fault.New(fault.NotFound, "")
	}
	if st, err = starter(c.Request.Context(), session.Actor(c), id); err != nil {
		return st, nil, err
	}
	if centres, err = h.own(c); err != nil {
		return st, nil, err
	}
	for _, n := range centres {
		if n.ID == st.Centre {
			return st, []org.Name{n}, nil
		}
	}
	return st, centres, nil
}

func (h handlers) showStart(c *gin.Context, form *web.Form, status int) error {
	st, centres, err := h.started(c, form)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &visitStartPage{Form: form, Start: st}
	if len(centres) == 1 {
		page.Start.Centre = centres[0].ID
	} else {
		page.Centres = request.Options(p, p.T("counter.centre_choose"), centres, func(n org.Name) (string, locale.Text) { return n.ID.String(), n.Name })
	}
	if st.Service != nil && len(centres) == 1 {
		service, err := h.Visits.Service(c.Request.Context(), centres[0].ID, *st.Service)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		page.Service = service.Name
	}
	page.Back = &ui.Link{Href: "/counter", Text: p.T("counter.title")}
	page.Errors = form.Errors()
	return h.site.Render(c, status, "counter/visit_start", page)
}

// beginStarted opens the visit, or leads to the one that a colleague has opened.
func (h handlers) beginStarted(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	st, centres, err := h.started(c, form)
	if err != nil {
		return err
	}
	st.Centre = request.FormID(form, "centre")
	if len(centres) == 1 {
		st.Centre = centres[0].ID
	}
	if st.Centre == uuid.Nil {
		form.Add("centre", "counter.centre_required")
		return h.showStart(c, form, http.StatusUnprocessableEntity)
	}
	id, err := h.Visits.Start(c.Request.Context(), session.Actor(c), st)
	if err != nil {
		return err
	}
	if err := h.Visits.AwaitSent(c.Request.Context(), session.Actor(c), id, filesWithin); err != nil {
		return err
	}
	return web.Redirect(c, "/counter/"+id.String())
}
