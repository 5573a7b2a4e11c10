// Package area says what an area of public pages is: a value with its links, its files, what search engines may read of
// it, and its routes. The site is a list of such values.
//
// It knows no domain; it may import internal/replica, gin and shared.
package area

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/replica"
	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/ui"
	"portal.example/shared/web"
)

// Area is a set of pages that belong together. Name and Files are required.
type Area struct {
	// Name is the folder of the area; its templates are named "Name/page".
	Name string
	// Path stands before the paths of its routes; "" for an area at the root.
	Path string
	// Modules are those, named in shared/contract, that the area belongs to: while all of them are switched off, it has no
	// routes, no link and no place in the site map. None means that it is always there.
	Modules []string
	// Nav are its links of the navigation, and Footer those below every page.
	Nav, Footer []Link
	// Files holds the area's templates and words.
	Files fs.FS
	// Words are the catalogues of the domains whose messages its pages show.
	Words []fs.FS
	// Personal says that the pages are about one person: no cache keeps them and search engines are kept out.
	Personal bool
	// Hidden are addresses beside those that search engines are kept from, as robots.txt writes them.
	Hidden []string
	// Programs are addresses that programs ask, and all below one that ends with a slash: they are told of errors in JSON.
	Programs []string
	// Sitemap lists the addresses that search engines should know.
	Sitemap func(ctx context.Context, v replica.View) ([]Place, error)
	// Routes lists the pages. It only binds handlers to site and asks nothing of it, so that the map of routes can be
	// read without a site.
	Routes func(site *web.Site) []Route
}

// Place is a page of the site map.
type Place struct {
	Path    string
	Changed time.Time // when what it shows was last changed; zero where nobody knows
}

// Places are pages of which nobody knows when they changed.
func Places(paths ...string) []Place {
	list := make([]Place, len(paths))
	for i, path := range paths {
		list[i].Path = path
	}
	return list
}

// Link leads to a page of the area; its words are under Key.
type Link struct {
	Order     int
	Href, Key string
	// Also are other addresses below which a reader is in the same section of the site.
	Also []string
}

// Route is one page or the target of one form; everybody may enter. Make it with GET or POST.
type Route struct {
	method, path string
	handler      web.Handler
	shared       bool
	english      bool
	steps        []gin.HandlerFunc
}

// GET is a page; path is relative to the area's.
func GET(path string, h web.Handler) Route {
	return Route{method: http.MethodGet, path: path, handler: h}
}

// Shared is a page that says the same to everybody who sends no cookie of the site but the language and, where it follows
// that, the community (web.ByCommunity), and that is made of nothing but the replica, the region, the switches and the clock (see internal/kept): it may be kept whole and sent again. It has an
// address in English as well (web.EnglishPrefix).
func Shared(path string, h web.Handler) Route {
	return Route{method: http.MethodGet, path: path, handler: h, shared: true}
}

// InEnglish gives the route an address in English (web.EnglishPrefix), as what is Shared has by itself.
func (r Route) InEnglish() Route {
	r.english = true
	return r
}

// With puts steps before the handler. They run for a page that is sent as it was kept, too, so the headers that such a page
// needs are theirs to set.
func (r Route) With(steps ...gin.HandlerFunc) Route {
	r.steps = append(r.steps[:len(r.steps):len(r.steps)], steps...)
	return r
}

// POST is the target of a form; path is relative to the area's.
func POST(path string, h web.Handler) Route {
	return Route{method: http.MethodPost, path: path, handler: h}
}

// Entry is one line of the map of routes.
type Entry struct {
	Area         Area
	Method, Path string
	Shared       bool
	English      bool // it has an address in English
	handler      web.Handler
	steps        []gin.HandlerFunc
}

