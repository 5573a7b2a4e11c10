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
}

// manyPath is the address of the decision about all that a filter shows.
func manyPath(f intake.Filter, d intake.Decision) string {
	q := query(f)
	q.Set("decision", string(d))
	return "/intake/many?" + q.Encode()
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
	n, until, err := h.Queue.CountOpen(c.Request.Context(), session.Actor(c), f, d)
	if err != nil {
		return nil, err
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
	if f.Until, err = time.Parse(time.RFC3339Nano, form.Value("until")); err != nil {
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
