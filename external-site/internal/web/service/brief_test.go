package service_test

import (
	"strings"
	"testing"
	"time"

	"portal.example/external-site/internal/org"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/contract"
	"portal.example/shared/hours"
	"portal.example/shared/locale"
)

func openFrom(code, opens string) org.Centre {
	var week []hours.Day
	for day := 1; day <= 5; day++ {
		week = append(week, hours.Day{Weekday: day, Opens: opens, Closes: "17:00"})
	}
	return org.Centre{Body: org.Body{Code: code, Name: locale.Text{UK: "ЦНАП " + code}, Schedule: hours.Schedule{Week: week}}}
}

// Beside the card stands what most people come for: the sum that is paid, another way online, how to appeal, and the centre that is
// open now, or the one that opens first, with the day on which it keeps other hours.
func TestTheCardInBrief(t *testing.T) {
	r := newRegion()
	r.service.Card.Content.Payout = locale.Text{UK: "860 грн на місяць"}
	r.service.Card.Content.Online = []contract.OnlineWay{{Name: locale.Text{UK: "Дія"}, URL: "https://diia.example"}, {Name: locale.Text{UK: "Зле"}, URL: "javascript:alert(1)"}}
	late := openFrom("пізній", "11:00")
	late.Schedule.Exceptions = []hours.Exception{{Date: "2026-11-25", Closed: true}}
	r.centres = []org.Centre{late, openFrom("ранній", "08:00")}
	s := alone(t, r, vault{}, areatest.AllOn)
	brief := func() string {
		_, after, _ := strings.Cut(s.Page("/services/01~7"), `<div class="portal-aside">`)
		before, _, _ := strings.Cut(after, "portal-print")
		return before
	}
	webtest.Contains(t, brief(), "860 грн на місяць", `href="https://diia.example" rel="noreferrer"`, "ЦНАП ранній", "portal-open--yes", "Усі 2 центри", `href="#centres"`)
	webtest.Lacks(t, brief(), "javascript:", "ЦНАП пізній")
	s.Now = s.Now.Add(24*time.Hour - 3*time.Hour) // seven on Tuesday
	webtest.Contains(t, brief(), "ЦНАП ранній", "Зачинено, відчиниться сьогодні")
	r.centres = r.centres[:1]
	webtest.Contains(t, brief(), "ЦНАП пізній", "25 листопада")
	page := s.Page("/services/01~7")
	webtest.Contains(t, page, "Як оскаржити відмову", "До &lt;суду&gt;", "На скаргу є 10 днів")
}

// Of many centres each is a line that unfolds; a single one stands open.
func TestCentresAreLines(t *testing.T) {
	r := newRegion()
	r.centres = []org.Centre{openFrom("1", "08:00"), openFrom("2", "08:00")}
	webtest.Contains(t, alone(t, r, vault{}, areatest.AllOn).Page("/services/01~7"), `<details class="govuk-details portal-centre">`)
	r.centres = r.centres[:1]
	webtest.Lacks(t, alone(t, r, vault{}, areatest.AllOn).Page("/services/01~7"), "portal-centre")
}
