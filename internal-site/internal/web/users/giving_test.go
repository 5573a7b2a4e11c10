package users_test

import (
	"net/http"
	"net/url"
	"testing"

	"portal.example/internal-site/internal/web/webtest"

	"portal.example/internal-site/internal/access"
	"portal.example/shared/locale"
)

// A group counts in places of one kind: a place of the other kind is not silently left aside.
func TestAPlaceThatDoesNotCountIsRefused(t *testing.T) {
	p := &people{account: clerk(), groups: []access.Group{archive()}}
	w := p.admin(t).Post(page+"/grant", url.Values{"group": {"archive"}, "centre": {centre.String()}, "authority": {authority.String()}})
	webtest.Shows(t, w, http.StatusUnprocessableEntity, "Ця група тут не діє")
	if len(p.given) != 0 {
		t.Errorf("given %+v", p.given)
	}
}

// A group of the region takes no place, and one that is not offered cannot be chosen.
func TestGroupOfTheRegion(t *testing.T) {
	reader := access.Group{Code: "reader", Name: locale.Text{UK: "Читач"}, Place: access.Region}
	p := &people{account: clerk(), groups: []access.Group{reader}}
	form := p.admin(t).Get(page)
	webtest.Shows(t, form, http.StatusOK, "Читач")
	webtest.Lacks(t, form, `id="centre"`, `id="authority"`)
	leads(t, p.admin(t).Post(page+"/grant", url.Values{"group": {"reader"}}), page)
	if len(p.given) != 1 || p.given[0].Place != access.InRegion() {
		t.Errorf("given %+v", p.given)
	}
	webtest.Shows(t, p.admin(t).Post(page+"/grant", url.Values{"group": {"officer"}}), http.StatusUnprocessableEntity, `href="#group"`)
}