// Map lists the routes of areas by path and method, and says what is wrong with them.
func Map(site *web.Site, areas []Area) ([]Entry, error) {
	var entries []Entry
	var wrong []error
	seen := map[string]bool{}
	for _, a := range areas {
		for _, m := range a.Modules {
			if _, known := contract.ModuleNamed(m); !known {
				wrong = append(wrong, fmt.Errorf("area %s: there is no module %q", a.Name, m))
			}
		}
		if a.Name == "" || a.Files == nil || seen[a.Name] {
			wrong = append(wrong, fmt.Errorf("area %q: it needs files and a name of its own", a.Name))
		}
		seen[a.Name] = true
		for _, r := range a.Routes(site) {
			path := a.Path + r.path
			name := r.method + " " + path
			switch {
			case r.handler == nil:
				wrong = append(wrong, fmt.Errorf("%s has no handler", name))
			case !strings.HasPrefix(path, "/"):
				wrong = append(wrong, fmt.Errorf("%s: the path does not begin with a slash", name))
			case seen[name]:
				wrong = append(wrong, fmt.Errorf("%s exists twice", name))
			}
			seen[name] = true
			if r.shared && a.Personal {
				wrong = append(wrong, fmt.Errorf("%s: a page about one person is not everybody's", name))
			}
			entries = append(entries, Entry{a, r.method, path, r.shared, r.shared || r.english, r.handler, r.steps})
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return entries, errors.Join(wrong...)
}

// Mount adds the routes of areas to site; switches says which modules are on, and keep is the step before pages that are
// Shared.
func Mount(site *web.Site, areas []Area, switches Switches, keep gin.HandlerFunc) error {
	entries, err := Map(site, areas)
	if err != nil {
		return err
	}
	for _, e := range entries {
		var steps []gin.HandlerFunc
		if e.Area.Personal {
			steps = append(steps, neverKept)
		} else {
			steps = append(steps, web.MayKeep)
		}
		if len(e.Area.Modules) > 0 {
			steps = append(steps, site.Middleware(e.Area.switchedOn(switches)))
		}
		steps = append(steps, e.steps...)
		if e.Shared {
			steps = append(steps, keep)
		}
		steps = append(steps, site.Handle(e.handler))
		serve(site, e.Method, e.Path, steps)
		if e.English {
			serve(site, e.Method, web.InEnglish(e.Path), append([]gin.HandlerFunc{web.English}, steps...))
		}
	}
	return nil
}

func serve(site *web.Site, method, path string, steps []gin.HandlerFunc) {
	site.Engine().Handle(method, path, steps...)
	if method == http.MethodGet {
		site.Engine().HEAD(path, steps...)
	}
}

func neverKept(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// Navigation is the links of the areas for the page at path.
func Navigation(areas []Area, path string) []ui.NavItem {
	items, all := links(areas, func(a Area) []Link { return a.Nav })
	for i, l := range all {
		items[i].Current = path == l.Href
		items[i].Active = slices.ContainsFunc(append([]string{l.Href}, l.Also...), func(section string) bool {
			return strings.HasPrefix(path, section+"/")
		})
	}
	return items
}

// Footer is the links below every page.
func Footer(areas []Area) []ui.NavItem {
	items, _ := links(areas, func(a Area) []Link { return a.Footer })
	return items
}

func links(areas []Area, of func(Area) []Link) (items []ui.NavItem, all []Link) {
	for _, a := range areas {
		all = append(all, of(a)...)
	}
	slices.SortStableFunc(all, func(a, b Link) int { return cmp.Compare(a.Order, b.Order) })
	items = make([]ui.NavItem, len(all))
	for i, l := range all {
		items[i] = ui.NavItem{Href: l.Href, Key: l.Key}
	}
	return items, all
}

// Robots lists the addresses that search engines are kept from.
func Robots(areas []Area) []string {
	var hidden []string
	for _, a := range areas {
		if a.Personal {
			static, _, _ := strings.Cut(a.Path, ":")
			hidden = append(hidden, static)
		}
		hidden = append(hidden, a.Hidden...)
	}
	slices.Sort(hidden)
	return hidden
}

// ForPrograms says whether programs ask the address.
func ForPrograms(areas []Area, path string) bool {
	return slices.ContainsFunc(areas, func(a Area) bool {
		return slices.ContainsFunc(a.Programs, func(at string) bool {
			return path == at || strings.HasSuffix(at, "/") && strings.HasPrefix(path, at)
		})
	})
}

// Sitemap lists the addresses that search engines should know.
func Sitemap(ctx context.Context, areas []Area, v replica.View) ([]Place, error) {
	var paths []Place
	for _, a := range areas {
		if a.Sitemap == nil {
			continue
		}
		more, err := a.Sitemap(ctx, v)
		if err != nil {
			return nil, err
		}
		paths = append(paths, more...)
	}
	return paths, nil
}

// Joined answers an address in which a code was typed as cards print it, with its slash («01-01/01»), and leads to the
// page of that code below path. It belongs to the route path + ":code/:rest".
func Joined(path string) web.Handler {
	return func(c *gin.Context) error {
		if c.Param("code") == "" || c.Param("rest") == "" {
			return fault.New(fault.NotFound, "")
		}
		at := path
		if web.IsEnglish(c.Request.URL.Path) {
			at = web.EnglishPrefix + path
		}
		to := url.URL{Path: at + c.Param("code") + "~" + c.Param("rest"), RawQuery: c.Request.URL.RawQuery}
		c.Redirect(http.StatusMovedPermanently, to.String())
		return nil
	}
}

// Always is the site map of an area whose pages do not depend on data.
func Always(paths ...string) func(context.Context, replica.View) ([]Place, error) {
	return func(context.Context, replica.View) ([]Place, error) { return Places(paths...), nil }
}
