package samples

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/catalogue"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/web/download"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// maxSample is the largest sample, in bytes: people open it on a phone.
const maxSample = 10 << 20

var limits = web.UploadLimits{File: maxSample, Total: maxSample, Files: 1, Types: []web.FileType{web.PDF, web.JPEG, web.PNG}}

type sampleListPage struct {
	web.Page
	Form     *web.Form
	Service  catalogue.Service
	Shown    []catalogue.Sample
	Gone     []catalogue.Sample
	Edits    bool
	Replaces []ui.SelectItem
	Limit    int64
}

func (h handlers) list(c *gin.Context) error {
	return h.render(c, http.StatusOK, web.NewForm(nil))
}

// render shows the samples with the form as it was typed; the version in it is that of the samples on the page.
func (h handlers) render(c *gin.Context, status int, form *web.Form, wrong ...fault.FieldError) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	ctx, actor, p := c.Request.Context(), session.Actor(c), h.site.Printer(c)
	service, err := h.Services.Get(ctx, id)
	if err != nil {
		return err
	}
	all, err := h.Services.Samples(ctx, actor, id)
	if err != nil {
		return err
	}
	form.Set("version", strconv.Itoa(all.Version))
	page := &sampleListPage{Form: form, Service: service, Edits: access.Can(actor, catalogue.PublishCard, service.Object()), Limit: maxSample}
	page.Errors = append(form.Errors(), wrong...)
	page.Breadcrumbs = h.crumbs(c, service)
	page.Replaces = []ui.SelectItem{{Value: "", Text: p.T("samples.one_more")}}
	for _, s := range all.List {
		if s.WithdrawnAt != nil {
			page.Gone = append(page.Gone, s)
			continue
		}
		page.Shown = append(page.Shown, s)
		page.Replaces = append(page.Replaces, ui.SelectItem{Value: s.File.ID.String(), Text: p.T("samples.instead_of", p.Value(titleOf(s)))})
	}
	return h.site.Render(c, status, "samples/sample_list", page)
}

func titleOf(s catalogue.Sample) locale.Text {
	return locale.Text{UK: s.File.Title, EN: s.File.TitleEN}
}

// Title is for the page.
func (sampleListPage) Title(s catalogue.Sample) locale.Text { return titleOf(s) }

func (h handlers) crumbs(c *gin.Context, s catalogue.Service) []ui.Link {
	p := h.site.Printer(c)
	return []ui.Link{
		{Href: "/services", Text: p.T("catalogue.services")}, {Href: "/services/" + s.ID.String(), Text: p.Value(s.Name)}, {Text: p.T("samples.title")},
	}
}

// add publishes a file as a sample, as one more or in the place of another.
func (h handlers) add(c *gin.Context) error {
	id, err := request.ID(c, "id")
	if err != nil {
		return err
	}
	var file web.Upload
	var data bytes.Buffer
	form, err := h.site.ReadUpload(c, limits, func(u web.Upload) error {
		file = u
		_, err := io.Copy(&data, u.Body)
		return err
	})
	if err != nil {
		return err
	}
	n := newSample(c, form, file, data.Bytes())
	form.Check(!form.OK() || data.Len() > 0, "sample", "samples.file_required")
	if err := n.Check(); err != nil && !form.Take(err) {
		return err
	}
	if !form.OK() {
		return h.render(c, http.StatusUnprocessableEntity, form)
	}
	err = h.store(c, id, file, data.Bytes(), n)
	switch {
	case fault.Is(err, fault.Conflict):
		return h.render(c, http.StatusConflict, form, fault.FieldError{Key: fault.MessageKey(err)})
	case err != nil && !form.Take(err):
		return err
	}
	if !form.OK() {
		return h.render(c, http.StatusUnprocessableEntity, form)
	}
	h.site.Flash(c, "samples.added")
	return web.Redirect(c, "/services/"+id.String()+"/samples")
}

func newSample(c *gin.Context, form *web.Form, file web.Upload, data []byte) catalogue.NewSample {
	sum := sha256.Sum256(data)
	return catalogue.NewSample{
		Title: locale.Text{UK: form.Value("title.uk"), EN: form.Value("title.en")}, Alt: locale.Text{UK: form.Value("alt.uk"), EN: form.Value("alt.en")},
		Replaces: request.FormID(form, "replaces"), Version: request.Version(form),
		Press: request.Press(form, session.Actor(c).UserID, c.Param("id"), file.Name, hex.EncodeToString(sum[:])),
	}.Tidy()
}

// store looks into the bytes, keeps them and registers them; when the register wants them not, they go again.
func (h handlers) store(c *gin.Context, service uuid.UUID, file web.Upload, data []byte, n catalogue.NewSample) error {
	ctx, actor := c.Request.Context(), session.Actor(c)
	f, err := h.Vault.Put(ctx, documents.File{
		ID: n.Press, Purpose: documents.Sample, FileName: file.Name, MediaType: file.Type.MediaType,
		ObjectKey: "templates/" + uuid.Must(uuid.NewV7()).String(), ServiceID: &service, UploadedBy: &actor.UserID,
	}, data)
	if key := documents.Refusal(err); key != "" {
		return fault.InvalidFields(fault.FieldError{Field: "sample", Key: key})
	}
	if err != nil {
		return err
	}
	added, err := h.Services.AddSample(ctx, actor, f, n)
	if err != nil {
		return h.Vault.Undo(ctx, err, f)
	}
	if !added {
		return h.Vault.Remove(ctx, f)
	}
	return nil
}

// file sends a sample.
func (h handlers) file(c *gin.Context) error {
	s, err := h.sample(c)
	if err != nil {
		return err
	}
	return download.Send(c, h.Vault, s.File)
}

// sample is the one that the address names.
func (h handlers) sample(c *gin.Context) (catalogue.Sample, error) {
	service, err := request.ID(c, "id")
	if err != nil {
		return catalogue.Sample{}, err
	}
	id, err := request.ID(c, "file")
	if err != nil {
		return catalogue.Sample{}, err
	}
	all, err := h.Services.Samples(c.Request.Context(), session.Actor(c), service)
	if err != nil {
		return catalogue.Sample{}, err
	}
	for _, s := range all.List {
		if s.File.ID == id {
			return s, nil
		}
	}
	return catalogue.Sample{}, fault.New(fault.NotFound, "")
}
