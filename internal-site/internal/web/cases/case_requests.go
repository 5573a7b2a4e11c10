package cases

import (
	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/session"
)

// fillRequests says what authorities are asked for the case, and whether the reader can ask.
func (h handlers) fillRequests(c *gin.Context, page *caseShowPage, w *cases.Work) (err error) {
	if h.Requests == nil {
		return nil
	}
	actor := session.Actor(c)
	_, refused := w.Asks(actor)
	page.MayAsk = refused == nil
	page.Asked, err = h.Requests.OfCase(c.Request.Context(), actor, w)
	return err
}
