// Package notices is the staff area of notices: the bell, with what came to somebody since they looked; what did not reach
// applicants, and recording that somebody told them otherwise. It may import shared, internal/notices, internal/cases (for its
// rights), internal/access and the packages beside it; it knows no SQL.
package notices

import (
	"context"
	"embed"
	"io/fs"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Desk keeps what became of notices; notices.Desk is one.
type Desk interface {
	Object(ctx context.Context, event uuid.UUID) (access.Object, error)
	Undelivered(ctx context.Context, actor access.Actor, page int) ([]notices.Undelivered, int, error)
	CountUndelivered(ctx context.Context, actor access.Actor) (int, error)
	One(ctx context.Context, actor access.Actor, event uuid.UUID) (notices.Undelivered, error)
	CountNews(ctx context.Context, actor access.Actor) (int, error)
	News(ctx context.Context, actor access.Actor) ([]notices.News, error)
	Alarms(ctx context.Context, actor access.Actor) ([]notices.Alarms, error)
	SetAlarms(ctx context.Context, actor access.Actor, place access.Place, edition string, list []notices.Alarm) error
	Post(ctx context.Context, actor access.Actor) (notices.Post, error)
	Subscribed(ctx context.Context, actor access.Actor) (yes, address bool, err error)
	Subscribe(ctx context.Context, actor access.Actor, yes bool) error
	MarkSeen(ctx context.Context, actor access.Actor, subject string) error
	Told(ctx context.Context, actor access.Actor, event uuid.UUID, how notices.How) error
}

// Deps is what the area needs.
type Deps struct {
	Desk Desk
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the notices. It belongs to no module: what did not arrive before notices were switched off is still to be told.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "notices", Path: "/notices", Files: files, Words: []fs.FS{notices.Words}, KeepsText: true,
		Nav:   &area.Nav{Order: 15, Needs: cases.WorkOn, Or: []access.Action{notices.View, notices.Escalate, notices.SeeChannels}, Count: d.Desk.CountNews},
		Tiles: d.tiles,
		Routes: func(site *web.Site) []area.Route {
			h, one := handlers{site, d}, area.ByID("notice", d.Desk.Object)
			tell := area.Over(notices.Tell, one).Private(notices.View)
			return []area.Route{
				area.GET("", area.Somewhere(cases.WorkOn).Or(notices.View, notices.Escalate, notices.SeeChannels), h.bell),
				area.POST("/seen", area.Somewhere(cases.WorkOn).Or(notices.Escalate), h.seen),
				area.GET("/alarms", area.Somewhere(notices.Escalate), h.alarms),
				area.POST("/alarms", area.Somewhere(notices.Escalate), h.setAlarms),
				area.GET("/channels", area.Over(notices.SeeChannels, area.Region), h.channels),
				area.POST("/letter", area.Somewhere(cases.WorkOn), h.letter),
				area.GET("/undelivered", area.Somewhere(notices.View), h.list),
				area.GET("/:id", tell, h.show),
				area.POST("/:id", tell, h.tell),
			}
		},
	}
}

// tiles counts what did not arrive.
func (d Deps) tiles(ctx context.Context, actor access.Actor) ([]area.Tile, error) {
	if !access.MayEver(actor, notices.View) {
		return nil, nil
	}
	n, err := d.Desk.CountUndelivered(ctx, actor)
	return []area.Tile{{Href: "/notices/undelivered", Key: "notices.tile.undelivered", Count: n, Urgent: true}}, err
}
