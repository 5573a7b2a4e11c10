// Package centres is the pages of service centres and authorities: where they are, when they are open, how to reach
// them and what they do. It may import the reading domains, the card view and shared.
package centres

import (
	"context"
	"embed"

	"github.com/google/uuid"

	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/nearby"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Replica  replica.Source
	Switches area.Switches
	Halls    Halls // nil: nobody asks how many people wait
	BaseURL  string
	Map      Map
}

// Halls says whether a centre has a queue that everybody may know of; halls.Store does.
type Halls interface {
	Has(ctx context.Context, centre uuid.UUID) (bool, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the pages of centres and authorities.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "centres", Files: files, Sitemap: sitemap,
		Nav: []area.Link{
			{Order: 20, Href: "/centres", Key: "nav.centres"},
			{Order: 30, Href: "/authorities", Key: "nav.authorities"},
		},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{
				area.Shared("/centres", h.centres).With(web.ByCommunity, web.MayLocate, web.ImagesOf(d.Map.origin())),
				area.Shared(nearby.Path, h.community).With(web.ByCommunity),
				area.POST(nearby.Path, h.chooseCommunity).InEnglish(),
				area.GET(nearby.Path+"/suggest", h.suggestPlaces).InEnglish(),
				area.Shared("/centres/:code", h.centre),
				area.Shared("/centres/:code/officials/:key", h.centreOfficial),
				area.GET("/centres/:code/:rest", area.Joined("/centres/")).InEnglish(),
				area.Shared("/authorities", h.authorities),
				area.Shared("/authorities/:code", h.authority),
				area.Shared("/authorities/:code/officials/:key", h.authorityOfficial),
				area.GET("/authorities/:code/:rest", area.Joined("/authorities/")).InEnglish(),
			}
		},
	}
}

func sitemap(ctx context.Context, v replica.View) ([]area.Place, error) {
	paths := area.Places("/centres", "/authorities")
	centres, err := v.Org.Centres(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range centres {
		paths = append(paths, area.Place{Path: "/centres/" + c.Slug(), Changed: c.UpdatedAt})
	}
	authorities, err := v.Org.Authorities(ctx)
	for _, a := range authorities {
		paths = append(paths, area.Place{Path: "/authorities/" + a.Slug(), Changed: a.UpdatedAt})
	}
	return paths, err
}
