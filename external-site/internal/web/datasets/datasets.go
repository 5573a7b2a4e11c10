// Package datasets is the page of open data and its files, for people and for programs: what the set «services provided» holds, its
// files by year as CSV and JSON, and its description in the words of DCAT-AP. It may import internal/datasets, internal/replica, internal/web/area,
// internal/web/meta and shared.
package datasets

import (
	"context"
	"embed"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/datasets"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/opendata"
	"portal.example/shared/region"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

var words = locale.MustLoad(files)

// said is a word of the pages in both languages, as machines are told it.
func said(key string) locale.Text {
	return locale.Text{UK: words.In(locale.UK).T(key), EN: words.In(locale.EN).T(key)}
}

const (
	path        = "/open-data"
	description = path + "/dcat.jsonld"
	folder      = path + "/" + opendata.ServicesProvided + "/"

	// atOnce is how many files are sent at the same time, to everybody together.
	atOnce = 16
	// atOnceEach is how many of them one address has.
	atOnceEach = 2
	// piece is how much of a file is in memory at a time.
	piece = 64 << 10
	// patience is how long one piece may take: whoever reads slower than 2 KiB a second holds a place that others want.
	patience = 30 * time.Second
)

// often is what one address may fetch of files; a program that looks whether they have changed asks with their ETag, and costs as much.
var often = web.Rate{Events: 60, Per: time.Hour, Burst: 40}

// Sets gives editions and their files; datasets.Store does.
type Sets interface {
	Latest(ctx context.Context) (opendata.Edition, error)
	Open(ctx context.Context, f opendata.File) (io.ReadCloser, error)
}

// Region says who owns the portal; region.Store does.
type Region interface {
	Profile(ctx context.Context) (region.Profile, error)
}

// Deps is what the area needs.
type Deps struct {
	Sets    Sets
	Region  Region
	BaseURL string
}

type handlers struct {
	site *web.Site
	Deps
	asked  *web.Limiter
	places places
}

// Area is the page of open data.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "datasets", Files: files, Programs: []string{description, folder},
		Footer:  []area.Link{{Order: 18, Href: path, Key: "datasets.nav"}},
		Sitemap: func(context.Context, replica.View) ([]area.Place, error) { return area.Places(path), nil },
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d, web.NewLimiter(often, 20_000), places{held: map[string]int{}}}
			return []area.Route{
				area.GET(path, h.show).InEnglish(),
				area.GET(description, h.describe),
				area.GET(folder+":file", h.file),
			}
		},
	}
}

type setPage struct {
	web.Page
	Meta        meta.Meta
	Edition     *opendata.Edition // nil: nothing is published
	First, Last time.Time
	Owner       locale.Text
	Description string
	Folder      string
	Fields      []field
}

// field is a column of the set as the page explains it.
type field struct{ Name, Key string }

// latest is the newest edition, nil when there is none.
func (h *handlers) latest(ctx context.Context) (*opendata.Edition, error) {
	e, err := h.Sets.Latest(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // no edition is what the page says
	}
	return &e, err
}

// show is the page for people. Nothing is published is an answer too.
func (h *handlers) show(c *gin.Context) error {
	ctx := c.Request.Context()
	e, err := h.latest(ctx)
	if err != nil {
		return err
	}
	owner, err := h.Region.Profile(ctx)
	if err != nil {
		return err
	}
	p := &setPage{Edition: e, Owner: owner.Owner, Description: description, Folder: folder, Fields: fields()}
	if e != nil {
		p.First, p.Last = period(*e)
	}
	printer := h.site.Printer(c)
	title := printer.T("datasets.title")
	p.Meta = meta.New(title, printer.T("datasets.lead"), web.Canonical(c, h.BaseURL, path))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(title))
	about := meta.Page{Base: h.BaseURL, Lang: web.Lang(c), Trail: p.Breadcrumbs, Self: path, Title: title}
	p.Meta.Linked = meta.Of(about)
	if e != nil {
		p.Meta.Linked = meta.OfDataset(about, h.dataset(*e, owner.Owner))
	}
	return h.site.Render(c, http.StatusOK, "datasets/set", p)
}

// period is from when until when the services of the edition were provided; zero when it has no rows.
func period(e opendata.Edition) (first, last time.Time) {
	if n := len(e.Years); n > 0 {
		first, _ = time.Parse(time.DateOnly, e.Years[n-1].First)
		last, _ = time.Parse(time.DateOnly, e.Years[0].Last)
	}
	return first, last
}

func fields() (list []field) {
	for _, name := range opendata.Fields {
		list = append(list, field{name, "datasets.field." + name})
	}
	return list
}

