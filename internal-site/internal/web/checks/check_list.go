package checks

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/checks"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type checkListPage struct {
	web.Page
	Form     *web.Form
	Packages []checks.Package
	List     ui.Listing
	Today    time.Time
	States   []ui.SelectItem
}

// listStates are the states that the list can be narrowed to.
var listStates = []string{string(checks.Open), string(checks.Answered), string(checks.Closed), "all"}

// filter are the fields that narrow the list.
var filter = request.Filter{"q": request.AnyText, "state": request.OneOf(listStates...), "late": request.OneOf("1"), "untold": request.OneOf("1")}

// list shows the packages of the actor's centres, those that are due first on top.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	f := checks.Filter{
		Q: form.Value("q"), State: checks.State(form.Value("state")), Late: form.Value("late") != "", Untold: form.Value("untold") != "", Page: request.Page(form),
	}
	list, err := h.Checks.List(c.Request.Context(), session.Actor(c), f)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &checkListPage{
		Form: form, Packages: list.Packages, List: request.Listing(c, list.Page, checks.PageSize, list.Total),
		Today:  workdays.DateOf(h.site.Now()),
		States: request.Words(p, p.T("checks.state_default"), "checks.state.", listStates...),
	}
	return h.site.Render(c, http.StatusOK, "checks/check_list", page)
}
