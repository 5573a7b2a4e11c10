package questions

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/questions"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type questionListPage struct {
	web.Page
	Form    *web.Form
	Threads []questions.Thread
	List    ui.Listing
	Today   time.Time
	States  []ui.SelectItem
}

// listStates are the states that the list can be narrowed to.
var listStates = []string{string(questions.Open), string(questions.Answered), string(questions.Closed), "all"}

// filter are the fields that narrow the list.
var filter = request.Filter{"q": request.AnyText, "state": request.OneOf(listStates...), "late": request.OneOf("1"), "untold": request.OneOf("1"), "mine": request.OneOf("1")}

// list shows the questions of the actor's places, those that are due first on top.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	f := questions.Filter{
		Q: form.Value("q"), State: questions.State(form.Value("state")), Late: form.Value("late") != "", Untold: form.Value("untold") != "", Mine: form.Value("mine") != "", Page: request.Page(form),
	}
	list, err := h.Questions.List(c.Request.Context(), session.Actor(c), f)
	if err != nil {
		return err
	}
	p := h.site.Printer(c)
	page := &questionListPage{
		Form: form, Threads: list.Threads, List: request.Listing(c, list.Page, questions.PageSize, list.Total),
		Today:  workdays.DateOf(h.site.Now()),
		States: request.Words(p, p.T("questions.state_default"), "questions.state.", listStates...),
	}
	return h.site.Render(c, http.StatusOK, "questions/question_list", page)
}
