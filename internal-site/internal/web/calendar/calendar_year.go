package calendar

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/org"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/web"
	"portal.example/shared/workdays"
)

type yearPage struct {
	web.Page
	Year     int
	Years    []int
	Days     []org.SpecialDay
	Recounts []cases.Recount
	Edits    bool
	Today    time.Time
}

// year lists the days of a year that differ from the plain week.
func (h handlers) year(c *gin.Context) error {
	form, err := web.QueryForm(c)
	if err != nil {
		return err
	}
	actor := session.Actor(c)
	days, recounts, err := h.Calendar.Calendar(c.Request.Context(), actor)
	if err != nil {
		return err
	}
	page := &yearPage{Recounts: recounts, Edits: access.Can(actor, org.EditCalendar, access.Object{}), Today: workdays.DateOf(h.site.Now())}
	page.Years = yearsOf(days, page.Today.Year())
	page.Year = page.Today.Year()
	if n, err := strconv.Atoi(form.Value("year")); err == nil && slices.Contains(page.Years, n) {
		page.Year = n
	}
	page.Days = slices.DeleteFunc(days, func(d org.SpecialDay) bool { return d.Date.Year() != page.Year })
	return h.site.Render(c, http.StatusOK, "calendar/calendar_year", page)
}

// yearsOf are the years that have days, this one and the next.
func yearsOf(days []org.SpecialDay, this int) []int {
	years := []int{this, this + 1}
	for _, d := range days {
		years = append(years, d.Date.Year())
	}
	slices.Sort(years)
	return slices.Compact(years)
}
