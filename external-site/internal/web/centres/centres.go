// Package centres is the pages of service centres and authorities: where they are, when they are open, how to reach
// them and what they do. It may import the reading domains, the card view and shared.
package centres

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/meta"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/cardview"
	"portal.example/shared/web"
)

//go:embed *.gohtml *.yaml
var files embed.FS

// Deps is what the pages need.
type Deps struct {
	Replica  *replica.Reader
	Switches area.Switches
	BaseURL  string
}

type handlers struct {
	site *web.Site
	Deps
}

// Area is the pages of centres and authorities.
func Area(d Deps) area.Area {
	return area.Area{
		Name: "centres", Files: files, Sitemap: sitemap,
		Nav: []area.Link{
			{Order: 20, Href: "/centres", Key: "nav.centres"},
			{Order: 30, Href: "/authorities", Key: "nav.authorities"},
		},
		Routes: func(site *web.Site) []area.Route {
			h := &handlers{site, d}
			return []area.Route{
				area.GET("/centres", h.centres),
				area.GET("/centres/:code", h.centre),
				area.GET("/authorities", h.authorities),
				area.GET("/authorities/:code", h.authority),
			}
		},
	}
}

func sitemap(ctx context.Context, v replica.View) ([]string, error) {
	paths := []string{"/centres", "/authorities"}
	centres, err := v.Org.Centres(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range centres {
		paths = append(paths, "/centres/"+c.Slug())
	}
	authorities, err := v.Org.Authorities(ctx)
	for _, a := range authorities {
		paths = append(paths, "/authorities/"+a.Slug())
	}
	return paths, err
}

type centresPage struct {
	web.Page
	Meta    meta.Meta
	Centres []openCentre
}

type openCentre struct {
	org.Centre
	Opening cardview.Opening
}

func (h *handlers) centres(c *gin.Context) error {
	p := &centresPage{}
	var list []org.Centre
	err := h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		list, err = v.Org.Centres(c.Request.Context())
		return err
	})
	if err != nil {
		return err
	}
	printer := h.site.Printer(c)
	for _, centre := range list {
		p.Centres = append(p.Centres, openCentre{centre, cardview.OpenNow(printer, centre.Schedule, h.site.Now())})
	}
	title := printer.T("centres.title")
	p.Meta = meta.New(title, printer.T("centres.lead"), h.BaseURL+"/centres")
	p.Breadcrumbs = []ui.Link{{Href: "/", Text: printer.T("common.home")}, {Text: title}}
	return h.site.Render(c, http.StatusOK, "centres/centres", p)
}

// timetable is the hours of a place.
type timetable struct {
	Week       []cardview.WeekRow
	Exceptions []exception
	Note       locale.Text
}

// exception is a coming day that differs from the week.
type exception struct {
	Day    time.Time // noon
	Hours  string
	Reason locale.Text
}

const aheadDays = 60

func newTimetable(p *locale.Printer, s hours.Schedule, now time.Time) timetable {
	t := timetable{Week: cardview.Week(p, s), Note: s.Note}
	today := catalogue.Today(now)
	for _, e := range s.Exceptions {
		day, err := time.ParseInLocation(time.DateOnly, e.Date, time.UTC)
		if err != nil || day.Before(today) || day.After(today.AddDate(0, 0, aheadDays)) {
			continue
		}
		row := exception{Day: day.Add(12 * time.Hour), Hours: e.Opens + "–" + e.Closes, Reason: e.Reason}
		if e.Closed || e.Opens == "" {
			row.Hours = p.T("card.day_off")
		}
		t.Exceptions = append(t.Exceptions, row)
	}
	slices.SortFunc(t.Exceptions, func(a, b exception) int { return a.Day.Compare(b.Day) })
	return t
}

// ISO is the day for machines.
func (e exception) ISO() string { return e.Day.Format(time.DateOnly) }

// mapURL is a map with the centre marked. A geo: address would open the map of a phone, but nothing on a computer.
func mapURL(c org.Centre) string {
	if !c.HasPlace() {
		return ""
	}
	place := url.Values{"mlat": {c.Latitude}, "mlon": {c.Longitude}}
	return "https://www.openstreetmap.org/?" + place.Encode() + "#map=17/" + c.Latitude + "/" + c.Longitude
}
