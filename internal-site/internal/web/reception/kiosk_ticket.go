package reception

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
)

type kioskTicketPage struct {
	hallPage
	Ticket reception.Ticket
	Ahead  int
	Low    bool
	Wait   *wait // nil: nobody can say
	Late   bool  // they may not be served before the hall closes
}

// ticket shows the ticket that was given, and prints it once.
func (h handlers) ticket(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ticket, err := request.ID(c, "ticket")
	if err != nil {
		return err
	}
	t, now, err := h.Halls.TicketOf(c.Request.Context(), session.Actor(c), id, ticket)
	if err != nil {
		return err
	}
	page := &kioskTicketPage{Ticket: t, Low: form.Value("low") == "1", Ahead: reception.Ahead(now.Day.Tickets, t, now.At)}
	page.Now, page.words = now, h.site.Printer(c)
	e, known := now.Expect()[t.ID]
	page.Wait, page.Late = waitOf(e, known), page.lateTicket(t, e, known)
	return h.site.Render(c, http.StatusOK, "reception/display/kiosk_ticket", page)
}
