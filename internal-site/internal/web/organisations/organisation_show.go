package organisations

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type organisationShowPage struct {
	web.Page
	Org     org.Organisation
	Kind    string // folder of the address
	CanEdit bool
	Days    []weekday
	Status  hours.Status
}

// weekday is one day of the week as the page shows it.
type weekday struct {
	Number time.Weekday
	Day    *hours.Day
}

// Param is the filter of the list of services that leads to those of the organisation.
func (p organisationShowPage) Param() string {
	if p.Kind == "centres" {
		return "centre"
	}
	return "authority"
}

// Day is the day of an exception; rules of the organisation have checked that it is one.
func (organisationShowPage) Day(date string) time.Time {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return time.Time{}
	}
	return day
}

func (h handlers) show(kind org.Kind) web.Handler {
	return func(c *gin.Context) error {
		id, err := request.ID(c, "id")
		if err != nil {
			return err
		}
		o, err := h.Orgs.Get(c.Request.Context(), kind, id)
		if err != nil {
			return err
		}
		page := &organisationShowPage{
			Page: web.Page{Breadcrumbs: crumbs(h.site.Printer(c), o)}, Org: o, Kind: folder(kind)[1:],
			CanEdit: access.Can(session.Actor(c), org.Edit, access.Object{}), Status: o.Schedule.At(h.site.Now()),
		}
		for n := 1; n <= 7; n++ {
			day := weekday{Number: time.Weekday(n % 7)}
			for i := range o.Schedule.Week {
				if o.Schedule.Week[i].Weekday == n {
					day.Day = &o.Schedule.Week[i]
				}
			}
			page.Days = append(page.Days, day)
		}
		return h.site.Render(c, http.StatusOK, "organisations/organisation_show", page)
	}
}

func crumbs(p *locale.Printer, o org.Organisation) []ui.Link {
	name, _ := o.Name.In(p.Lang())
	return []ui.Link{{Href: "/organisations", Text: p.T("organisations.title")}, {Text: name}}
}
