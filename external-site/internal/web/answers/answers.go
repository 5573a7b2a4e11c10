// Package answers is the page of the questions that staff have published with their answers, for everybody and without who
// asked. It may import internal/questions, internal/address, internal/web/area, internal/web/meta and shared.
package answers

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/questions"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Path is the address of the page.
const Path = "/answers"

// pageSize is how many stand on one page.
const pageSize = 20

// Deps is what the page needs.
type Deps struct {
	Questions Questions
	BaseURL   string
}

// Questions finds what was published; questions.Store does.
type Questions interface {
	Service(ctx context.Context, code string) (questions.Service, error)
	Published(ctx context.Context, f questions.PublishedFilter) (list []questions.Published, total int, err error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the page of answers.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "answers", Path: Path, Files: files, Modules: []string{contract.ModuleQuestions},
		Footer:  []area.Link{{Order: 15, Href: Path, Key: "answers.nav"}},
		Sitemap: func(context.Context, replica.View) ([]area.Place, error) { return area.Places(Path), nil },
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{area.GET("", h.list).InEnglish()}
		},
	}
}

type listPage struct {
	web.Page
	Meta           meta.Meta
	About          *questions.Service // of which the list is; nil: of all
	Answers        []questions.Published
	Total          int
	Earlier, Later string // addresses of the pages beside this one
}

// list shows what was published, the newest first; with ?service= only what is about the service.
func (h *handlers) list(c *gin.Context) error {
	page, err := strconv.Atoi(c.DefaultQuery("page", "1"))
	if err != nil || page < 1 || page > 1000 {
		page = 1
	}
	f := questions.PublishedFilter{Page: page, Size: pageSize}
	p := &listPage{}
	if code := c.Query("service"); code != "" {
		about, err := h.Questions.Service(c.Request.Context(), address.Code(code))
		if err != nil {
			return err
		}
		p.About, f.About = &about, about.ID
	}
	if p.Answers, p.Total, err = h.Questions.Published(c.Request.Context(), f); err != nil {
		return err
	}
	if page > 1 {
		p.Earlier = p.at(page - 1)
	}
	if page*pageSize < p.Total {
		p.Later = p.at(page + 1)
	}
	printer := h.site.Printer(c)
	title := printer.T("answers.title")
	p.Meta = meta.New(title, printer.T("answers.lead"), web.Canonical(c, h.BaseURL, p.at(page)))
	p.Breadcrumbs = meta.Trail(printer, meta.Here(title))
	return h.site.Render(c, http.StatusOK, "answers/answers", p)
}

// at is the address of a page of the list.
func (p *listPage) at(page int) string {
	query := url.Values{}
	if p.About != nil {
		query.Set("service", p.About.Code)
	}
	if page > 1 {
		query.Set("page", strconv.Itoa(page))
	}
	if len(query) == 0 {
		return Path
	}
	return Path + "?" + query.Encode()
}
