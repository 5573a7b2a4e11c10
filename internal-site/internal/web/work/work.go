// Package work is the page of long work: what somebody asked for, how far it is, and its file. It may import internal/access, internal/work,
// shared and the packages beside it; it knows no SQL and nothing of what is done.
package work

import (
	"context"
	"embed"
	"io"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/work"
	"portal.example/shared/blob"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Work keeps work; work.Store does.
type Work interface {
	List(ctx context.Context, actor access.Actor, others bool, at work.Place, size int) (work.Page, error)
	Stop(ctx context.Context, actor access.Actor, id uuid.UUID) error
	Fetch(ctx context.Context, actor access.Actor, id uuid.UUID, needs func(kind string) (access.Action, bool)) (work.File, error)
}

// Files holds the files; blob.Bucket does.
type Files interface {
	Get(ctx context.Context, key, want string) (io.ReadCloser, blob.Info, error)
}

// Deps is what the area needs.
type Deps struct {
	Work  Work
	Files Files
	Kinds []work.Kind
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the page of long work. Whoever may ask for some has a link to it, and so have those who see that of others.
func Area(d Deps) area.Area {
	var ask []access.Action
	for _, k := range d.Kinds {
		ask = append(ask, k.Needs)
	}
	return area.Area{
		Name: "work", Path: "/work", Files: files, Words: []fs.FS{work.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 63, Seldom: true, Needs: work.See, Or: ask},
		Routes: func(site *web.Site) []area.Route {
			h := handlers{site, d}
			return []area.Route{
				area.GET("", area.SignedIn(), h.list),
				area.POST("/:id/stop", area.SignedIn(), h.stop), // the store knows whose it is
				area.GET("/:id/file", area.SignedIn(), h.file),
			}
		},
	}
}

// kind finds a kind by its name.
func (h handlers) kind(name string) (work.Kind, bool) {
	for _, k := range h.Kinds {
		if k.Name == name {
			return k, true
		}
	}
	return work.Kind{}, false
}

// needs is what a kind needs.
func (h handlers) needs(name string) (access.Action, bool) {
	k, known := h.kind(name)
	return k.Needs, known
}
