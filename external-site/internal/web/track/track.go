// Package track is the pages on which anybody with a number and a secret code follows an application, without an
// account, and answers what is asked about it. It may import internal/tracking, internal/replies, internal/submission,
// internal/freshness, internal/account and internal/own (to put something there), internal/web/sending, internal/web/slip, internal/web/contact and shared.
//
// The code is never part of an address: it is posted, kept in a short-lived cookie that no script can read and no
// other site's request carries, or stands in the fragment of a QR code's address, which browsers send to nobody.
package track

import (
	"context"
	"embed"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/tracking"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/sending"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Tracking  Tracking
	Vault     Vault
	Surveys   Surveys // nil: nobody is asked anything
	Bookings  Bookings
	Post      Post // nil: appointments cannot be changed
	Freshness Freshness
	Switches  area.Switches
	Live      Live // nil: pages ask from time to time
	// Window is where what is written about a case is handed in; nothing can be when it is nil.
	Window *sending.Window
	// Cabinet says that what is shown can be saved in an account.
	Cabinet bool
	// Shelf keeps results among the documents of an account, which Accounts finds; both are nil where accounts keep none.
	Shelf    Shelf
	Accounts Accounts
	// Pages are those that show the status of a kind of submission; track/status shows the others.
	Pages map[string]string
}

// Tracking finds what somebody follows by a number and the code that belongs to it, NotFound when they do not belong
// together; tracking.Store does.
type Tracking interface {
	Check(ctx context.Context, n tracking.Number, code seal.Code) error
	Status(ctx context.Context, n tracking.Number, code seal.Code) (tracking.Status, error)
	Version(ctx context.Context, n tracking.Number, code seal.Code) (string, error)
}

// Vault opens results for the holder of the code; tracking.Vault does.
type Vault interface {
	Open(ctx context.Context, s tracking.Status, id uuid.UUID, code seal.Code) (tracking.Result, []byte, error)
}

// Freshness says how old what the site shows is; freshness.Watch does.
type Freshness interface {
	Read(ctx context.Context) freshness.Reading
}

type handlers struct {
	site *web.Site
	Deps
	byPair    *web.Limiter // wrong codes at one number from one address
	byAddress *web.Limiter // wrong pairs from one address
	kept      *web.Limiter // what one address puts among documents of accounts
	changing  *web.Limiter // changes of appointments from one address
	asking    *web.Places
}

// Area is the pages of tracking.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "track", Path: "/track", Files: files, Personal: true, Modules: contract.ModulesOfKinds(),
		Nav: []area.Link{{Order: 40, Href: "/track", Key: "nav.track"}},
		Routes: func(site *web.Site) []area.Route {
			limit := func(r web.Rate) *web.Limiter {
				return web.NewLimiter(r, 20_000).WithClock(func() time.Time { return site.Now() })
			}
			h := &handlers{
				site: site, Deps: d,
				byPair:    limit(web.Rate{Events: 30, Per: time.Hour, Burst: 10}),
				byAddress: limit(web.Rate{Events: 300, Per: 10 * time.Minute, Burst: 100}),
				kept:      limit(web.Rate{Events: 120, Per: time.Hour, Burst: 30}),
				changing:  limit(web.Rate{Events: 60, Per: time.Hour, Burst: 20}),
				asking:    web.NewPlaces(8, 10*time.Second),
			}
			routes := []area.Route{
				area.GET("/track.js", script),
				area.GET("", h.ask),
				area.POST("", h.enter),
				area.GET("/status", h.status),
				area.GET("/version", h.version),
				area.GET("/live", h.live),
				area.GET("/results/:id", h.result),
				area.POST("/results/:id/keep", h.keeping("track.result_kept", h.resultAsDocument)),
				area.POST("/messages/keep", h.keeping("track.messages_kept", h.messagesAsDocument)),
				area.POST("/close", h.close),
				area.POST("/keep", h.keep),
			}
			for purpose, path := range replyPaths {
				path = strings.TrimPrefix(path, "/track") + ":case"
				routes = append(routes,
					area.GET(path, h.open(h.showReply(purpose))),
					area.POST(path, h.open(h.saveReply(purpose))),
					area.POST(path+"/discard", h.open(h.discardReply(purpose))),
				)
			}
			routes = append(routes, area.GET("/booking", h.open(h.showBooking)), area.POST("/booking", h.open(h.changeBooking)), area.GET("/booking.ics", h.calendar))
			path := strings.TrimPrefix(ratePath, "/track") + ":case"
			routes = append(routes, area.GET(path, h.open(h.showRating)), area.POST(path, h.open(h.saveRating)), area.POST(path+"/discard", h.open(h.discardRating)))
			return routes
		},
	}
}

// open closes a page where nothing can be sent.
func (h *handlers) open(page web.Handler) web.Handler {
	if h.Window == nil {
		return func(*gin.Context) error { return fault.New(fault.Unavailable, "submission.no_key") }
	}
	return h.Window.Open(page)
}

//go:embed track.js
var scriptSource []byte

func script(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", scriptSource)
	return nil
}

// holder is somebody who proved to have the code.
type holder struct {
	number tracking.Number
	code   seal.Code
}

func (h *handlers) remember(c *gin.Context, who holder) error {
	return slip.Tracked.Put(h.site, c, slip.Slip{Number: who.number, Code: who.code})
}

func (h *handlers) forget(c *gin.Context) { slip.Tracked.Drop(h.site, c) }

// holder reads the cookie; whoever has none is NotFound.
func (h *handlers) holder(c *gin.Context) (holder, error) {
	held, ok := slip.Tracked.Of(h.site, c)
	if !ok {
		return holder{}, fault.New(fault.NotFound, "track.closed")
	}
	return holder{held.Number, held.Code}, nil
}

// keep leads to the cabinet, with what this page shows as the one that is to be saved there.
func (h *handlers) keep(c *gin.Context) error {
	who, err := h.holder(c)
	if err != nil {
		return web.Redirect(c, "/track")
	}
	if err := slip.ToKeep.Put(h.site, c, slip.Slip{Number: who.number, Code: who.code}); err != nil {
		return err
	}
	return web.Redirect(c, "/cabinet/keep")
}

// compare runs ask, which compares a number and a code, and counts the pairs that do not belong together. It asks first
// and counts afterwards: a whole town may share an address, and case numbers are known to everybody, so whoever holds the
// right code is never refused because of what others typed. That gives nothing away: a code has 100 random bits, so the
// limit only keeps guessing from being cheap, and a request waits in line with the others of its address.
//
// A number at which somebody guesses from one address weighs much, the address alone little. A cookie is as easily made
// up as a form is filled in, so it counts as well.
func (h *handlers) compare(c *gin.Context, number tracking.Number, ask func(context.Context) error) error {
	free, err := h.asking.Take(c.Request.Context(), h.site.ClientKey(c), "")
	if err != nil {
		return err
	}
	defer free()
	err = ask(c.Request.Context())
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	if tooMany := h.byPair.Allow(h.site.ClientKey(c) + " " + number.Key()); tooMany != nil {
		return tooMany
	}
	if tooMany := h.byAddress.AllowFrom(h.site.Client(c)); tooMany != nil {
		return tooMany
	}
	return err
}

// close forgets the code on this device.
func (h *handlers) close(c *gin.Context) error {
	h.forget(c)
	h.site.Flash(c, "track.was_closed")
	return web.Redirect(c, "/track")
}
