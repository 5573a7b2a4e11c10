package counter

import (
	"html/template"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/counter"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/seal"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// codeAge is how long the clerk's browser keeps the code of a slip: a printer may have to be filled meanwhile. The server keeps
// no code.
const codeAge = 30 * time.Minute

// codeOf is the cookie with the code, for the papers of one visit alone.
func codeOf(visit uuid.UUID) web.Cookie {
	return web.Cookie{Name: "slip", Path: "/counter/" + visit.String() + "/papers", Strict: true}
}

type papersPage struct {
	web.Page
	Receipt counter.Receipt
	VisitID uuid.UUID
	Online  bool          // it came online, so that the applicant has a code of their own
	Applied bool          // on the form of the service, which can be printed
	Code    []string      // groups of the code; none when this browser does not hold it any more
	TrackAt string        // address of the public page; "" when it is not known
	QR      template.HTML // the same as a picture
	Copies  []int         // of the description: one for the visitor, one for the file
}

// papers shows what is printed for a registered visit: the description of received documents twice, and the slip.
func (h handlers) papers(c *gin.Context) error {
	v, err := h.visit(c)
	if err != nil {
		return err
	}
	if v.State != counter.Registered {
		return h.to(c, v)
	}
	r, err := h.Visits.Receipt(c.Request.Context(), session.Actor(c), v.ID)
	if err != nil {
		return err
	}
	page := &papersPage{Receipt: r, VisitID: v.ID, Online: v.Origin == counter.FromIntake, Applied: len(v.Content.Answers) > 0, Copies: []int{1, 2}}
	if code, err := seal.ParseCode(h.site.Cookie(c, codeOf(v.ID))); err == nil {
		page.Code = code.Groups()
	}
	if h.PublicURL != "" {
		page.TrackAt = h.PublicURL + "/track?" + url.Values{"number": {r.Number}}.Encode()
		if page.QR, err = ui.QR(page.TrackAt, h.site.T(c, "counter.qr")); err != nil {
			return err
		}
	}
	c.Header("Cache-Control", "no-store")
	return h.site.Render(c, http.StatusOK, "counter/visit_papers", page)
}
