package notices

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

type bellPage struct {
	web.Page
	News            []line
	SeesUndelivered bool
	SetsAlarms      bool
	SeesChannels    bool
	Works           bool // on cases, so that a letter has something to say
	Letter          bool // gets it
	Address         bool
}

// line is a line under the bell.
type line struct{ notices.News }

// Href is the page of what the line is about.
func (l line) Href() string {
	if l.RequestID != uuid.Nil {
		return "/requests/" + l.RequestID.String()
	}
	return "/cases/" + l.CaseID.String()
}

// bell shows what came to the person since they looked.
func (h handlers) bell(c *gin.Context) error {
	actor := session.Actor(c)
	news, err := h.Desk.News(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	page := &bellPage{SeesUndelivered: access.MayEver(actor, notices.View), SetsAlarms: access.MayEver(actor, notices.Escalate)}
	page.SeesChannels, page.Works = access.MayEver(actor, notices.SeeChannels), access.MayEver(actor, cases.WorkOn)
	if page.Letter, page.Address, err = h.Desk.Subscribed(c.Request.Context(), actor); err != nil {
		return err
	}
	for _, n := range news {
		page.News = append(page.News, line{n})
	}
	return h.site.Render(c, http.StatusOK, "notices/notice_bell", page)
}

// seen takes one line off the bell, or all.
func (h handlers) seen(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	subject := form.Value("subject")
	switch subject {
	case "":
		return fault.New(fault.Invalid, "")
	case "all":
		subject = ""
	}
	if err := h.Desk.MarkSeen(c.Request.Context(), session.Actor(c), subject); err != nil {
		return err
	}
	h.site.Flash(c, "notices.seen")
	return web.Redirect(c, "/notices")
}