// dataset is the edition as machines are told of it.
func (h *handlers) dataset(e opendata.Edition, owner locale.Text) meta.Dataset {
	d := meta.Dataset{Title: said("datasets.set"), About: said("datasets.about"), Owner: owner, Licence: opendata.Licence, Modified: e.MadeAt, Rows: e.Rows}
	if len(e.Years) > 0 {
		d.First, d.Last = e.Years[len(e.Years)-1].First, e.Years[0].Last
	}
	for _, y := range e.Years {
		for _, f := range y.Files {
			d.Files = append(d.Files, meta.Distribution{
				URL: h.BaseURL + folder + f.Name, Name: f.Name, Format: strings.ToUpper(string(f.Format)), MediaType: f.Format.MediaType(), Size: f.Size, SHA256: f.SHA256, Modified: f.MadeAt,
			})
		}
	}
	return d
}

// describe is the set in the words of DCAT-AP.
func (h *handlers) describe(c *gin.Context) error {
	forOthers(c)
	if err := h.asked.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	ctx := c.Request.Context()
	e, err := h.Sets.Latest(ctx)
	if err != nil {
		return err
	}
	owner, err := h.Region.Profile(ctx)
	if err != nil {
		return err
	}
	raw, err := meta.CatalogOf(h.BaseURL, path, description, h.dataset(e, owner.Owner))
	if err != nil {
		return err
	}
	web.SendWhole(c, "application/ld+json", raw)
	return nil
}

// forOthers lets pages of other sites read the answer.
func forOthers(c *gin.Context) {
	c.Header("Access-Control-Allow-Origin", "*")
	c.Header("Access-Control-Expose-Headers", "ETag, Last-Modified, Retry-After")
	c.Header("Cross-Origin-Resource-Policy", "cross-origin")
}

// file sends a file piece by piece. A file whose hash turns out wrong at its end is broken off before its last piece, so that nobody takes it for
// whole.
func (h *handlers) file(c *gin.Context) error {
	forOthers(c)
	if err := h.asked.AllowFrom(h.site.Client(c)); err != nil {
		return err
	}
	ctx := c.Request.Context()
	e, err := h.Sets.Latest(ctx)
	if err != nil {
		return err
	}
	f, err := datasets.FileNamed(e, c.Param("file"))
	if err != nil {
		return err
	}
	tag := `"` + f.SHA256 + `"`
	c.Header("ETag", tag)
	c.Header("Last-Modified", f.MadeAt.UTC().Format(http.TimeFormat))
	c.Header("Cache-Control", "no-cache")
	if unchanged(c, tag, f.MadeAt) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	c.Header("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	c.Header("Content-Type", f.Format.MediaType()+"; charset=utf-8")
	c.Header("Content-Length", strconv.FormatInt(f.Size, 10))
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		c.Writer.WriteHeaderNow()
		return nil
	}
	return h.send(c, f)
}

// unchanged says whether the reader has the file already.
func unchanged(c *gin.Context, tag string, at time.Time) bool {
	if asked := c.GetHeader("If-None-Match"); asked != "" {
		return strings.Contains(asked, tag)
	}
	since, err := http.ParseTime(c.GetHeader("If-Modified-Since"))
	return err == nil && !at.Truncate(time.Second).After(since)
}

func (h *handlers) send(c *gin.Context, f opendata.File) error {
	key := h.site.ClientKey(c)
	if err := h.places.take(key); err != nil {
		undo(c)
		return err
	}
	defer h.places.leave(key)
	web.Extend(c, patience)
	r, err := h.Sets.Open(c.Request.Context(), f)
	if err != nil {
		undo(c)
		return err
	}
	defer func() { _ = r.Close() }()
	c.Status(http.StatusOK)
	if err := copyChecked(patient{c}, r, f.Size); err != nil && c.Request.Context().Err() == nil {
		_ = c.Error(err)
		panic(http.ErrAbortHandler) // the length that was promised is not reached, and the connection says so
	}
	return nil
}

// patient gives each piece its own time.
type patient struct{ c *gin.Context }

func (p patient) Write(b []byte) (int, error) {
	web.Extend(p.c, patience)
	return p.c.Writer.Write(b)
}

// undo takes back what the headers say of a file that is not sent.
func undo(c *gin.Context) {
	for _, name := range []string{"ETag", "Last-Modified", "Content-Disposition", "Content-Type", "Content-Length"} {
		c.Writer.Header().Del(name)
	}
}

// copyChecked copies size bytes, the last piece of which only when the reader has come to its end without an error.
func copyChecked(w io.Writer, r io.Reader, size int64) error {
	var held, next [piece]byte
	n, err := fill(r, held[:])
	sent := int64(0)
	for err == nil {
		var more int
		more, err = fill(r, next[:])
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if _, failed := w.Write(held[:n]); failed != nil {
			return failed
		}
		sent, n = sent+int64(n), more
		held, next = next, held
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	if sent+int64(n) != size {
		return errors.New("a file of open data has another size")
	}
	_, err = w.Write(held[:n])
	return err
}

// fill reads until the piece is full; the error at the end is the reader's own.
func fill(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var more int
		more, err = r.Read(p[n:])
		n += more
	}
	return n, err
}
