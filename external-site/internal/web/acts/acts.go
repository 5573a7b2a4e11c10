// Package acts is the library of legal acts: the acts by name, the page of each with its text in parts, its editions, and the services that rest on it.
// It may import the reading domains, internal/web/area, internal/web/meta and shared.
package acts

import (
	"context"
	"embed"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/law"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Path is the address of the library.
const Path = "/acts"

// pageSize is how many rows a page of a list has.
const pageSize = 50

// lastPage is the last page of a list that is looked for.
const lastPage = 100_000

// Deps is what the pages need.
type Deps struct {
	Replica replica.Source
	BaseURL string
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the library of acts.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "acts", Path: Path, Files: files, Sitemap: sitemap,
		Footer: []area.Link{{Order: 16, Href: Path, Key: "acts.nav"}},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{
				area.GET("", h.list).InEnglish(),
				area.Shared("/:id", h.act),
				area.Shared("/:id/parts/:part", h.act),
				area.GET("/:id/editions", h.editions).InEnglish(),
				area.Shared("/:id/editions/:day", h.act),
				area.Shared("/:id/editions/:day/parts/:part", h.act),
				area.GET("/:id/services", h.services).InEnglish(),
			}
		},
	}
}

// sitemap lists the acts. Their later parts are found from the first.
func sitemap(ctx context.Context, v replica.View) ([]area.Place, error) {
	all, err := v.Law.All(ctx)
	paths := []string{Path}
	for _, id := range all {
		paths = append(paths, law.Act{ID: id}.Path())
	}
	return area.Places(paths...), err
}

// id is the act that the address names; there is none where it is written in another way.
func id(c *gin.Context) (uuid.UUID, error) {
	typed := c.Param("id")
	id, err := uuid.Parse(typed)
	if err != nil || id.String() != typed {
		return id, fault.New(fault.NotFound, "")
	}
	return id, nil
}

// pageOf is the page of a list that ?page= asks for, 1 where it asks for none that could be.
func pageOf(c *gin.Context) int {
	page, err := strconv.Atoi(c.Query("page"))
	if err != nil || page < 1 || page > lastPage {
		return 1
	}
	return page
}

// numbered makes the addresses of the pages of a list that is at an address.
func numbered(at, sign string) func(int) string {
	return func(n int) string {
		if n == 1 {
			return at
		}
		return at + sign + strconv.Itoa(n)
	}
}

// paginate is the way to the other pages of a list of total rows.
func paginate(page, total int, at func(int) string) ui.Pagination {
	return ui.Paginate(page, (total+pageSize-1)/pageSize, at)
}

// trail leads from the library to the act.
func (h *handlers) trail(c *gin.Context, a law.Act, step ui.Link) []ui.Link {
	p := h.site.Printer(c)
	all := meta.Trail(p, ui.Link{Href: Path, Text: p.T("acts.title")})
	if step.Href == "" && step.Text == "" {
		return append(all, meta.Named(p, "", a.Title))
	}
	return append(all, meta.Named(p, a.Path(), a.Title), step)
}

// dayOf is a day as an address has it; NotFound where it is written in another way.
func dayOf(typed string) (time.Time, error) {
	day, err := time.Parse(time.DateOnly, typed)
	if err != nil {
		return day, fault.New(fault.NotFound, "")
	}
	return day, nil
}
