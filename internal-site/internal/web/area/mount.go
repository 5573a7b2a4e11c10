package area

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/session"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Entry is one line of the map of routes.
type Entry struct {
	Area, Module string
	Method, Path string
	Right        Right
	handler      web.Handler
}

// Map lists the routes of areas by path and method, and says what is wrong with them: a route without a right, one
// that exists twice, an area without a name or files.
func Map(site *web.Site, areas []Area) ([]Entry, error) {
	var entries []Entry
	var wrong []error
	seen := map[string]bool{}
	for _, a := range areas {
		if _, known := contract.ModuleNamed(a.Module); a.Module != "" && !known {
			wrong = append(wrong, fmt.Errorf("area %s: there is no module %q", a.Name, a.Module))
		}
		if a.Name == "" || a.Files == nil || seen[a.Name] {
			wrong = append(wrong, fmt.Errorf("area %q: it needs files and a name of its own", a.Name))
		}
		seen[a.Name] = true
		if a.Routes == nil {
			continue
		}
		for _, r := range a.Routes(site) {
			path := a.Path + r.path
			wrong = append(wrong, r.check(path))
			if name := r.method + " " + path; seen[name] {
				wrong = append(wrong, fmt.Errorf("%s exists twice", name))
			} else {
				seen[name] = true
			}
			entries = append(entries, Entry{a.Name, a.Module, r.method, path, r.right, r.handler})
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return entries, errors.Join(wrong...)
}

// Mount adds the routes of areas to site, each behind its right. signedIn is the step that lets only people pass who
// have signed in; switches says which modules are on; readings keeps who looked at what, and may be nil.
func Mount(site *web.Site, areas []Area, signedIn gin.HandlerFunc, switches Switches, readings *Readings) error {
	entries, err := Map(site, areas)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var steps []gin.HandlerFunc
		if !e.Right.Public() {
			steps = append(steps, signedIn)
		}
		if e.Method == http.MethodPost {
			steps = append(steps, showOnly)
		}
		steps = append(steps, site.Middleware(e.switchedOn(switches)))
		if !e.Right.Public() {
			steps = append(steps, site.Middleware(e.Right.ask))
		}
		if record := e.readings(readings); record != nil {
			steps = append(steps, site.Middleware(record))
		}
		steps = append(steps, site.Handle(e.handler))
		site.Engine().Handle(e.Method, e.Path, steps...)
		if e.Method == http.MethodGet {
			site.Engine().HEAD(e.Path, steps...)
		}
	}
	return nil
}

// showOnly lets every form of the site be sent to be seen in another language and no more: whatever its handler does to the
// database is undone, and files are read past.
func showOnly(c *gin.Context) {
	web.Resends(c)
	if web.ShowOnly(c) {
		c.Request = c.Request.WithContext(fault.Rehearse(c.Request.Context()))
	}
}

// ask refuses whoever lacks the right. Whoever may do its actions nowhere is refused before the object is looked for,
// so that nothing can be learnt about it.
func (r Right) ask(c *gin.Context) error {
	if r.Everybody() {
		return nil
	}
	actor := session.Actor(c)
	may := func(a access.Action) bool { return access.MayEver(actor, a) }
	if !slices.ContainsFunc(r.actions, may) {
		return fault.New(fault.Forbidden, "")
	}
	if r.who != over {
		return nil
	}
	object, err := r.object.Of(c)
	if err != nil {
		return err
	}
	c.Set(objectKey, object)
	if r.see != "" && !access.Can(actor, r.see, object) {
		return fault.New(fault.NotFound, "")
	}
	may = func(a access.Action) bool { return access.Can(actor, a, object) }
	if !slices.ContainsFunc(r.actions, may) {
		return fault.New(fault.Forbidden, "")
	}
	return nil
}

// inRow is how many links one row of the navigation holds at a width of 1,280 px.
const inRow = 11

// Navigation is the links of the areas that the actor may ever enter, for the page at path. Where they are more than a row holds, those
// that are seldom needed are marked for the menu at its end.
func Navigation(areas []Area, actor access.Actor, path string) []ui.NavItem {
	shown := slices.DeleteFunc(InOrder(areas), func(a Area) bool {
		return a.Nav == nil || !a.Nav.shows(actor)
	})
	var items []ui.NavItem
	for _, a := range shown {
		href := cmp.Or(a.Path, "/")
		items = append(items, ui.NavItem{
			Href: href, Key: "nav." + a.Name, Current: path == href, Press: a.Nav.Press,
			InMenu: a.Nav.Seldom && len(shown) > inRow,
			Active: a.Path != "" && strings.HasPrefix(path, a.Path+"/"),
		})
	}
	return items
}

func (n Nav) shows(actor access.Actor) bool {
	may := func(a access.Action) bool { return access.MayEver(actor, a) }
	return n.Needs == "" || may(n.Needs) || slices.ContainsFunc(n.Or, may)
}

// InOrder lists the areas in the order of the navigation; those that are not in it come last.
func InOrder(areas []Area) []Area {
	place := func(a Area) int {
		if a.Nav == nil {
			return math.MaxInt
		}
		return a.Nav.Order
	}
	return slices.SortedStableFunc(slices.Values(areas), func(a, b Area) int { return cmp.Compare(place(a), place(b)) })
}

// Keeps returns the question whether a form sent to path belongs to an area that keeps what was typed.
func Keeps(areas []Area) func(path string) bool {
	var patterns []string
	for _, a := range areas {
		if !a.KeepsText || a.Routes == nil {
			continue
		}
		for _, r := range a.Routes(nil) {
			if r.method == http.MethodPost {
				patterns = append(patterns, a.Path+r.path)
			}
		}
	}
	return func(path string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, path) })
	}
}

// matches says whether path is one of those that the pattern of a route stands for.
func matches(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, have, func(w, h string) bool {
		return w == h || (strings.HasPrefix(w, ":") && h != "")
	})
}

// CountNews fills in the numbers beside the links. A number that cannot be had is left out: the page it stands on is worth more.
func CountNews(ctx context.Context, areas []Area, actor access.Actor, items []ui.NavItem) []ui.NavItem {
	for i := range items {
		at := slices.IndexFunc(areas, func(a Area) bool { return "nav."+a.Name == items[i].Key })
		if at < 0 || areas[at].Nav.Count == nil {
			continue
		}
		if n, err := areas[at].Nav.Count(ctx, actor); err == nil {
			items[i].Count = n
		}
	}
	return items
}
