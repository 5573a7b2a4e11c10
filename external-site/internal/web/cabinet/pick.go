package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// pickPage is where a document is chosen for a form that asked for one.
type pickPage struct {
	web.Page
	Form    *web.Form
	To      string // where the form stands
	Choices []ui.Choice
}

// pick lists what can be taken over: of each document the version in use.
func (h *handlers) pick(c *gin.Context, holder account.Holder) error {
	p, err := h.pickPage(c, holder, web.NewForm(nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/pick", p)
}

func (h *handlers) pickPage(c *gin.Context, holder account.Holder, form *web.Form) (*pickPage, error) {
	p := &pickPage{Form: form}
	p.To, _, _ = sending.Asked(h.site, c)
	h.own(c, &p.Page, h.documentsTrail(c))
	list, err := h.Shelf.List(c.Request.Context(), holder)
	printer := h.site.Printer(c)
	for _, d := range list {
		v := d.Newest()
		if contract.FileEndings(v.MediaType) == nil {
			continue // no form takes it
		}
		p.Choices = append(p.Choices, ui.NewChoice(v.ID.String(), d.Name, v.FileName+", "+printer.FileSize(v.Size)+", "+printer.Date(v.AddedAt)))
	}
	return p, err
}

// pickPost hands the chosen document to the form, which adds it.
func (h *handlers) pickPost(c *gin.Context, holder account.Holder) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	to, field, ok := sending.Asked(h.site, c)
	if !ok {
		return web.Redirect(c, sending.PickPath)
	}
	v, found, err := h.chosen(c, holder, form.Value("document"))
	if err != nil {
		return err
	}
	form.Check(found, "document", "cabinet.pick_required")
	if !form.OK() || web.ShowOnly(c) {
		p, err := h.pickPage(c, holder, form)
		if err != nil {
			return err
		}
		return h.site.Invalid(c, "cabinet/pick", form, p)
	}
	return sending.Hand(h.site, c, to, sending.Handed{Field: field, Name: v.FileName, ID: v.ID, Key: v.Key()})
}

// chosen is the version of that id, if the account has it.
func (h *handlers) chosen(c *gin.Context, holder account.Holder, typed string) (own.Version, bool, error) {
	key, err := uuid.Parse(typed)
	if err != nil {
		return own.Version{}, false, nil
	}
	_, v, err := h.versionNamed(c, holder, key)
	if fault.Is(err, fault.NotFound) {
		return v, false, nil
	}
	return v, err == nil, err
}
