// Package modules is the area in which the portal administrator switches modules on and off, in the whole installation
// or for one centre. What a module is called and what switching it off means stands in the words of its domain.
//
// It may import internal/access, internal/modules, internal/org, internal/rights, shared and the packages beside it; it knows no SQL.
package modules

import (
	"context"
	"embed"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/modules"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/rights"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Modules keeps the decisions; modules.Store is one.
type Modules interface {
	Switches(ctx context.Context) (contract.Switches, error)
	Version(ctx context.Context, module string, centre uuid.UUID) (int, error)
	Switch(ctx context.Context, actor access.Actor, c modules.Change) (changed bool, err error)
}

// Organisations names centres; org.Store is one.
type Organisations interface {
	Names(ctx context.Context, kind org.Kind) ([]org.Name, error)
}

// Deps is what the area needs.
type Deps struct {
	Modules Modules
	Orgs    Organisations
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the switches of modules.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "modules", Path: "/modules", Files: files, Words: rights.Words(), KeepsText: true,
		Nav: &area.Nav{Order: 70, Seldom: true, Needs: modules.Switch},
		Routes: func(site *web.Site) []area.Route {
			h, right := handlers{site, d}, area.Over(modules.Switch, area.Region)
			return []area.Route{
				area.GET("", right, h.list),
				area.GET("/:module", right, h.show),
				area.GET("/:module/switch", right, h.confirm),
				area.POST("/:module/switch", right, h.change),
			}
		},
	}
}

// named is the module of the address.
func named(name string) (contract.Module, error) {
	m, found := contract.ModuleNamed(name)
	if !found {
		return m, fault.New(fault.NotFound, "")
	}
	return m, nil
}
