package area_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/cases"
	"portal.example/internal-site/internal/web/area"
	"portal.example/internal-site/internal/web/webtest"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func toy(routes ...area.Route) area.Area {
	return area.Area{
		Name: "toy", Path: "/toy", Files: fstest.MapFS{}, KeepsText: true,
		Routes: func(*web.Site) []area.Route { return routes },
	}
}

func fine(c *gin.Context) error {
	c.Status(http.StatusNoContent)
	return nil
}

func TestRoutesWithoutARightAreRefused(t *testing.T) {
	nameless := area.Object{Of: func(*gin.Context) (access.Object, error) { return access.Object{}, nil }}
	for want, routes := range map[string][]area.Route{
		"names no right":       {area.GET("/x", area.Right{}, fine)},
		"names no action":      {area.GET("/x", area.Over("", area.Region), fine)},
		"names no object":      {area.GET("/x", area.Over(cases.View, nameless), fine)},
		"has no handler":       {area.POST("/x", area.SignedIn(), nil)},
		"hides an object":      {area.GET("/x", area.Somewhere(cases.View).Private(cases.View), fine)},
		"whatever its right":   {area.GET("/x", area.SignedIn().Or(cases.View), fine)},
		"exists twice":         {area.GET("/x", area.SignedIn(), fine), area.GET("/x", area.Anyone(), fine)},
		"names no right\nGET ": {area.GET("/a", area.Right{}, fine), area.GET("/b", area.Right{}, fine)},
	} {
		if _, err := area.Map(nil, []area.Area{toy(routes...)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
	if _, err := area.Map(nil, []area.Area{toy(), toy()}); err == nil {
		t.Error("two areas of one name")
	}
}

// No handler is reached by whoever lacks the right, and what is private is not said to exist.
func TestRightsAreAskedBeforeHandlers(t *testing.T) {
	reached, looked := 0, 0
	handler := func(c *gin.Context) error {
		reached++
		return fine(c)
	}
	var s *webtest.Site
	object := area.ByID("thing", func(_ context.Context, id uuid.UUID) (access.Object, error) {
		looked++
		if id == s.Service {
			return access.Object{Own: []access.Place{access.InCentre(s.Centre), access.InAuthority(s.Authority)}}, nil
		}
		return access.Object{}, fault.New(fault.NotFound, "")
	})
	s = webtest.New(t, func(webtest.Stores) []area.Area {
		return []area.Area{toy(
			area.GET("/open", area.Anyone(), handler),
			area.GET("/:id", area.Over(cases.DecideOn, object).Private(cases.View), handler),
			area.GET("/:id/either", area.Over(cases.DecideOn, object).Or(cases.IssueResult).Private(cases.View), handler),
			area.GET("/either", area.Somewhere(cases.DecideOn).Or(cases.IssueResult), handler),
		)}
	})
	for _, tt := range []struct {
		name   string
		client webtest.Client
		path   string
		want   int
		looks  bool
	}{
		{"stranger at an open page", s.Stranger(), "/toy/open", http.StatusNoContent, false},
		{"stranger", s.Stranger(), "/toy/" + s.Service.String(), http.StatusUnauthorized, false},
		{"may nowhere", s.As(s.Users[access.Administrator]), "/toy/" + s.Service.String(), http.StatusForbidden, false},
		{"may not see it", s.As(s.OtherUsers[access.Officer]), "/toy/" + s.Service.String(), http.StatusNotFound, true},
		{"one of two", s.As(s.Users[access.Administrator]), "/toy/" + s.Service.String() + "/either", http.StatusNoContent, true},
		{"the other of two", s.As(s.Users[access.Officer]), "/toy/" + s.Service.String() + "/either", http.StatusNoContent, true},
		{"neither of two", s.As(s.Users[access.RegionalManager]), "/toy/" + s.Service.String() + "/either", http.StatusForbidden, false},
		{"one of two, of another place", s.As(s.OtherUsers[access.Administrator]), "/toy/" + s.Service.String() + "/either", http.StatusNotFound, true},
		{"one of two, somewhere", s.As(s.Users[access.Administrator]), "/toy/either", http.StatusNoContent, false},
		{"neither of two, somewhere", s.As(s.Users[access.RegionalManager]), "/toy/either", http.StatusForbidden, false},
		{"may", s.As(s.Users[access.Officer]), "/toy/" + s.Service.String(), http.StatusNoContent, true},
		{"nothing there", s.As(s.Users[access.Officer]), "/toy/" + uuid.NewString(), http.StatusNotFound, true},
		{"no id", s.As(s.Users[access.Officer]), "/toy/1", http.StatusNotFound, false},
	} {
		reached, looked = 0, 0
		w := tt.client.Get(tt.path)
		if w.Code != tt.want || (reached == 1) != (tt.want == http.StatusNoContent) || (looked == 1) != tt.looks {
			t.Errorf("%s: %d, handler %d times, object %d times", tt.name, w.Code, reached, looked)
		}
	}
}

func TestKeepsFormsOfItsOwnRoutesOnly(t *testing.T) {
	secret := toy(area.POST("/:id/secret", area.SignedIn(), fine))
	secret.Name, secret.KeepsText = "secret", false
	keeps := area.Keeps([]area.Area{toy(area.POST("/:id/edit", area.SignedIn(), fine), area.GET("/:id", area.SignedIn(), fine)), secret})
	for path, want := range map[string]bool{
		"/toy/1/edit": true, "/toy/1": false, "/toy//edit": false, "/toy/1/edit/": false, "/toy/1/secret": false, "/elsewhere/1/edit": false,
	} {
		if keeps(path) != want {
			t.Errorf("%s: %t", path, !want)
		}
	}
}

func TestNavigationShowsWhatOneMayEnter(t *testing.T) {
	first := area.Area{Name: "first", Nav: &area.Nav{Order: 1}}
	second := area.Area{Name: "second", Path: "/second", Nav: &area.Nav{Order: 2, Needs: access.ManageUsers}}
	all := []area.Area{second, {Name: "hidden"}, first}
	manager := access.Actor{Rights: access.Rights{access.ManageUsers: {All: true}}}
	items := area.Navigation(all, manager, "/second/1")
	if len(items) != 2 || items[0].Key != "nav.first" || items[0].Href != "/" || !items[1].Active || items[1].Current {
		t.Errorf("%+v", items)
	}
	second.Nav.Or = []access.Action{access.ManageGroups}
	keeper := access.Actor{Rights: access.Rights{access.ManageGroups: {All: true}}}
	if items := area.Navigation(all, keeper, "/"); len(items) != 2 {
		t.Errorf("%+v", items)
	}
	if items := area.Navigation(all, access.Actor{}, "/"); len(items) != 1 || !items[0].Current {
		t.Errorf("%+v", items)
	}
}

func TestNavigationPutsSeldomLinksInAMenuWhereTheRowIsFull(t *testing.T) {
	for n, want := range map[int]int{11: 0, 12: 2} {
		var all []area.Area
		for i := range n {
			all = append(all, area.Area{Name: fmt.Sprint("area", i), Nav: &area.Nav{Order: i, Seldom: i < 2}})
		}
		page := ui.Page{Nav: area.Navigation(all, access.Actor{}, "/")}
		if len(page.NavMenu()) != want || len(page.NavRow()) != n-want {
			t.Errorf("of %d links %d stand in the row and %d in the menu", n, len(page.NavRow()), len(page.NavMenu()))
		}
	}
}
