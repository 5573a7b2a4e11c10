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

// The journey of somebody who wants to know what a service rests on: from the card or the search to the act, through its parts, to what it was before.
func TestFromTheServiceToTheAct(t *testing.T) {
	s := webtest.New(t)
	areatest.Contains(t, s.Page("/services/00034"), `href="`+subsidy+`"`)
	areatest.Contains(t, s.Page("/services?q=постанова+848"), `href="`+subsidy+`"`)
	areatest.Contains(t, s.Page("/services?q=рішення+12-3/2025"), `href="`+decision+`"`)
	areatest.Contains(t, s.Page("/services?q=благоустрій"), `href="`+decision+`"`)

	page := s.Page(subsidy)
	areatest.Contains(t, page, "Про житлові субсидії", "№ 848", "21 жовтня 1995", "Кабінет Міністрів України", "Чинний текст", "Загальні &lt;положення&gt;", "1 січня 2024", "Зі змінами № 77",
		`<h3 id="article-1">`, `href="#article-1"`, `href="`+subsidy+`/parts/2#article-2-1"`, `href="`+subsidy+`/editions/1995-10-21"`, `href="/services/00034"`,
		`href="`+subsidy+`/editions/2099-01-01"`, `href="https://law.example.org/848"`, "частина 1 з 2")
	areatest.Lacks(t, page, "Давній текст", "Майбутній текст", "noindex")
	areatest.Contains(t, s.Page(subsidy+"/parts/2"), "За заявою", `href="`+subsidy+`#article-1"`, `id="article-2-1"`)
	areatest.Contains(t, s.Page(subsidy+"/editions/1995-10-21"), "Давній текст", "попередня редакція", `href="`+subsidy+`"`, "noindex")
	areatest.Contains(t, s.Page(subsidy+"/editions/2099-01-01"), "Майбутній текст", "ще не чинна")
	areatest.Contains(t, s.Page(subsidy+"/editions"), "01.01.2099", "01.01.2024", "21.10.1995")
	areatest.Contains(t, s.Page(subsidy+"/services"), `href="/services/00034"`)
	areatest.Contains(t, s.Page("/en"+subsidy), "On housing subsidies", "Edition in force since", `lang="uk"`)
	areatest.Contains(t, s.Page(decision), "ще немає")
	areatest.Contains(t, s.Page("/sitemap.xml"), "<loc>"+webtest.BaseURL+subsidy+"</loc>")
	list := s.Page("/acts")
	areatest.Contains(t, list, "Про житлові субсидії", "Про благоустрій", "2 акти")
	areatest.Lacks(t, s.Page("/acts?level=local"), "Про житлові субсидії")
}

// What is no act, edition or part, or is written in another way, is not there; nothing that was asked for makes another page of it.
func TestWhatIsNotThere(t *testing.T) {
	s := webtest.New(t)
	for _, path := range []string{
		"/acts/1", "/acts/" + strings.ToUpper(subsidy[6:]), "/acts/00000000-0000-7000-8000-0000000000ff", subsidy + "/parts/1", subsidy + "/parts/0", subsidy + "/parts/3", subsidy + "/parts/02",
		subsidy + "/parts/99999999999999999999", subsidy + "/editions/2024-02-30", subsidy + "/editions/2000-01-01", subsidy + "/editions/1995-10-21/parts/2", decision + "/parts/2",
		"/acts/1/editions", "/acts/1/services", "/acts/00000000-0000-7000-8000-0000000000ff/services",
	} {
		if w := s.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	for _, page := range []string{"-1", "x", "99999999999999999999"} {
		areatest.Contains(t, s.Page("/acts?page="+page), "Про благоустрій")
	}
	areatest.Contains(t, s.Page("/acts?level=<b>"), "2 акти")
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
