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

type reviewListPage struct {
	web.Page
	Reviews []law.Review
	List    ui.Listing
}

// reviews shows the cards that the person has to look at because an act changed.
func (h handlers) reviews(c *gin.Context) error {
	form, err := request.ReadFilter(c, nil)
	if err != nil {
		return err
	}
	list, total, at, err := request.ReadPage(request.Page(form), listSize, func(n int) ([]law.Review, int, error) {
		return h.Library.Reviews(c.Request.Context(), session.Actor(c), n, listSize)
	})
	if err != nil {
		return err
	}
	page := &reviewListPage{Reviews: list, List: request.Listing(c, at, listSize, total)}
	page.Breadcrumbs = []ui.Link{{Href: "/acts", Text: h.site.T(c, "acts.title")}, {Text: h.site.T(c, "acts.reviews")}}
	return h.site.Render(c, http.StatusOK, "acts/review_list", page)
}
