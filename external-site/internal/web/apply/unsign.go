package apply

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/applications"
	"portal.example/external-site/internal/submission"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type unsignPage struct {
	web.Page
	Service   applications.Service
	Signature submission.Signature
	FileKey   string // what became of the file that it is of; "" where nothing is known
	WrongKey  string // what is wrong with the signature itself; "" where nothing was found
	Action    string
	Check     string
	Trouble   string
}

// unsignPath is the page on which one signature is removed.
func (h *handlers) unsignPath(c *gin.Context, s applications.Service, id string) string {
	return pathOf(s, "/signature/"+id, h.Name(c, base(s)))
}

// showUnsign asks whether one signature shall go, and says what stays. One that is not there any more leads to the answers.
func (h *handlers) showUnsign(c *gin.Context) error {
	s, d, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	return h.askToUnsign(c, http.StatusOK, s, d, "")
}

func (h *handlers) askToUnsign(c *gin.Context, status int, s applications.Service, d *applications.Draft, trouble string) error {
	signature, ok := d.Signature(c.Param("file"))
	if !ok {
		return web.Redirect(c, h.path(c, s, s.NextPage(d, h.site.Now())))
	}
	p := &unsignPage{
		Service: s, Signature: signature, Action: h.unsignPath(c, s, signature.ID.String()), Check: h.path(c, s, "check"), Trouble: trouble,
	}
	if signature.Fit != submission.FitUnknown {
		p.FileKey = "apply.unsign_of." + string(signature.Fit)
	}
	if signature.Wrong != "" {
		p.WrongKey = "signature.reason." + string(signature.Wrong)
	}
	p.NoIndex = true
	p.Back = &ui.Link{Href: p.Check, Text: h.site.T(c, "apply.back")}
	return h.site.Render(c, status, "apply/unsign", p)
}

// unsign removes that signature and nothing else: no other file goes by this address. Pressed twice, it leads to the same page.
func (h *handlers) unsign(c *gin.Context) error {
	s, d, done, err := h.opened(c)
	if done || err != nil {
		return err
	}
	signature, ok := d.Signature(c.Param("file"))
	if !ok {
		return web.Redirect(c, h.path(c, s, s.NextPage(d, h.site.Now())))
	}
	t, err := h.Draft(c, base(s))
	if err != nil {
		return err
	}
	rest := s.NewDraft()
	switch t, err = h.Desk.RemoveFile(c.Request.Context(), t, rest, signature.ID.String()); {
	case fault.Is(err, fault.Conflict), fault.Is(err, fault.NotFound):
		_, err := h.elsewhere(c, s, err)
		return err
	case err != nil:
		h.Log.WarnContext(c.Request.Context(), "a signature of an application could not be removed", "error", err)
		return h.askToUnsign(c, sending.Status(err), s, d, fault.MessageKey(err))
	}
	h.keep(c, s, t)
	return web.Redirect(c, with(h.path(c, s, s.NextPage(rest, h.site.Now())), "unsigned"))
}
