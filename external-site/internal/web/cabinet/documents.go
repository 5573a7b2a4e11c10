package cabinet

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

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

// Shelf keeps the documents of accounts; own.Shelf does.
type Shelf interface {
	Add(ctx context.Context, w account.Writer, in own.Incoming) error
	AddVersion(ctx context.Context, h account.Holder, document uuid.UUID, in own.Incoming) error
	List(ctx context.Context, h account.Holder) ([]own.Document, error)
	Used(ctx context.Context, h account.Holder) (own.Used, error)
	Document(ctx context.Context, h account.Holder, id uuid.UUID) (own.Document, error)
	Rename(ctx context.Context, h account.Holder, id uuid.UUID, name, kind string) error
	Remove(ctx context.Context, h account.Holder, id uuid.UUID) error
	RemoveVersion(ctx context.Context, h account.Holder, id uuid.UUID) (document uuid.UUID, last bool, err error)
	Open(ctx context.Context, h account.Holder, id uuid.UUID) (own.Version, io.ReadCloser, error)
	SweepSoon(ctx context.Context)
	Give(ctx context.Context, h account.Holder, version uuid.UUID, whom string, days, times int) (own.Given, error)
	Shares(ctx context.Context, h account.Holder) ([]own.Share, error)
	EndShare(ctx context.Context, h account.Holder, id string) error
	Waits(ctx context.Context, word string) error
	Take(ctx context.Context, word, code string) (own.Version, io.ReadCloser, error)
}

// documentsPage lists what the account keeps, and takes more.
type documentsPage struct {
	web.Page
	Form      *web.Form
	Documents []own.Document
	Shares    []shareRow
	Used      own.Used
	Room      int64 // bytes
	Most      int   // files
	File      int64 // bytes of one
	Accept    string
	Kinds     []ui.Choice
}

func (h *handlers) documents(c *gin.Context, holder account.Holder) error {
	form := web.NewForm(nil)
	form.Set("kind", own.Kinds[0])
	p, err := h.documentsPage(c, holder, form)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "cabinet/documents", p)
}

func (h *handlers) documentsPage(c *gin.Context, holder account.Holder, form *web.Form) (*documentsPage, error) {
	p := &documentsPage{
		Form: form, Room: own.MaxSize, Most: own.MaxFiles, File: contract.MaxFileSize, Accept: sending.Accept(), Kinds: h.kinds(c),
	}
	h.own(c, &p.Page)
	var err error
	if p.Documents, err = h.Shelf.List(c.Request.Context(), holder); err != nil {
		return nil, err
	}
	if p.Used, err = h.Shelf.Used(c.Request.Context(), holder); err != nil {
		return nil, err
	}
	shares, err := h.Shelf.Shares(c.Request.Context(), holder)
	for _, s := range shares {
		p.Shares = append(p.Shares, shareRow{s, nameOf(p.Documents, s.Document)})
	}
	return p, err
}

// shareRow is what was given away, with the name of its document.
type shareRow struct {
	own.Share
	Name string
}

func nameOf(list []own.Document, id uuid.UUID) string {
	for _, d := range list {
		if d.ID == id {
			return d.Name
		}
	}
	return ""
}

// kinds are what a document can be called as.
func (h *handlers) kinds(c *gin.Context) (items []ui.Choice) {
	for _, kind := range own.Kinds {
		items = append(items, ui.NewChoice(kind, h.site.T(c, "cabinet.document_kinds."+kind)))
	}
	return items
}

// documentsPost keeps a file.
func (h *handlers) documentsPost(c *gin.Context, holder account.Holder) error {
	form, trouble, err := h.receive(c, func(form *web.Form, in own.Incoming) error {
		in.Name, in.Kind = form.Value("name"), form.Value("kind")
		if in.Name != "" {
			if err := own.CheckName(in.Name); err != nil {
				form.Add("name", fault.MessageKey(err), own.MaxName)
				return nil
			}
		}
		return h.Shelf.Add(c.Request.Context(), holder.Writer(), in)
	})
	if err != nil {
		return err
	}
	if trouble == nil && form.OK() && !web.ShowOnly(c) {
		h.site.Flash(c, "cabinet.document_added")
		return web.Redirect(c, "/cabinet/documents")
	}
	p, err := h.documentsPage(c, holder, form)
	if err != nil {
		return err
	}
	return h.refused(c, trouble, "cabinet/documents", form, p)
}

// oneFile is what one file of a document may be; its kinds are those of any submission, so that it can be taken over into one.
var oneFile = web.UploadLimits{File: contract.MaxFileSize, Total: contract.MaxFileSize + 1<<20, Files: 1, Types: sending.FileTypes}

// receive reads a form with one file, which add keeps as it arrives. trouble is why it could not be kept although nothing is wrong with it.
func (h *handlers) receive(c *gin.Context, add func(*web.Form, own.Incoming) error) (form *web.Form, trouble, err error) {
	free, err := h.limits.receiving.Take(c.Request.Context(), h.site.ClientKey(c), "submission.many_at_once")
	if err != nil {
		return nil, nil, err
	}
	defer free()
	came := false
	form, err = h.site.ReadUpload(c, oneFile, func(f web.Upload) error {
		came = true
		if trouble = h.limits.documents.AllowFrom(h.site.Client(c)); trouble != nil {
			return trouble
		}
		trouble = add(f.Form, own.Incoming{FileName: f.Name, MediaType: f.Type.MediaType, From: h.site.Client(c), Body: f.Body})
		return trouble
	})
	switch {
	case form == nil, err != nil && trouble == nil:
		return nil, nil, err
	case err == nil: // the form says what became of a file that could not be read to its end
		trouble = nil
	}
	if !came && form.OK() {
		form.Add("file", "cabinet.document_file_required")
	}
	return form, trouble, nil
}

// refused shows a page with a file once more. What the account has no room for is no fault of the page.
func (h *handlers) refused(c *gin.Context, trouble error, page string, form *web.Form, data web.Data) error {
	var said *fault.Error
	if trouble == nil {
		return h.site.Invalid(c, page, form, data)
	}
	if !errors.As(trouble, &said) || said.Key == "" || said.Kind == fault.NotFound {
		return trouble
	}
	form.Add("file", said.Key, said.Args...)
	web.SetTyped(c, form)
	data.Base().Errors = form.Errors()
	return h.site.Render(c, fault.Status(trouble), page, data)
}

// downloadTime is how long the slowest phone may take.
const downloadTime = 5 * time.Minute

// file gives a version to its owner, opened as it is sent.
func (h *handlers) file(c *gin.Context, holder account.Holder) error {
	key, err := id(c)
	if err != nil {
		return err
	}
	v, body, err := h.Shelf.Open(c.Request.Context(), holder, key)
	if err != nil {
		return err
	}
	return h.give(c, v, body)
}

// give sends a file in the clear. A file that turns out damaged ends in the middle, which a browser reports, as fewer bytes come than were promised.
func (h *handlers) give(c *gin.Context, v own.Version, body io.ReadCloser) error {
	defer func() { _ = body.Close() }()
	web.Extend(c, downloadTime)
	download(c, v.FileName)
	c.Header("Content-Security-Policy", "default-src 'none'; sandbox")
	c.Header("Connection", "close") // while a connection waits, the server keeps what it sent last in its buffer
	c.DataFromReader(http.StatusOK, v.Size, v.MediaType, body, nil)
	return nil
}
