package acts

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/law"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

const listSize = 50

type actListPage struct {
	web.Page
	Form   *web.Form
	Acts   []law.Row
	List   ui.Listing
	Edits  bool
	Kinds  []ui.SelectItem
	Levels []ui.SelectItem
	Shown  []ui.SelectItem
	Texts  []ui.SelectItem
}

var yesNo = []string{"yes", "no"}

// filter are the fields that narrow the list.
var filter = request.Filter{
	"q": request.AnyText, "kind": request.OneOf(law.Kinds...), "level": request.OneOf(law.Levels...), "published": request.OneOf(yesNo...),
	"text": request.OneOf(yesNo...),
}

// list shows the acts, by title.
func (h handlers) list(c *gin.Context) error {
	form, err := request.ReadFilter(c, filter)
	if err != nil {
		return err
	}
	f := law.Filter{
		Q: form.Value("q"), Kind: form.Value("kind"), Level: form.Value("level"), Published: form.Value("published"), Text: form.Value("text"),
		Page: request.Page(form), Size: listSize,
	}
	p := h.site.Printer(c)
	acts, total, at, err := request.ReadPage(f.Page, f.Size, func(n int) ([]law.Row, int, error) {
		f.Page = n
		return h.Library.List(c.Request.Context(), session.Actor(c), f)
	})
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "acts/act_list", &actListPage{
		Form: form, Acts: acts, List: request.Listing(c, at, f.Size, total), Edits: mayEdit(c),
		Kinds:  request.Words(p, p.T("acts.any"), "acts.kinds.", law.Kinds...),
		Levels: request.Words(p, p.T("acts.any"), "acts.levels.", law.Levels...),
		Shown:  request.Words(p, p.T("acts.any"), "acts.shown.", yesNo...),
		Texts:  request.Words(p, p.T("acts.any"), "acts.texts.", yesNo...),
	})
}
