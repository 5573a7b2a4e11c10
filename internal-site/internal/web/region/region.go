// Package region is the area in which the portal's administrator says which region this is, and the arms that every
// page shows. It may import shared, internal/access, internal/audit, internal/documents,
// internal/region and the packages beside it; it
// knows no SQL.
package region

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/audit"
	"portal.example/internal-site/internal/documents"
	domain "portal.example/internal-site/internal/region"
	"portal.example/internal-site/internal/web/area"
	shown "portal.example/shared/region"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Region keeps the profile; internal/region.Store is one.
type Region interface {
	Get(ctx context.Context) (domain.Profile, error)
	Save(ctx context.Context, actor access.Actor, p domain.Profile) error
	LastChange(ctx context.Context) (audit.Change, error)
}

// Arms has the picture; shared/region.Store is one.
type Arms interface {
	Arms(ctx context.Context) ([]byte, error)
}

// Inspector looks into what is uploaded; documents.Vault is one.
type Inspector interface {
	Inspect(ctx context.Context, mediaType string, data []byte) (note string, err error)
}

// Deps is what the area needs.
type Deps struct {
	Region Region
	Shown  Arms
	Vault  Inspector
	Watch  *shown.Watch // forgets what it knows when the profile is saved here; may be nil
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the region's profile.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "region", Path: "/region", Files: files, Words: []fs.FS{domain.Words, documents.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 70, Seldom: true, Needs: domain.Edit},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			edit := area.Over(domain.Edit, area.Region)
			return []area.Route{
				area.GET("", edit, h.edit),
				area.POST("", edit, h.editPost),
				area.GET("/arms", area.Anyone(), h.arms),
			}
		},
	}
}

// arms is the picture beside the name of the region, also on the page where people sign in.
func (h handlers) arms(c *gin.Context) error {
	png, err := h.Shown.Arms(c.Request.Context())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, max-age=86400") // its address changes with it
	c.Data(http.StatusOK, "image/png", png)
	return nil
}
