package apply

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type startPage struct {
	web.Page
	Service   submission.Service
	Action    string
	Continue  string // where an application that was begun goes on, "" when there is none
	Receipt   string // where the receipt of one that was just sent is
	Discard   string
	Gone      bool // the reader came from an application that is no longer there
	Documents []needed
	MaxFile   int64
	Days      int
}

// needed is one thing to have at hand.
type needed struct {
	Name     locale.Text
	Note     locale.Text
	Required bool
}

// start tells what the service needs and how long it takes.
func (h *handlers) start(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	p := &startPage{
		Service: s, Action: path(s, ""), Discard: path(s, "discard"), Gone: c.Query("gone") != "",
		Documents: documents(s), MaxFile: contract.MaxFileSize, Days: int(submission.DraftLife.Hours() / 24),
	}
	p.NoIndex = true
	p.Back = &ui.Link{Href: "/services/" + slug(s), Text: h.site.T(c, "apply.back_to_service")}
	_, d, err := h.draft(c, s)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	case d.Receipt != nil:
		p.Receipt = path(s, "receipt")
	default:
		p.Continue = path(s, s.NextPage(d, h.site.Now()))
	}
	return h.site.Render(c, http.StatusOK, "apply/start", p)
}

// documents are those of the card that the form takes as files.
func documents(s submission.Service) []needed {
	byID := map[string]contract.Document{}
	for _, d := range s.Card.Documents {
		byID[d.ID] = d
	}
	var out []needed
	for _, f := range s.Form.FileFields() {
		n := needed{Name: f.Title, Note: f.Hint, Required: f.Required}
		if d, ok := byID[f.Document]; ok {
			n.Name = d.Name
			if !d.Note.IsZero() {
				n.Note = d.Note
			}
		}
		out = append(out, n)
	}
	return out
}

// begin starts a new application, in place of one that was begun.
func (h *handlers) begin(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	old, oldErr := h.token(c, s)
	t, err := h.newDraft(c.Request.Context(), c, s)
	if err != nil {
		return err
	}
	if oldErr == nil {
		h.forget(c, old)
	}
	d, err := h.Desk.Load(c.Request.Context(), t, s)
	if err != nil {
		return err
	}
	return web.Redirect(c, path(s, s.NextPage(d, h.site.Now())))
}

// discard forgets the application, as the reader asked.
func (h *handlers) discard(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	if t, err := h.token(c, s); err == nil {
		if err := h.Desk.Discard(c.Request.Context(), t); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	h.site.SetCookie(c, cookieName(s), "", -1)
	h.site.Flash(c, "apply.discarded")
	return web.Redirect(c, path(s, ""))
}

// forget discards what nobody needs any more; what stays expires by itself.
func (h *handlers) forget(c *gin.Context, t submission.Token) {
	if err := h.Desk.Discard(c.Request.Context(), t); err != nil && !fault.Is(err, fault.NotFound) {
		h.Log.WarnContext(c.Request.Context(), "an application that was begun anew stays until it expires", "error", err)
	}
}
