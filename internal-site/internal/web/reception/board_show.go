package reception

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/session"
)

type boardShowPage struct {
	hallPage
	Called  []reception.Ticket // on the way to a window, those called last first
	Serving []reception.Ticket
	Waiting int
}

// most is how many numbers a board shows, so that they can be read from ten metres.
const most = 8

// board shows whose turn it is: numbers and windows, no names.
func (h handlers) board(c *gin.Context) error {
	p, err := h.read(c, session.Actor(c))
	if err != nil {
		return err
	}
	page := &boardShowPage{hallPage: p, Called: p.Now.Day.In(reception.Called), Serving: p.Now.Day.In(reception.Serving)}
	page.Called = page.Called[:min(most, len(page.Called))]
	page.Serving = page.Serving[:min(most-len(page.Called), len(page.Serving))]
	page.Waiting = len(p.Now.Day.In(reception.Waiting))
	return h.site.Render(c, http.StatusOK, "reception/display/board_show", page)
}
