package intake

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/intake"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type intakeManyPage struct {
	web.Page
	Form   *web.Form
	Filter intake.Filter
	Close  bool // or let them be opened once more
	Number int
	Until  string
	Typed  []string // what cannot be sent any more
}

// manyPath is the address of the decision about all that a filter shows.
func manyPath(f intake.Filter, d intake.Decision) string {
	q := query(f)
	q.Set("decision", string(d))
	return "/intake/many?" + q.Encode()
}

// untilOf is the moment up to which entries were counted on the page that sent the form: when the page comes back with a
// mistake, it reaches none that came meanwhile. Zero when no page has counted yet.
func untilOf(form *web.Form) time.Time {
	at, err := time.Parse(time.RFC3339Nano, form.Value("until"))
	if err != nil {
		return time.Time{}
	}
	return at
}

func decisionOf(form *web.Form) intake.Decision {
	if form.Value("decision") == string(intake.Retry) {
		return intake.Retry
	}
	return intake.Close
}

// confirm says how many entries a decision reaches, and asks for it.
func (h handlers) confirm(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	page, err := h.manyPage(c, form)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "intake/intake_many", page)
}

func (h handlers) manyPage(c *gin.Context, form *web.Form) (*intakeManyPage, error) {
	f, d := filterOf(form), decisionOf(form)
	f.Masses = true
	seen := untilOf(form)
	f.Until = seen
	n, until, err := h.Queue.CountOpen(c.Request.Context(), session.Actor(c), f, d)
	if err != nil {
		return nil, err
	}
	if !seen.IsZero() {
		until = seen
	}
	page := &intakeManyPage{Form: form, Filter: f, Close: d == intake.Close, Number: n, Until: until.UTC().Format(time.RFC3339Nano)}
	page.Back = &ui.Link{Href: "/intake?" + query(f).Encode(), Text: h.site.T(c, "intake.title")}
	return page, nil
}

// decideMany carries out the decision about all entries that the page counted.
func (h handlers) decideMany(c *gin.Context) error {
	form, err := request.Form(h.site, c)
	if err != nil {
		return err
	}
	f, d := filterOf(form), decisionOf(form)
	f.Masses = true
	if f.Until = untilOf(form); f.Until.IsZero() {
		return web.Redirect(c, "/intake")
	}
	if form.Value("sure") == "" {
		page, err := h.manyPage(c, form)
		if err != nil {
			return err
		}
		return h.site.Render(c, http.StatusOK, "intake/intake_many", page)
	}
	n, err := h.Queue.DecideAll(c.Request.Context(), session.Actor(c), f, intake.Verdict{Decision: d, Note: form.Value("note")})
	switch {
	case err == nil && n == 0:
		return h.nobodyLeft(c, form)
	case err == nil:
		h.site.Flash(c, "intake.done_many."+string(d), strconv.Itoa(n))
		return web.Redirect(c, "/intake")
	case !form.Take(err):
		return err
	}
	page, err := h.manyPage(c, form)
	if err != nil {
		return err
	}
	return h.site.Invalid(c, "intake/intake_many", form, page)
}

// nobodyLeft says that colleagues have decided about all of the entries meanwhile.
func (h handlers) nobodyLeft(c *gin.Context, form *web.Form) error {
	page, err := h.manyPage(c, form)
	if err != nil {
		return err
	}
	page.Typed = typed(form)
	page.Errors = []fault.FieldError{{Key: "intake.many_decided"}}
	return h.site.Render(c, http.StatusConflict, "intake/intake_many", page)
}

// Hidden is the filter and the moment up to which the entries were counted, as fields of the form.
func (p *intakeManyPage) Hidden() []ui.Hidden {
	fields := []ui.Hidden{{Name: "until", Value: p.Until}}
	for name, values := range query(p.Filter) {
		for _, v := range values {
			fields = append(fields, ui.Hidden{Name: name, Value: v})
		}
	}
	slices.SortFunc(fields, func(a, b ui.Hidden) int { return strings.Compare(a.Name, b.Name) })
	return fields
}
