package reception

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type planEditPage struct {
	hallPage
	Form    *web.Form
	Windows []ui.SelectItem
}

// Receives are the windows that receive appointments of a group, by their numbers.
func (p *planEditPage) Receives(g reception.Group) (numbers []int) {
	for _, w := range p.Now.Hall.OpenWindows() {
		if w.Appoints != nil && *w.Appoints == g.ID {
			numbers = append(numbers, w.Number)
		}
	}
	return numbers
}

// plan shows how the hall offers appointments.
func (h handlers) plan(c *gin.Context) error {
	page, err := h.planPage(c, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "reception/plan_edit", page)
}

func (h handlers) planPage(c *gin.Context, form *web.Form) (*planEditPage, error) {
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return nil, err
	}
	page, printer, plan := &planEditPage{hallPage: p, Form: form}, h.site.Printer(c), p.Now.Hall.Plan
	page.Back = &ui.Link{Href: page.Hall() + "/offer", Text: printer.T("reception.offer")}
	page.Windows = []ui.SelectItem{{Text: printer.T("reception.whole_hall")}}
	for _, w := range p.Now.Hall.OpenWindows() {
		page.Windows = append(page.Windows, ui.SelectItem{Value: w.ID.String(), Text: printer.T("reception.window_n", w.Number)})
	}
	for name, n := range map[string]int{"ahead": plan.Ahead, "notice": plan.Notice, "cancel": plan.Cancel, "share": plan.Share, "per_contact": plan.PerContact, "new": plan.New, "between": plan.Between} {
		if !form.Has(name) {
			form.Set(name, strconv.Itoa(n))
		}
	}
	return page, nil
}

// savePlan changes how the hall offers appointments, or on which days it does not.
func (h handlers) savePlan(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	ctx, actor, version := c.Request.Context(), session.Actor(c), request.Version(form)
	switch act := form.Value("act"); {
	case turnedBack(form):
		page, err := h.planPage(c, form)
		if err != nil {
			return err
		}
		return h.site.Render(c, http.StatusOK, "reception/plan_edit", page)
	case act == "plan":
		err = h.Halls.SavePlan(ctx, actor, id, version, planOf(form))
	case act == "absence":
		a := reception.Absence{First: dateIn(form, "first"), Last: dateIn(form, "last"), Reason: form.Value("reason")}
		if w := request.FormID(form, "window"); w != uuid.Nil {
			a.WindowID = &w
		}
		err = h.Halls.AddAbsence(ctx, actor, id, version, a, form.Value("seen"))
	case act == "drop":
		err = h.Halls.DropAbsence(ctx, actor, id, version, request.FormID(form, "absence"))
	default:
		return h.plan(c)
	}
	if shown, err := h.fallen(c, form, err, "/reception/"+id.String()+"/offer/plan", "act", "window", "first", "last", "reason"); shown {
		return err
	}
	return after(form, err, func(status int, wrong []fault.FieldError) error {
		page, err := h.planPage(c, form)
		if err != nil {
			return err
		}
		page.Errors = wrong
		return h.site.Render(c, status, "reception/plan_edit", page)
	}, func() error {
		h.site.Flash(c, "reception.done.save")
		return web.Redirect(c, "/reception/"+id.String()+"/offer/plan")
	})
}

// planOf reads the plan. What is no number is one that no rule takes.
func planOf(form *web.Form) reception.Plan {
	n := func(name string) int {
		if name == "between" && form.Value(name) == "" {
			return 0
		}
		if n, err := strconv.Atoi(strings.Replace(form.Value(name), "\u2212", "-", 1)); err == nil {
			return n
		}
		return -1000
	}
	return reception.Plan{Ahead: n("ahead"), Notice: n("notice"), Cancel: n("cancel"), Share: n("share"), PerContact: n("per_contact"), New: n("new"), Between: n("between")}
}

// dateIn reads a field of type date; zero for what is none.
func dateIn(form *web.Form, name string) time.Time {
	d, _ := time.Parse(time.DateOnly, form.Value(name))
	return d
}
