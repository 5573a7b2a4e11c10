package area_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/web/area"
	"portal.example/shared/contract"
	"portal.example/shared/web"
)

func nothing(*gin.Context) error { return nil }

// toys is an area that is right.
func toys(routes ...area.Route) area.Area {
	return area.Area{
		Name: "toys", Path: "/toys", Files: fstest.MapFS{}, Modules: []string{contract.ModuleQuestions}, Personal: true, Hidden: []string{"/play"},
		Nav:    []area.Link{{Order: 20, Href: "/toys", Key: "nav.toys"}},
		Routes: func(*web.Site) []area.Route { return routes },
	}
}

func TestMapIsSorted(t *testing.T) {
	entries, err := area.Map(nil, []area.Area{toys(area.POST("/b", nothing), area.GET("/b", nothing), area.GET("", nothing))})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Method+" "+e.Path)
	}
	if want := []string{"GET /toys", "GET /toys/b", "POST /toys/b"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A mistake in an area shows when the site starts, not when somebody comes by.
func TestMistakesInAnArea(t *testing.T) {
	broken := func(change func(*area.Area)) area.Area {
		a := toys(area.GET("", nothing))
		change(&a)
		return a
	}
	for want, list := range map[string][]area.Area{
		"no handler":         {toys(area.GET("", nil))},
		"exists twice":       {toys(area.GET("/a", nothing), area.GET("/a", nothing))},
		"does not begin":     {broken(func(a *area.Area) { a.Path = "toys" })},
		"there is no module": {broken(func(a *area.Area) { a.Modules = []string{"toy"} })},
		"needs files":        {broken(func(a *area.Area) { a.Files = nil })},
		"a name of its own":  {toys(area.GET("", nothing)), broken(func(a *area.Area) { a.Path = "/others" })},
	} {
		if _, err := area.Map(nil, list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestWhatIsOffIsNowhere(t *testing.T) {
	always := area.Area{Name: "home", Files: fstest.MapFS{}, Nav: []area.Link{{Order: 10, Href: "/", Key: "nav.home"}}}
	all := []area.Area{toys(), always}
	if items := area.Navigation(all, "/toys/bear"); len(items) != 2 || items[0].Href != "/" || !items[1].Active || items[1].Current {
		t.Errorf("navigation %+v", items)
	}
	off := contract.NewSwitches([]contract.Switch{{Module: contract.ModuleQuestions}})
	if left := area.On(all, off); len(left) != 1 || left[0].Name != "home" {
		t.Errorf("%d areas are left", len(left))
	}
	if hidden := area.Robots(all); !slices.Equal(hidden, []string{"/play", "/toys"}) {
		t.Errorf("search engines are kept from %v", hidden)
	}
}
