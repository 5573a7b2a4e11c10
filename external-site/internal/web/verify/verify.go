// Package verify is the page on which anybody checks a signed file. Files are read into memory and forgotten; nothing is stored, and
// verifying needs no secret, so an intruder of the DMZ gains nothing but what people upload meanwhile. It may import internal/web/area,
// internal/web/meta and shared.
package verify

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/signature"
	"portal.example/shared/signature/trust"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the page needs.
type Deps struct {
	Trust   *trust.Folder
	BaseURL string
}

// Area is the page.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "verify", Files: files, Words: []fs.FS{signature.Words}, Sitemap: area.Always(path),
		Footer: []area.Link{{Order: 15, Href: path, Key: "nav.verify"}},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Deps: d, places: web.NewPlaces(atOnce, patience), uploads: web.NewLimiter(often, remembered)}
			return []area.Route{area.GET(path, h.ask).InEnglish(), area.POST(path, h.answer).InEnglish()}
		},
	}
}

const path = "/verify"

// Limits: two files of ten megabytes take some sixty of memory while they are verified, and a second of one core at most.
const (
	maxFile    = 10 << 20
	atOnce     = 2
	patience   = 20 * time.Second
	remembered = 20_000
)

var often = web.Rate{Events: 60, Per: time.Hour, Burst: 20}

// signed are files with signatures; the file beside a detached one may be of the other types.
var signed = []web.FileType{web.P7S, web.ASiCE}

var limits = web.UploadLimits{
	File: maxFile, Total: 2*maxFile + 1<<20, Files: 2,
	Types: append([]web.FileType{web.PDF, web.DOCX, web.ODT, web.JPEG, web.PNG}, signed...),
}

type handlers struct {
	Deps
	site    *web.Site
	places  *web.Places
	uploads *web.Limiter
}

type verifyPage struct {
	web.Page
	Meta           meta.Meta
	Form           *web.Form
	SignedAccept   string
	BesideAccept   string
	Limit          int64
	Result         *signature.Result
	File, Besides  string // their names
	NothingTrusted bool
}

func accept(types []web.FileType) string {
	var all []string
	for _, t := range types {
		all = append(all, t.Extensions...)
	}
	return strings.Join(all, ",")
}

func (h *handlers) page(c *gin.Context, form *web.Form) *verifyPage {
	printer := h.site.Printer(c)
	p := &verifyPage{Form: form, SignedAccept: accept(signed), BesideAccept: accept(limits.Types), Limit: maxFile}
	p.Meta = meta.New(printer.T("verify.title"), printer.T("verify.intro"), web.Canonical(c, h.BaseURL, path))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(printer.T("verify.title")))
	if store, _, err := h.Trust.At(h.site.Now()); err != nil || store.Empty() {
		p.NothingTrusted = true
	}
	return p
}

func (h *handlers) ask(c *gin.Context) error {
	return h.site.Render(c, http.StatusOK, "verify/verify", h.page(c, web.NewForm(nil)))
}

// answer verifies what was sent and shows what was found, on the same page.
func (h *handlers) answer(c *gin.Context) error {
	if err := h.uploads.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	free, err := h.places.Take(c.Request.Context(), "all", "verify.busy")
	if err != nil {
		return err
	}
	defer free()
	contents, names := map[string][]byte{}, map[string]string{}
	form, err := h.site.ReadUpload(c, limits, func(f web.Upload) error {
		b, err := io.ReadAll(f.Body)
		if err != nil {
			return err
		}
		contents[f.Field], names[f.Field] = b, f.Name
		return nil
	})
	var refused *fault.Error
	if err != nil && (form == nil || !errors.As(err, &refused)) {
		return err
	}
	if form.OK() && contents["signed"] == nil {
		form.Add("signed", "verify.signed_missing")
	}
	page := h.page(c, form)
	if !form.OK() {
		return h.site.Invalid(c, "verify/verify", form, page)
	}
	store, _, err := h.Trust.At(h.site.Now())
	if err != nil {
		return err
	}
	result := signature.Verify(contents["signed"], contents["file"], store, h.site.Now())
	page.Result, page.File, page.Besides = &result, names["signed"], names["file"]
	c.Header("Cache-Control", "no-store")
	return h.site.Render(c, http.StatusOK, "verify/verify", page)
}
