package notices

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type channelsPage struct {
	web.Page
	Post notices.Post
	Now  time.Time
}

// Minutes is how long the oldest notice has waited.
func (p *channelsPage) Minutes() int { return int(p.Post.Oldest.Minutes()) }

// channels shows how e-mail and SMS do, and what waits for them.
func (h handlers) channels(c *gin.Context) error {
	post, err := h.Desk.Post(c.Request.Context(), session.Actor(c))
	if err != nil {
		return err
	}
	page := &channelsPage{Post: post, Now: h.site.Now()}
	page.Back = &ui.Link{Href: "/notices", Text: h.site.T(c, "notices.title")}
	return h.site.Render(c, http.StatusOK, "notices/notice_channels", page)
}

// letter lets the person have the letter of the morning, or not.
func (h handlers) letter(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	yes := form.Value("letter") == "yes"
	if err := h.Desk.Subscribe(c.Request.Context(), session.Actor(c), yes); err != nil {
		return err
	}
	h.site.Flash(c, map[bool]string{true: "notices.letter_on", false: "notices.letter_off"}[yes])
	return web.Redirect(c, "/notices")
}
