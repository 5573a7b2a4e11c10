package acts_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/webtest"
	"portal.example/shared/awaittest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

const (
	subsidy  = "/acts/00000000-0000-7000-8000-0000000000f1"
	decision = "/acts/00000000-0000-7000-8000-0000000000f2"
)

// The journey of somebody who wants to know what a service rests on: from the card or the search to the act, in either language.
func TestFromTheServiceToTheAct(t *testing.T) {
	s := webtest.New(t)
	areatest.Contains(t, s.Page("/services/00034"), `href="`+subsidy+`"`)
	areatest.Contains(t, s.Page("/services?q=постанова+848"), `href="`+subsidy+`"`)
	areatest.Contains(t, s.Page("/services?q=рішення+12-3/2025"), `href="`+decision+`"`)
	areatest.Contains(t, s.Page("/services?q=благоустрій"), `href="`+decision+`"`)
	areatest.Contains(t, s.Page("/en"+subsidy), "On housing subsidies", "Edition in force since", `lang="uk"`)
	areatest.Contains(t, s.Page(decision), "ще немає")
	areatest.Contains(t, s.Page("/sitemap.xml"), "<loc>"+webtest.BaseURL+subsidy+"</loc>")
}

// An act is gone from every page at the moment in which it is taken back.
func TestAnActThatIsTakenBackIsGone(t *testing.T) {
	s := webtest.New(t)
	s.DB.Exec(`update sync.progress set heard_at = now() + interval '1 hour'`)
	s.Listen()
	s.Page(subsidy)
	s.DB.Exec(`delete from law.editions where id = '00000000-0000-7000-8000-0000000000e2'`)
	awaittest.Until(t, "the edition is gone", func() bool { return strings.Contains(s.Page(subsidy), "Давній текст") })
	s.DB.Exec(`delete from law.acts where number = '848'`)
	awaittest.Until(t, "the act is gone", func() bool { return s.Get(subsidy).Code == http.StatusNotFound })
}
