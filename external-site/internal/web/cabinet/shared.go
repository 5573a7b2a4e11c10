package cabinet

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

// sharedPage asks whoever has a link to a document for the code, and says nothing of the document.
type sharedPage struct {
	web.Page
	Form   *web.Form
	Action string
}

// openly closes a page for anybody where no documents are kept.
func (h *handlers) openly(page web.Handler) web.Handler {
	return h.anybody(func(c *gin.Context) error {
		if h.Shelf == nil {
			return fault.New(fault.NotFound, "cabinet.documents_closed")
		}
		return page(c)
	})
}

func (h *handlers) sharedPage(c *gin.Context, form *web.Form) *sharedPage {
	p := &sharedPage{Form: form, Action: "/cabinet/shared/" + c.Param("word")}
	h.outside(c, &p.Page)
	return p
}

func (h *handlers) shared(c *gin.Context) error {
	if err := h.Shelf.Waits(c.Request.Context(), c.Param("word")); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/shared", h.sharedPage(c, web.NewForm(nil)))
}

// sharedPost gives the document to whoever has the link and the code.
func (h *handlers) sharedPost(c *gin.Context) error {
	web.Resends(c)
	if err := h.Shelf.Waits(c.Request.Context(), c.Param("word")); err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	code, ok := contract.ParseProof(form.Value("code"))
	form.Check(ok, "code", "cabinet.shared_code_form")
	if !form.OK() || web.ShowOnly(c) {
		return h.site.Invalid(c, "cabinet/shared", form, h.sharedPage(c, form))
	}
	if h.limits.byAddress.SpentFrom(h.site.Client(c)) {
		return tooMany()
	}
	free, err := h.limits.asking.Take(c.Request.Context(), h.site.ClientKey(c), "cabinet.busy")
	if err != nil {
		return err
	}
	v, body, err := h.Shelf.Take(c.Request.Context(), c.Param("word"), code)
	free()
	var wrong *fault.Error
	if errors.As(err, &wrong) && wrong.Kind == fault.Invalid {
		_ = h.limits.byAddress.AllowFrom(h.site.Client(c)) // it only counts
		form.Add("code", wrong.Key, wrong.Args...)
		return h.again(c, http.StatusUnprocessableEntity, "cabinet/shared", form, h.sharedPage(c, form))
	}
	if err != nil {
		return err
	}
	return h.give(c, v, body)
}
