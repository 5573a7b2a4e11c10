// Package home is the first page: what waits for the person today. Other areas say what that is. It may import
// shared and the packages beside it; it knows no domain and no SQL.
package home

import (
	"cmp"
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

type handlers struct {
	site   *web.Site
	others []area.Area
}

// Area is the first page over what the others have to say.
func Area(others []area.Area) area.Area {
	return area.Area{
		Name: "home", Files: files, Nav: &area.Nav{Order: 10},
		Routes: func(site *web.Site) []area.Route {
			return []area.Route{area.GET("/", area.SignedIn(), handlers{site, others}.home)}
		},
	}
}

type homePage struct {
	web.Page
	Person  string
	Now     time.Time
	Tiles   []area.Tile
	Lists   []*area.List
	NoRoles bool
}

func (h handlers) home(c *gin.Context) error {
	actor := session.Actor(c)
	page := &homePage{Person: actor.Name, Now: h.site.Now().In(locale.Kyiv()), NoRoles: len(actor.Grants) == 0}
	if err := page.ask(c.Request.Context(), area.On(c, h.others), actor, h.site.Printer(c)); err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "home/home", page)
}

// ask collects what the areas have to say: what is urgent first, otherwise in the order of the navigation.
func (p *homePage) ask(ctx context.Context, areas []area.Area, actor access.Actor, words *locale.Printer) error {
	for _, a := range area.InOrder(areas) {
		if a.Tiles != nil {
			tiles, err := a.Tiles(ctx, actor)
			if err != nil {
				return err
			}
			p.Tiles = append(p.Tiles, tiles...)
		}
		if a.Nearest != nil {
			list, err := a.Nearest(ctx, actor, words)
			if err != nil {
				return err
			}
			if list != nil && len(list.Rows) > 0 {
				p.Lists = append(p.Lists, list)
			}
		}
	}
	p.Tiles = slices.DeleteFunc(p.Tiles, func(t area.Tile) bool { return t.Count == 0 })
	slices.SortStableFunc(p.Tiles, func(a, b area.Tile) int { return cmp.Compare(weight(a), weight(b)) })
	return nil
}

func weight(t area.Tile) int {
	if t.Urgent {
		return 0
	}
	return 1
}
