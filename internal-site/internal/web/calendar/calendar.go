// Package calendar is the area in which the days off and the moved working days of the region are kept, on which every term
// depends. Before a change is made, its page says what that does to the cases that are open.
//
// It may import shared, internal/access, internal/cases, internal/org, internal/reception and the packages beside it; it knows no SQL.
package calendar

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/reception"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Calendar keeps the calendar and the terms that depend on it; cases.Store is one.
type Calendar interface {
	Calendar(ctx context.Context, actor access.Actor) ([]org.SpecialDay, []cases.Recount, error)
	PreviewCalendar(ctx context.Context, actor access.Actor, c org.CalendarChange) (cases.Shift, error)
	ChangeCalendar(ctx context.Context, actor access.Actor, c org.CalendarChange) error
	RecountSome(ctx context.Context) error
}

// Deps is what the area needs.
type Deps struct {
	Calendar     Calendar
	Appointments Appointments
}

// Appointments says in which centres they are left without their places when nobody works on some dates; reception.Store does.
type Appointments interface {
	FallenByDays(ctx context.Context, dates []time.Time) ([]reception.FallenDay, error)
}

type handlers struct {
	site *web.Site
	Deps
}

// atOnce is how long the page that saves goes on reckoning terms before it answers. What is left is done in the background.
const atOnce = 3 * time.Second

// Area is the calendar of working days.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "calendar", Path: "/calendar", Files: files, Words: []fs.FS{org.Words}, KeepsText: true,
		Nav: &area.Nav{Order: 71, Seldom: true, Needs: org.EditCalendar},
		Routes: func(site *web.Site) []area.Route {
			h, edit := handlers{site, d}, area.Over(org.EditCalendar, area.Region)
			return []area.Route{
				area.GET("", area.Somewhere(org.View), h.year),
				area.GET("/add", edit, h.add),
				area.POST("/add", edit, h.addPost),
				area.GET("/days/:day", edit, h.edit),
				area.POST("/days/:day", edit, h.editPost),
				area.GET("/days/:day/remove", edit, h.remove),
				area.POST("/days/:day/remove", edit, h.removePost),
			}
		},
	}
}
