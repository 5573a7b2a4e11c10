// Package halls is the pages on which everybody sees how many people wait in the halls of centres, how long it takes and when it is quiet.
// It may import internal/halls, internal/address, internal/kept, internal/replica, internal/web/area, internal/web/meta and shared.
package halls

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/halls"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Path is the address of the list.
const Path = "/halls"

// Deps is what the pages need.
type Deps struct {
	Halls   Halls
	BaseURL string
}

// Halls reads halls; halls.Store does.
type Halls interface {
	Halls(ctx context.Context, centre string) ([]halls.Hall, error)
	Hall(ctx context.Context, centre string) (halls.Hall, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the pages of halls.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "halls", Path: Path, Files: files, Modules: []string{contract.ModuleReception},
		Sitemap: func(context.Context, replica.View) ([]area.Place, error) { return area.Places(Path), nil },
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{area.Shared("", h.all), area.Shared("/:centre", h.one)}
		},
	}
}

// trueFor is for how long a page is true that nothing changes: it says for how many minutes somebody has waited.
const trueFor = 20 * time.Second

type listPage struct {
	web.Page
	Meta  meta.Meta
	Halls []halls.Hall

	now     time.Time
	printer *locale.Printer
}

// Door says when the hall gives tickets.
func (p *listPage) Door(hall halls.Hall) string { return doorOf(p.printer, hall, p.now) }

// doorOf says in words until when a hall receives or when it gives tickets again; "" where nobody knows. That the head gives none today goes
// before the hours of today.
func doorOf(p *locale.Printer, hall halls.Hall, now time.Time) string {
	switch d, known := hall.Door(now); {
	case hall.Stopped(now):
		return p.T("halls.closed", hall.Load.ClosedWord)
	case !known:
		return ""
	case d.Open && d.Last.IsZero():
		return p.T("halls.open", p.Clock(d.Closes))
	case d.Open:
		return p.T("halls.open_last", p.Clock(d.Closes), p.Clock(d.Last))
	case d.Next.IsZero():
		return p.T("halls.shut_now")
	case workdays.DateOf(d.Next).Equal(workdays.DateOf(now)):
		return p.T("halls.shut_today", p.Clock(d.Next))
	default:
		return p.T("halls.shut", p.Weekday(d.Next.In(locale.Kyiv()).Weekday()), p.Date(d.Next), p.Clock(d.Next))
	}
}

// all lists the halls with what is going on in them.
func (h *handlers) all(c *gin.Context) error {
	list, err := h.Halls.Halls(c.Request.Context(), "")
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	p := &listPage{Halls: list, now: h.site.Now(), printer: printer, Meta: meta.New(printer.T("halls.title"), printer.T("halls.lead"), web.Canonical(c, h.BaseURL, Path))}
	p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: "/centres", Text: printer.T("nav.centres")})
	kept.Until(c.Request.Context(), h.site.Now().Add(trueFor))
	return h.site.Render(c, http.StatusOK, "halls/halls", p)
}

type hallPage struct {
	web.Page
	Meta    meta.Meta
	Hall    halls.Hall
	Longest int // minutes, for which somebody waits already
	Half    int // minutes, of Hall.Load.HalfWait where that is known
	Now     time.Time
	Door    string // until when tickets are given, or when again; "" where nobody knows
	Gives   bool   // they are given now, as far as anybody knows
	Stopped bool   // Door says that none are given today, although the hall receives
}

// Late says whether somebody who takes a ticket now may be called only when the hall has closed.
func (p *hallPage) Late(w halls.Wait) bool { return p.Hall.Late(w, p.Now) }

// AnyLate says whether it is so for anything that people come for.
func (p *hallPage) AnyLate() bool { return slices.ContainsFunc(p.Hall.Waits, p.Late) }

// one is the hall of a centre.
func (h *handlers) one(c *gin.Context) error {
	hall, err := h.Halls.Hall(c.Request.Context(), address.Code(c.Param("centre")))
	if err != nil {
		return err
	}
	printer, now := h.site.Printer(c), h.site.Now()
	p := &hallPage{Hall: hall, Longest: hall.Load.LongestMinutes(now), Now: now, Door: doorOf(printer, hall, now), Stopped: hall.Stopped(now)}
	door, known := hall.Door(now)
	p.Gives = !hall.Load.Closed && (door.Open || !known)
	if hall.Load.HalfWait != nil {
		p.Half = *hall.Load.HalfWait
	}
	name := printer.Value(hall.Centre)
	p.Meta = meta.New(printer.T("halls.of", hall.Centre), printer.T("halls.lead"), web.Canonical(c, h.BaseURL, Path+"/"+hall.Slug))
	p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: Path, Text: printer.T("halls.title")}, ui.Link{Href: "/centres/" + hall.Slug, Text: name})
	kept.Until(c.Request.Context(), now.Add(trueFor))
	return h.site.Render(c, http.StatusOK, "halls/hall", p)
}
