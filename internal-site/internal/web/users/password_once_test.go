package users_test

import (
	"net/http"
	"strings"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// A password is shown in the answer to the form that made it, which no browser may keep; its page has no address.
func TestPasswordIsShownOnce(t *testing.T) {
	p := &people{account: clerk(), made: access.OneTime{UserID: clerk().ID, FullName: "Коваль Олена", Login: "o.koval", Password: "abcd-efgh"}}
	w := p.admin(t).Post(page+"/password", nil)
	webtest.Shows(t, w, http.StatusOK, "abcd-efgh", "o.koval", "показано один раз", `href="`+page+`"`)
	if cache := w.Header().Get("Cache-Control"); !strings.Contains(cache, "no-store") {
		t.Errorf("Cache-Control: %q", cache)
	}
	webtest.Lacks(t, p.admin(t).Get(page), "abcd-efgh")
}

// Whoever confirms as a keeper of groups may not open accounts and gets no link to this one.
func TestPasswordForWhoeverSeesNoAccounts(t *testing.T) {
	keeper := webtest.Member(access.PortalAdministrator, access.InRegion())
	delete(keeper.Rights, access.ViewUsers)
	delete(keeper.Rights, access.ManageUsers)
	p := &people{made: access.OneTime{UserID: clerk().ID, FullName: "Коваль Олена", Password: "abcd-efgh"}}
	w := webtest.Alone(t, keeper, p.area()).Post("/users/proposals/"+clerk().ID.String()+"/confirm", nil)
	webtest.Shows(t, w, http.StatusOK, "abcd-efgh")
	webtest.Lacks(t, w, `href="`+page+`"`)
}
