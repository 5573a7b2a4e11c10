// Package book is the pages on which anybody books a time in the hall of a centre: the places, the free times of one, the receipt, and what
// the tracking page shows of an appointment. It may import internal/bookings, internal/freshness, internal/submission,
// internal/web/sending, internal/web/contact and shared.
package book

import (
	"context"
	"embed"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/bookings"
	"portal.example/external-site/internal/freshness"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/sending"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// StatusPage is the page that shows an appointment.
const StatusPage = "book/status"

// controls draws the fields of the form.
var controls = sending.Controls(files)

// Offers finds what can be booked; bookings.Store does.
type Offers interface {
	Places(ctx context.Context, service string) ([]bookings.Place, uuid.UUID, error)
	Offer(ctx context.Context, centre string, first contract.Matter, further []contract.Matter) (bookings.Offer, error)
}

// Freshness says whether the inside can be asked; freshness.Watch does.
type Freshness interface {
	Read(ctx context.Context) freshness.Reading
}

// Deps is what the pages need.
type Deps struct {
	Offers    Offers
	Freshness Freshness
	Window    *sending.Window
}

type handlers struct {
	*sending.Window
	site   *web.Site
	offers Offers
	fresh  Freshness
}

// Area is the pages of booking.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "book", Path: "/book", Files: files, Personal: true, Modules: []string{contract.ModuleReception},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site: site, Window: d.Window.At(site), offers: d.Offers, fresh: d.Freshness}
			return []area.Route{
				area.GET("", h.Open(h.places)),
				area.GET("/:centre/:group", h.Open(h.time)),
				area.POST("/:centre/:group", h.Open(h.save)),
				area.POST("/:centre/:group/discard", h.Open(h.discard)),
				area.GET("/:centre/:group/receipt", h.Open(h.receipt)),
				area.GET("/:centre/:group/receipt/:number", h.Open(h.receipt)),
			}
		},
	}
}

// asked is the common path of the pages of one group at one centre, by the address; their cookies go no further.
func asked(c *gin.Context) string {
	return "/book/" + address.Slug(address.Code(c.Param("centre"))) + "/" + c.Param("group")
}

// withParam names in an address what else is to be booked, once for each: a group, or a group and its service with a slash between.
const withParam = "with"

// chosen is what else the address says is to be booked; what is none is left out.
func chosen(c *gin.Context) (list []contract.Matter) {
	for _, value := range c.QueryArray(withParam) {
		group, service, _ := strings.Cut(value, "/")
		g, err := uuid.Parse(group)
		if err != nil || len(list) == contract.MaxMatters {
			continue
		}
		m := contract.Matter{GroupID: g}
		if s, err := uuid.Parse(service); err == nil {
			m.ServiceID = &s
		}
		list = append(list, m)
	}
	return list
}

// withValue is a matter as addresses hold it.
func withValue(m contract.Matter) string {
	if m.ServiceID == nil {
		return m.GroupID.String()
	}
	return m.GroupID.String() + "/" + m.ServiceID.String()
}

// offer is what the address asks for. slug is the last part of the address of the first matter's service, "" when it was not said; one that is
// not known is not looked at.
func (h *handlers) offer(c *gin.Context, slug string) (o bookings.Offer, err error) {
	var first contract.Matter
	if first.GroupID, err = uuid.Parse(c.Param("group")); err != nil {
		return o, fault.New(fault.NotFound, "")
	}
	if slug != "" {
		if _, id, err := h.offers.Places(c.Request.Context(), address.Code(slug)); err == nil {
			first.ServiceID = &id
		} else if !fault.Is(err, fault.NotFound) {
			return o, err
		}
	}
	o, err = h.offers.Offer(c.Request.Context(), address.Code(c.Param("centre")), first, chosen(c))
	o.Spare = h.fresh.Read(c.Request.Context()).Link != freshness.Up
	return o, err
}
