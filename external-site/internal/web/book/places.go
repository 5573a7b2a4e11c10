package book

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/bookings"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type placesPage struct {
	web.Page
	Places  []bookings.Place
	Service string // the last part of the service's address; "" for anything
}

// Href is where the place is booked.
func (p *placesPage) Href(place bookings.Place) string {
	href := "/book/" + place.Slug + "/" + place.Group.String()
	if p.Service != "" {
		href += "?service=" + url.QueryEscape(p.Service)
	}
	return href
}

// places shows what can be booked, for a service or for anything.
func (h *handlers) places(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	slug := form.Value("service")
	list, _, err := h.offers.Places(c.Request.Context(), address.Code(slug))
	if err != nil {
		return err
	}
	p := &placesPage{Places: list, Service: slug}
	if slug != "" {
		p.Back = &ui.Link{Href: "/services/" + address.Slug(address.Code(slug)), Text: h.site.T(c, "book.to_service")}
	}
	return h.site.Render(c, http.StatusOK, "book/places", p)
}
