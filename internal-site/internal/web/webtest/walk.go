package webtest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/area"
	"portal.example/shared/ui/uitest"
)

// Walk tries every route of the site as a stranger, as somebody without a role and in every role of both halves of
// the region, and holds the answers against the rights of the routes. path puts ids for the parameters of a route's
// path; objects says where the objects that those ids stand for belong, by their names in the rights. Before that it sends
// every form to be seen and no more, which must change nothing. Every page that opens is read in English too.
func Walk(t *testing.T, s *Site, path func(pattern string) string, objects map[string]access.Object) {
	t.Helper()
	entries, err := area.Map(nil, s.Areas)
	if err != nil || len(entries) == 0 {
		t.Fatalf("%d routes, %v", len(entries), err)
	}
	all := s.everybody()
	s.showsOnly(t, entries, path, all)
	for _, e := range entries {
		address, right := path(e.Path), e.Right
		if strings.Contains(address, "/:") {
			t.Errorf("%s %s: no id for a parameter", e.Method, e.Path)
			continue
		}
		object, known := objects[right.Object()]
		if right.Object() != "" && right.Object() != area.Region.Name && !known {
			t.Errorf("%s %s: nobody says where %q belongs", e.Method, e.Path, right.Object())
			continue
		}
		if got := s.Stranger().send(e.Method, address); !right.Public() && got != http.StatusSeeOther && got != http.StatusUnauthorized {
			t.Errorf("%s %s answers a stranger with %d", e.Method, e.Path, got)
		}
		for who, actor := range all {
			got, want := s.As(actor).send(e.Method, address), expected(actor, right, object)
			refused := got == http.StatusForbidden || (right.See() != "" && got == http.StatusNotFound)
			if got >= http.StatusInternalServerError || (want != 0 && got != want) || (want == 0 && refused) {
				t.Errorf("%s %s as %s: %d, want %d (0: let in)", e.Method, e.Path, who, got, want)
			}
			if e.Method == http.MethodGet && got == http.StatusOK {
				english(t, s.As(actor).Get(inEnglish(address)), e.Path+" as "+who)
			}
		}
	}
}

func inEnglish(address string) string {
	if strings.Contains(address, "?") {
		return address + "&lang=en"
	}
	return address + "?lang=en"
}

// english holds that on an English page all that is Ukrainian is marked as such.
func english(t *testing.T, page *httptest.ResponseRecorder, what string) {
	t.Helper()
	if !strings.HasPrefix(page.Header().Get("Content-Type"), "text/html") {
		return
	}
	if page.Header().Get("Content-Language") != "en" {
		t.Errorf("%s is not to be had in English", what)
	}
	for _, problem := range uitest.Unmarked(page.Body.String()) {
		t.Errorf("%s in English: %s", what, problem)
	}
}

// expected is the status with which the actor is refused, 0 when they are let in.
func expected(actor access.Actor, r area.Right, object access.Object) int {
	ever := func(a access.Action) bool { return access.MayEver(actor, a) }
	can := func(a access.Action) bool { return access.Can(actor, a, object) }
	switch {
	case r.Everybody():
		return 0
	case !slices.ContainsFunc(r.Actions(), ever):
		return http.StatusForbidden
	case r.Object() == "":
		return 0
	case r.See() != "" && !access.Can(actor, r.See(), object):
		return http.StatusNotFound
	case !slices.ContainsFunc(r.Actions(), can):
		return http.StatusForbidden
	}
	return 0
}

func (c Client) send(method, path string) int {
	if method == http.MethodGet {
		return c.Get(path).Code
	}
	return c.Post(path, url.Values{}).Code
}

func (s *Site) everybody() map[string]access.Actor {
	all := map[string]access.Actor{"nobody in particular": s.AddUser("roleless" + uuid.NewString()[:8])}
	for _, role := range access.StandardGroups {
		all[string(role)] = s.Users[role]
		all["other "+string(role)] = s.OtherUsers[role]
	}
	return all
}
