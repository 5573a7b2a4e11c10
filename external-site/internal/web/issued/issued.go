// Package issued is the page on which anybody checks a document that an authority has issued: by the number or QR code on its paper, and by
// its file, which is only hashed and in a browser with scripts does not leave the reader's machine. It says nothing of people. It may import
// internal/issued, internal/web/area, internal/web/meta and shared.
package issued

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/issued"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

//go:embed check.js
var script []byte

// Documents says what was issued; issued.Store does.
type Documents interface {
	ByNumber(ctx context.Context, number string) (issued.Document, error)
	ByHash(ctx context.Context, sha256 string) (issued.Document, error)
}

// Deps is what the page needs.
type Deps struct {
	Documents Documents
	BaseURL   string
}

const path = contract.IssuedPath

// Area is the page.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "issued", Files: files, Sitemap: area.Always(path), Hidden: []string{path + "/"},
		Footer: []area.Link{{Order: 16, Href: path, Key: "issued.nav"}},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Deps: d, uploads: web.NewLimiter(often, remembered)}
			return []area.Route{
				area.GET(path, h.ask).InEnglish(), area.POST(path, h.answer).InEnglish(), area.GET(path+"/check.js", sendScript),
				area.GET(path+"/:number", h.byNumber).InEnglish(),
			}
		},
	}
}

const (
	maxFile    = 20 << 20 // as large as a result may be
	remembered = 20_000
)

var often = web.Rate{Events: 60, Per: time.Hour, Burst: 20}

// limits: a file is hashed while it arrives, so that it takes no memory.
var limits = web.UploadLimits{
	File: maxFile, Total: maxFile + 1<<20, Files: 1, Types: []web.FileType{web.PDF, web.DOCX, web.JPEG, web.PNG, web.P7S, web.ASiCE},
}

type handlers struct {
	Deps
	site    *web.Site
	uploads *web.Limiter
}

type issuedPage struct {
	web.Page
	Meta     meta.Meta
	Form     *web.Form
	Document *issued.Document
	Number   string // that was asked for
	SHA256   string // of the file that was brought, "" without one
	Accept   string
	Limit    int64
}

// Asked says whether somebody asked for something.
func (p *issuedPage) Asked() bool { return p.Number != "" || p.SHA256 != "" }

// Same says whether the file that was brought is the one that was issued.
func (p *issuedPage) Same() bool { return p.Document != nil && p.SHA256 == p.Document.SHA256 }

var hash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func sendScript(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", script)
	return nil
}

// ask shows the form, and with ?number= or ?sha256= what is known of that document.
func (h *handlers) ask(c *gin.Context) error {
	form := web.NewForm(c.Request.URL.Query())
	return h.show(c, form, strings.ToLower(c.Query("sha256")))
}

// byNumber is where the QR code leads.
func (h *handlers) byNumber(c *gin.Context) error {
	form := web.NewForm(map[string][]string{"number": {c.Param("number")}})
	return h.show(c, form, "")
}

// answer hashes a file, or leads to the page of a number.
func (h *handlers) answer(c *gin.Context) error {
	if err := h.uploads.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	sum := ""
	form, err := h.site.ReadUpload(c, limits, func(f web.Upload) error {
		digest := sha256.New()
		_, err := io.Copy(digest, f.Body)
		sum = hex.EncodeToString(digest.Sum(nil))
		return err
	})
	var refused *fault.Error
	if err != nil && (form == nil || !errors.As(err, &refused)) {
		return err
	}
	form.Check(!form.OK() || sum != "" || form.Value("number") != "", "number", "issued.nothing")
	if number, ok := contract.ParseDocumentNumber(form.Value("number")); form.OK() && ok && sum == "" {
		return web.Redirect(c, h.site.InLanguage(c, path+"/"+number))
	}
	c.Header("Cache-Control", "no-store")
	return h.show(c, form, sum)
}

// show says what is known of a number, a hash or both.
func (h *handlers) show(c *gin.Context, form *web.Form, sum string) error {
	printer := h.site.Printer(c)
	page := &issuedPage{Form: form, Limit: maxFile, Accept: accepted}
	page.Meta = meta.New(printer.T("issued.title"), printer.T("issued.intro"), web.Canonical(c, h.BaseURL, path))
	page.Breadcrumbs = meta.Trail(printer, meta.Here(printer.T("issued.title")))
	if typed := form.Value("number"); typed != "" {
		number, ok := contract.ParseDocumentNumber(typed)
		form.Check(ok, "number", "issued.number_wrong")
		page.Number = number
	}
	if !form.OK() {
		page.Number = ""
		return h.site.Invalid(c, "issued/issued", form, page)
	}
	if hash.MatchString(sum) {
		page.SHA256 = sum
	}
	if !page.Asked() {
		return h.site.Render(c, http.StatusOK, "issued/issued", page)
	}
	found, err := h.find(c.Request.Context(), page.Number, page.SHA256)
	switch {
	case fault.Is(err, fault.NotFound):
		return h.site.Render(c, http.StatusNotFound, "issued/issued", page)
	case err != nil:
		return err
	}
	page.Document = &found
	return h.site.Render(c, http.StatusOK, "issued/issued", page)
}

func (h *handlers) find(ctx context.Context, number, sum string) (issued.Document, error) {
	if number != "" {
		return h.Documents.ByNumber(ctx, number)
	}
	return h.Documents.ByHash(ctx, sum)
}

// accepted are the endings of files that can be checked.
var accepted = func() string {
	var all []string
	for _, t := range limits.Types {
		all = append(all, t.Extensions...)
	}
	return strings.Join(all, ",")
}()
