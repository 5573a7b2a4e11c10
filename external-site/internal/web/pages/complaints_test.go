package pages_test

import (
	"context"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/pages"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/locale"
	"portal.example/shared/region"
)

type commission region.Appeals

func (c commission) Appeals(context.Context) (region.Appeals, error) { return region.Appeals(c), nil }

// Whoever looks for a way to complain or for an appointment is told where it is, with the region's own words or without.
func TestComplaints(t *testing.T) {
	how := commission{How: locale.Text{UK: "До комісії\nзі скарг.", EN: "To the commission."}, Days: 30}
	s := areatest.New(t, pages.Area(pages.Deps{BaseURL: areatest.BaseURL, Appeals: how}))
	webtest.Golden(t, "complaints.uk", s.Page("/complaints"))
	webtest.Golden(t, "complaints.en", s.PageIn("/complaints", "en"))
	webtest.Contains(t, s.Page("/accessibility"), `href="/complaints"`) // every page's foot leads there

	page := areatest.New(t, pages.Area(pages.Deps{BaseURL: areatest.BaseURL, Appeals: commission{}})).Page("/complaints")
	webtest.Contains(t, page, "запитайте в органі, який ухвалив рішення", `href="/track"`, `href="/centres"`, "Зателефонуйте до центру")
	webtest.Lacks(t, page, "На скаргу є")
}
