// Package region serves the arms of the region, which every page shows. It may import internal/web/area and shared.
package region

import (
	"context"
	"embed"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/area"
	shown "portal.example/shared/region"
	"portal.example/shared/web"
)

// files has no page: the area is a picture.
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Shown interface {
		Arms(ctx context.Context) ([]byte, error)
	}
}

// Area is the region's arms.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "region", Files: files,
		Routes: func(*web.Site) []area.Route { return []area.Route{area.GET(shown.ArmsPath, d.arms)} },
	}
}

func (d Deps) arms(c *gin.Context) error {
	png, err := d.Shown.Arms(c.Request.Context())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=86400") // its address changes with it
	c.Data(http.StatusOK, "image/png", png)
	return nil
}
