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

// placesSize is how many acts a page of found places shows: of each a part of its text is read.
const placesSize = 20

type actWordsPage struct {
	web.Page
	Form   *web.Form
	Places []law.FoundPlace
	List   ui.Listing
	Most   bool // there may be more than are told of
}

// words looks for words in the texts in force.
func (h handlers) words(c *gin.Context) error {
	form, err := request.ReadFilter(c, request.Filter{"q": request.AnyText})
	if err != nil {
		return err
	}
	places, total, at, err := request.ReadPage(request.Page(form), placesSize, func(n int) ([]law.FoundPlace, int, error) {
		return h.Library.FindPlaces(c.Request.Context(), session.Actor(c), form.Value("q"), n, placesSize)
	})
	if err != nil {
		return err
	}
	page := &actWordsPage{Form: form, Places: places, List: request.Listing(c, at, placesSize, total), Most: total == law.MostPlaces}
	p := h.site.Printer(c)
	page.Breadcrumbs = []ui.Link{{Href: "/acts", Text: p.T("acts.title")}, {Text: p.T("acts.words")}}
	return h.site.Render(c, http.StatusOK, "acts/act_words", page)
}
