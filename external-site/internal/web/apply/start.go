package apply

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type startPage struct {
	web.Page
	Service   applications.Service
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
	card, err := h.offers.Card(c.Request.Context(), s)
	if err != nil {
		return err
	}
	p := &startPage{
		Service: s, Action: path(s, ""), Discard: path(s, "discard"), Gone: c.Query("gone") != "",
		Documents: documents(s, card), MaxFile: contract.MaxFileSize, Days: int(submission.DraftLife.Hours() / 24),
	}
	p.NoIndex = true
	p.Back = &ui.Link{Href: "/services/" + address.Slug(s.Code), Text: h.site.T(c, "apply.back_to_service")}
	_, d, err := h.draft(c, s)
	switch {
	case err == nil:
		p.Continue = path(s, s.NextPage(d, h.site.Now()))
	case fault.Is(err, fault.Conflict):
		p.Receipt = path(s, "receipt")
	case !fault.Is(err, fault.NotFound):
		return err
	case h.HasReceipt(c, base(s)):
		p.Receipt = path(s, "receipt")
	}
	return h.site.Render(c, http.StatusOK, "apply/start", p)
}

// documents are those of the card that the form takes as files.
func documents(s applications.Service, card contract.Card) []needed {
	byID := map[string]contract.Document{}
	for _, d := range card.Documents {
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

// begin leads to the first page of a new application, in place of one that was begun. Nothing is kept before the first
// answer.
func (h *handlers) begin(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	if err := h.Discard(c, base(s)); err != nil {
		return err
	}
	return web.Redirect(c, path(s, s.NextPage(s.NewDraft(), h.site.Now())))
}

// discard forgets the application, as the reader asked.
func (h *handlers) discard(c *gin.Context) error {
	s, err := h.service(c)
	if err != nil {
		return err
	}
	if err := h.Discard(c, base(s)); err != nil {
		return err
	}
	h.site.Flash(c, "sending.discarded")
	return web.Redirect(c, path(s, ""))
}
