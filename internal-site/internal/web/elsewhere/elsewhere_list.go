package elsewhere

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const listSize = 50

type elsewhereListPage struct {
	web.Page
	Form    *web.Form
	Entries []catalogue.Elsewhere
	List    ui.Listing
	Today   time.Time
	Edits   bool
	Reviews []ui.SelectItem
	YesNo   []ui.SelectItem
}

// The values that the fields of the filter take.
var (
	reviews = []string{"due", "later"}
	yesNo   = []string{"yes", "no"}
)

// filter are the fields that narrow the list.
var filter = request.Filter{"q": request.AnyText, "review": request.OneOf(reviews...), "published": request.OneOf(yesNo...)}

// list shows what others give, by name.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	f := catalogue.ElsewhereFilter{Q: form.Value("q"), Review: form.Value("review"), Published: form.Value("published"), Page: request.Page(form), Size: listSize}
	actor, p := session.Actor(c), h.site.Printer(c)
	entries, total, at, err := request.ReadPage(f.Page, f.Size, func(n int) ([]catalogue.Elsewhere, int, error) {
		f.Page = n
		return h.Elsewhere.List(c.Request.Context(), actor, f)
	})
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "elsewhere/elsewhere_list", &elsewhereListPage{
		Form: form, Entries: entries, List: request.Listing(c, at, f.Size, total), Today: h.Elsewhere.Today(),
		Edits:   access.Can(actor, catalogue.EditElsewhere, access.Object{}),
		Reviews: request.Words(p, p.T("elsewhere.any"), "elsewhere.reviews.", reviews...),
		YesNo:   request.Words(p, p.T("elsewhere.any"), "elsewhere.shown.", yesNo...),
	})
}
