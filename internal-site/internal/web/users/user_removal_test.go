package users_test

import (
	"net/url"
	"testing"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Nobody takes something off their own account here, nor what is not there: whatever the address, the page of the account answers.
func TestWhatCannotBeTakenOff(t *testing.T) {
	for _, at := range []string{"/provider", "/factors", "/factors/" + lost.ID.String()} {
		p := &people{account: clerk()}
		leads(t, p.admin(t).Get(page+at), page)
		own := webtest.Member(access.PortalAdministrator, access.InRegion())
		own.UserID = p.account.ID
		p.elsewhere, p.account.Factors = true, 2
		c := webtest.Alone(t, own, p.area())
		leads(t, c.Get(page+at), page)
		leads(t, c.Post(page+at, url.Values{"reason": {"загублено"}}), page)
		p.asked(t)
	}
}
