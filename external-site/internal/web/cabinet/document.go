package cabinet

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/own"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// documentPage is one document with its versions, and where it is changed.
type documentPage struct {
	web.Page
	Form     *web.Form
	Document own.Document
	File     int64 // bytes of one
	Accept   string
	Kinds    []ui.Choice
}

// at is the address of a document.
func at(d own.Document) string { return "/cabinet/documents/" + d.ID.String() }

// found is the document that the address names.
func (h *handlers) found(c *gin.Context, holder account.Holder) (own.Document, error) {
	key, err := id(c)
	if err != nil {
		return own.Document{}, err
	}
	return h.Shelf.Document(c.Request.Context(), holder, key)
}

func (h *handlers) document(c *gin.Context, holder account.Holder) error {
	d, err := h.found(c, holder)
	if err != nil {
		return err
	}
	form := web.NewForm(nil)
	form.Set("name", d.Name)
	form.Set("kind", d.Kind)
	return h.site.Render(c, http.StatusOK, "cabinet/document", h.documentPage(c, d, form))
}

func (h *handlers) documentPage(c *gin.Context, d own.Document, form *web.Form) *documentPage {
	p := &documentPage{Form: form, Document: d, File: contract.MaxFileSize, Accept: sending.Accept(), Kinds: h.kinds(c)}
	h.own(c, &p.Page, h.documentsTrail(c))
	return p
}

func (h *handlers) documentsTrail(c *gin.Context) ui.Link {
	return ui.Link{Href: "/cabinet/documents", Text: h.site.T(c, "cabinet.documents_title")}
}

// documentPost gives the document another name and kind.
func (h *handlers) documentPost(c *gin.Context, holder account.Holder) error {
	d, err := h.found(c, holder)
	if err != nil {
		return err
	}
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	form.OneOf("kind", own.Kinds...)
	if err := own.CheckName(form.Value("name")); err != nil && !form.Take(err) {
		form.Add("name", "own.name_required")
	}
	if !form.OK() || web.ShowOnly(c) {
		return h.site.Invalid(c, "cabinet/document", form, h.documentPage(c, d, form))
	}
	if err := h.Shelf.Rename(c.Request.Context(), holder, d.ID, form.Value("name"), form.Value("kind")); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.document_saved")
	return web.Redirect(c, at(d))
}

// versionPost keeps a file as the document's newest version.
func (h *handlers) versionPost(c *gin.Context, holder account.Holder) error {
	d, err := h.found(c, holder)
	if err != nil {
		return err
	}
	form, trouble, err := h.receive(c, func(_ *web.Form, in own.Incoming) error {
		return h.Shelf.AddVersion(c.Request.Context(), holder, d.ID, in)
	})
	if err != nil {
		return err
	}
	if trouble == nil && form.OK() && !web.ShowOnly(c) {
		h.site.Flash(c, "cabinet.document_renewed")
		return web.Redirect(c, at(d))
	}
	form.Set("name", d.Name)
	form.Set("kind", d.Kind)
	return h.refused(c, trouble, "cabinet/document", form, h.documentPage(c, d, form))
}

type documentRemovePage struct {
	web.Page
	Document own.Document
}

// documentRemove asks before a document goes.
func (h *handlers) documentRemove(c *gin.Context, holder account.Holder) error {
	d, err := h.found(c, holder)
	if err != nil {
		return err
	}
	p := &documentRemovePage{Document: d}
	h.own(c, &p.Page, h.documentsTrail(c), ui.Link{Href: at(d), Text: d.Name})
	return h.site.Render(c, http.StatusOK, "cabinet/document_remove", p)
}

func (h *handlers) documentRemovePost(c *gin.Context, holder account.Holder) error {
	d, err := h.found(c, holder)
	if err != nil {
		return err
	}
	if err := h.Shelf.Remove(c.Request.Context(), holder, d.ID); err != nil {
		return err
	}
	h.site.Flash(c, "cabinet.document_removed")
	return web.Redirect(c, "/cabinet/documents")
}

// fileRemove forgets one version.
func (h *handlers) fileRemove(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	document, last, err := h.Shelf.RemoveVersion(c.Request.Context(), holder, key)
	if err != nil {
		return err
	}
	if last {
		h.site.Flash(c, "cabinet.document_removed")
		return web.Redirect(c, "/cabinet/documents")
	}
	h.site.Flash(c, "cabinet.version_removed")
	return web.Redirect(c, "/cabinet/documents/"+document.String())
}
