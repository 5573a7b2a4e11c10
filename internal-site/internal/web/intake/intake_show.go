package intake

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type intakeShowPage struct {
	web.Page
	Entry  intake.Entry
	Form   *web.Form
	Others int // more entries about the same message
	Retry  bool
	Refuse bool
	Close  bool
	Open   bool
	Take   bool     // to the counter
	Typed  []string // what cannot be sent any more
	Told   bool     // closing it reaches a citizen's page
	// Sayings are the portal's own answers to choose from where nothing typed can reach the citizen.
	Sayings []ui.Choice
}

// show shows one entry.
func (h handlers) show(c *gin.Context) error {
	page, err := h.page(c, web.NewForm(url.Values{}))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "intake/intake_show", page)
}

func (h handlers) page(c *gin.Context, form *web.Form) (*intakeShowPage, error) {
	id, err := request.ID(c, "id")
	if err != nil {
		return nil, err
	}
	e, err := h.Queue.Get(c.Request.Context(), session.Actor(c), id)
	if err != nil {
		return nil, err
	}
	page := &intakeShowPage{Entry: e, Form: form, Told: e.Source != intake.SourceConflict}
	if may, err := h.mayHandle(c, e); err != nil {
		return nil, err
	} else if may {
		page.Retry, page.Refuse, page.Close, page.Open = e.May(intake.Retry), e.May(intake.Refuse), e.May(intake.Close), e.May(intake.Open)
	}
	page.Take = e.ReceivedAtCounter() && access.MayEver(session.Actor(c), counter.Receive)
	page.Back = &ui.Link{Href: "/intake", Text: h.site.T(c, "intake.title")}
	page.Others, err = h.Queue.Others(c.Request.Context(), e)
	return page, err
}

// mayHandle says whether the person may decide about the entry, and does not only see it.
func (h handlers) mayHandle(c *gin.Context, e intake.Entry) (bool, error) {
	object, err := h.Queue.Object(c.Request.Context(), e.ID)
	return access.Can(session.Actor(c), intake.Handle, object), err
}

// decide carries out what a button asks for.
func (h handlers) decide(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	if final[intake.Decision(form.Value("decision"))] && form.Value("sure") == "" {
		return h.confirmOne(c, http.StatusOK, form)
	}
	v := intake.Verdict{
		Decision: intake.Decision(form.Value("decision")), Note: form.Value("note"),
		Reason: locale.Text{UK: form.Value("reason"), EN: form.Value("reason_en")}, Saying: form.Value("saying"),
	}
	if v.Decision == intake.Close {
		v.Reason = locale.Text{UK: form.Value("closing"), EN: form.Value("closing_en")}
	}
	err = h.Queue.Decide(c.Request.Context(), session.Actor(c), id, request.Version(form), v)
	switch {
	case err == nil:
		h.site.Flash(c, "intake.done."+string(v.Decision))
		return web.Redirect(c, "/intake")
	case fault.Is(err, fault.Conflict):
		return h.again(c, form, http.StatusConflict, fault.FieldError{Key: fault.MessageKey(err)})
	case !form.Take(err):
		return err
	case final[v.Decision]:
		return h.confirmOne(c, http.StatusUnprocessableEntity, form)
	}
	return h.again(c, form, http.StatusUnprocessableEntity, form.Errors()...)
}

// typed is everything that stands in the form's fields for words.
func typed(form *web.Form) (texts []string) {
	for _, name := range []string{"note", "reason", "reason_en", "closing", "closing_en"} {
		if text := form.Value(name); text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// again shows the entry with what was typed and what is wrong with it.
func (h handlers) again(c *gin.Context, form *web.Form, status int, wrong ...fault.FieldError) error {
	page, err := h.page(c, form)
	if err != nil {
		return err
	}
	page.Errors = wrong
	if !page.Entry.Waits() { // a colleague was faster: no form shows any more what was typed
		page.Typed = typed(form)
	}
	return h.site.Render(c, status, "intake/intake_show", page)
}
