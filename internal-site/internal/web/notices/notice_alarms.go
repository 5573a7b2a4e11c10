package notices

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/notices"
	"portal.example/internal-site/internal/web/request"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

type alarmsPage struct {
	web.Page
	Places []notices.Alarms // all that the person may set
	Place  notices.Alarms   // the one that is shown
	Form   *web.Form
	Rows   []alarmRow
	Whens  []ui.SelectItem
	Whoms  []ui.SelectItem
}

// alarmRow is one alarm in the form.
type alarmRow struct {
	N     int
	Field string
}

// Key names a place in addresses and forms.
func (*alarmsPage) Key(a notices.Alarms) string { return keyOf(a.Place) }

// Region says whether these are the alarms of the region.
func (*alarmsPage) Region(a notices.Alarms) bool { return a.Place.Kind == access.Region }

func keyOf(p access.Place) string {
	if p.Kind == access.Region {
		return string(access.Region)
	}
	return string(p.Kind) + "-" + p.ID.String()
}

// When an alarm rings, seen from the last day.
const (
	before = "before"
	onDay  = "on"
	after  = "after"
)

// alarms shows who is told of terms that end, and when, for a place that the person heads.
func (h handlers) alarms(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	page, err := h.alarmsPage(c, form.Value("place"))
	if err != nil {
		return err
	}
	page.Form = formOf(page.Place)
	return h.site.Render(c, http.StatusOK, "notices/notice_alarms", page)
}

// alarmsPage is the page of the place with the key; of the first one, when there is no key.
func (h handlers) alarmsPage(c *gin.Context, key string) (*alarmsPage, error) {
	p := h.site.Printer(c)
	list, err := h.Desk.Alarms(c.Request.Context(), session.Actor(c))
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(a notices.Alarms) bool { return key == "" || keyOf(a.Place) == key })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "")
	}
	page := &alarmsPage{
		Places: list, Place: list[i], Whens: request.Words(p, p.T("notices.alarm_none"), "notices.alarm_at.", before, onDay, after),
		Whoms: request.Words(p, "", "notices.alarm_to.", string(notices.Executor), string(notices.Head), string(notices.Manager)),
	}
	page.Back = &ui.Link{Href: "/notices", Text: p.T("notices.title")}
	for i := range notices.MostAlarms {
		page.Rows = append(page.Rows, alarmRow{i + 1, fmt.Sprintf("alarms.%d", i)})
	}
	return page, nil
}

// formOf is the form that shows the alarms of a place.
func formOf(a notices.Alarms) *web.Form {
	form := web.NewForm(nil)
	form.Set("place", keyOf(a.Place))
	form.Set("edition", a.Edition())
	for i, one := range a.Alarms {
		row := fmt.Sprintf("alarms.%d.", i)
		form.Set(row+"whom", string(one.Whom))
		switch {
		case one.Days < 0:
			form.Set(row+"when", before)
			form.Set(row+"days", strconv.Itoa(-one.Days))
		case one.Days > 0:
			form.Set(row+"when", after)
			form.Set(row+"days", strconv.Itoa(one.Days))
		default:
			form.Set(row+"when", onDay)
		}
	}
	return form
}

// setAlarms writes the alarms of one place.
func (h handlers) setAlarms(c *gin.Context) error {
	form, err := web.ParseForm(c)
	if err != nil {
		return err
	}
	page, err := h.alarmsPage(c, form.Value("place"))
	if err != nil {
		return err
	}
	page.Form = form
	var list []notices.Alarm
	if form.Value("do") != "reset" {
		list = readAlarms(form)
		form.Check(len(list) > 0, "alarms.0.when", "notices.alarms_required")
	} else if page.Region(page.Place) {
		return fault.New(fault.Invalid, "")
	}
	if form.OK() {
		err := h.Desk.SetAlarms(c.Request.Context(), session.Actor(c), page.Place.Place, form.Value("edition"), list)
		if err != nil && !form.Take(err) {
			return err
		}
	}
	if !form.OK() {
		return h.site.Invalid(c, "notices/notice_alarms", form, page)
	}
	h.site.Flash(c, "notices.alarms_saved")
	return web.Redirect(c, "/notices/alarms?place="+keyOf(page.Place.Place))
}

// readAlarms reads the rows in which something was chosen.
func readAlarms(form *web.Form) (list []notices.Alarm) {
	for i := range notices.MostAlarms {
		row := fmt.Sprintf("alarms.%d.", i)
		when := form.Value(row + "when")
		if when == "" {
			continue
		}
		days := 0
		if when != onDay {
			n, err := strconv.Atoi(form.Value(row + "days"))
			form.Check(err == nil && n > 0, row+"days", "notices.alarm_number")
			days = n
		}
		if when == before {
			days = -days
		}
		list = append(list, notices.Alarm{Days: days, Whom: notices.Whom(form.Value(row + "whom"))})
	}
	return list
}
