package notices

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type undeliveredPage struct {
	web.Page
	Notices []row
	List    ui.Listing
	MayTell bool
}

// row is a notice with the reason in words.
type row struct {
	notices.Undelivered
	Why string
}

// list shows what did not reach applicants of the actor's centres, the oldest first.
func (h handlers) list(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	number := request.Page(form)
	found, total, err := h.Desk.Undelivered(ctx, actor, number)
	if err != nil {
		return err
	}
	page := &undeliveredPage{List: request.Listing(c, number, notices.PerPage, total), MayTell: tells(actor)}
	for _, n := range found {
		page.Notices = append(page.Notices, row{n, n.Why(p)})
	}
	return h.site.Render(c, http.StatusOK, "notices/notice_undelivered", page)
}
