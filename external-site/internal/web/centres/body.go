package centres

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/address"
	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/kept"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/contract"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/ukr"
	"portal.example/shared/web"
)

// kind is one of the two kinds of bodies: where their pages are, and the keys of what is said of them.
type kind struct {
	path  string // of their list; a body's page is below it
	title string
	lead  string
	none  string // of a list without bodies
	gives string // how many services one gives

	linked string // what schema.org calls it
}

var (
	centresKind = kind{
		path: "/centres", title: "centres.title", lead: "centres.lead", none: "centres.none", gives: "centres.services",
		linked: "GovernmentOffice",
	}
	authoritiesKind = kind{
		path: "/authorities", title: "authorities.title", lead: "authorities.lead", none: "authorities.none", gives: "authorities.services",
		linked: "GovernmentOrganization",
	}
)

// bodyPage is the page of one centre or authority.
type bodyPage struct {
	web.Page
	org.Body
	Meta       meta.Meta
	Directions locale.Text
	Map        string // a map with it; may be empty
	EDRPOU     string
	Opening    cardview.Opening
	Officials  []official
	Hours      timetable
	List       catalogue.List // the first of its services
	Heading    string         // says how many there are
	All        string         // address of the list of its services
	Queue      string         // where one sees how many people wait in its hall; "" when that is not known
	Ask        string         // where to ask it through the site; "" when it takes no questions

	filter              catalogue.Filter
	latitude, longitude string // empty where unknown
}

func (h *handlers) centre(c *gin.Context) error { return h.body(c, centresKind, readCentre, h.whole) }

func readCentre(ctx context.Context, v replica.View, code string, p *bodyPage) error {
	centre, err := v.Org.Centre(ctx, code)
	p.Body, p.Directions, p.Map = centre.Body, centre.Directions, mapURL(centre)
	p.latitude, p.longitude = centre.Latitude, centre.Longitude
	p.filter.Centre = centre.Code
	p.All = "/services?centre=" + url.QueryEscape(centre.Code)
	return err
}

func (h *handlers) authority(c *gin.Context) error {
	return h.body(c, authoritiesKind, readAuthority, h.whole)
}

func readAuthority(ctx context.Context, v replica.View, code string, p *bodyPage) error {
	authority, err := v.Org.Authority(ctx, code)
	p.Body, p.EDRPOU = authority.Body, authority.EDRPOU
	p.filter.Authority = authority.Code
	p.All = "/services?authority=" + url.QueryEscape(authority.Code)
	return err
}

// body reads a body that read finds by its code, and shows what show makes of it.
func (h *handlers) body(c *gin.Context, k kind, read func(context.Context, replica.View, string, *bodyPage) error, show func(*gin.Context, kind, *bodyPage) error) error {
	ctx, now, printer := c.Request.Context(), h.site.Now(), h.site.Printer(c)
	switches, err := h.Switches(ctx)
	if err != nil {
		return err
	}
	p := &bodyPage{filter: catalogue.Filter{Lang: web.Lang(c)}}
	err = h.Replica.At(ctx, func(v replica.View) (err error) {
		if err = read(ctx, v, address.Code(c.Param("code")), p); err != nil {
			return err
		}
		p.List, err = v.Catalogue.List(ctx, p.filter, catalogue.Today(now))
		return err
	})
	if err != nil {
		return err
	}
	if switches.OnAt(contract.ModuleQuestions, p.ID) {
		p.Ask = "/ask" + k.path + "/" + p.Slug()
	}
	if h.Halls != nil && k.path == centresKind.path && switches.OnAt(contract.ModuleReception, p.ID) {
		has, err := h.Halls.Has(ctx, p.ID)
		if err != nil {
			return err
		}
		if has {
			p.Queue = "/halls/" + p.Slug()
		}
	}
	p.Opening = cardview.OpenNow(printer, p.Schedule, now)
	kept.Until(ctx, p.Schedule.At(now).Until)
	p.Officials = officials(p.People, k.path+"/"+p.Slug())
	p.Hours = newTimetable(printer, p.Schedule, now)
	p.Heading = printer.T(k.gives, p.List.Total)
	return show(c, k, p)
}

// whole shows all that is known of the body.
func (h *handlers) whole(c *gin.Context, k kind, p *bodyPage) error {
	printer := h.site.Printer(c)
	p.Meta = meta.New(printer.Value(p.Name), printer.Value(p.Contacts.Address), web.Canonical(c, h.BaseURL, k.path+"/"+p.Slug()))
	p.Breadcrumbs = meta.Trail(printer, ui.Link{Href: k.path, Text: printer.T(k.title)})
	p.Meta.Linked = meta.OfBody(meta.Page{
		Base: h.BaseURL, Lang: web.Lang(c), Trail: p.Breadcrumbs, Self: k.path + "/" + p.Slug(), Title: printer.Value(p.Name),
	}, k.linked, p.Body, p.latitude, p.longitude)
	return h.site.Render(c, http.StatusOK, "centres/body", p)
}

// official is a person whom citizens may address, with the name in both scripts.
type official struct {
	contract.Person
	Name locale.Text
	Href string // the page of the official
}

// officials are the people of the body whose page is at the path.
func officials(people []contract.Person, path string) []official {
	list := make([]official, len(people))
	for i, p := range people {
		list[i] = official{Person: p, Name: locale.Text{UK: p.Name, EN: ukr.Latin(p.Name)}, Href: path + "/officials/" + p.Key()}
	}
	return list
}

// mapURL is a map with the centre marked. A geo: address would open the map of a phone, but nothing on a computer.
func mapURL(c org.Centre) string {
	if !c.HasPlace() {
		return ""
	}
	place := url.Values{"mlat": {c.Latitude}, "mlon": {c.Longitude}}
	return "https://www.openstreetmap.org/?" + place.Encode() + "#map=17/" + c.Latitude + "/" + c.Longitude
}
