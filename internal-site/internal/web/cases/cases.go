// Package cases is the area of cases: the list and one case with everything that staff do with it. It may
// import shared, internal/cases, internal/documents, internal/org, internal/access and the packages beside
// it; it knows no SQL.
package cases

import (
	"embed"
	"io/fs"

	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/documents"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the area needs.
type Deps struct {
	Cases *cases.Store
	Orgs  *org.Store
	Vault *documents.Vault
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is cases.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "cases", Path: "/cases", Module: contract.ModuleApplications, Files: files, Words: []fs.FS{cases.Words, documents.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 20, Needs: cases.View},
		Tiles: d.tiles, Nearest: d.nearest,
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("case", d.Cases.Object)
			see := area.Over(cases.View, one).Private(cases.View)
			act := area.Over(cases.WorkOn, one).Or(cases.DecideOn, cases.IssueResult).Private(cases.View)
			return []area.Route{
				area.GET("", area.Somewhere(cases.View), h.list),
				area.GET("/:id", see, h.show),
				area.GET("/:id/files/:file", see, h.file),
				area.POST("/:id/act", act, h.act),
				area.POST("/:id/result", area.Over(cases.UploadResult, one).Private(cases.View), h.upload),
			}
		},
	}
}
