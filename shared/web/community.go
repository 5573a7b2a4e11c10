package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/shared/ukr"
)

const (
	communityKey    = "web.community"
	communityCookie = "community"
)

// ByCommunity is the step before a page that depends on the community which the reader has chosen.
func ByCommunity(c *gin.Context) {
	cookie, err := c.Request.Cookie(communityCookie)
	if err != nil {
		return
	}
	if code, err := ukr.ParseKATOTTG(cookie.Value); err == nil && string(code) == cookie.Value {
		c.Set(communityKey, cookie.Value)
	}
}

// Community is the code of КАТОТТГ of the community that the reader has chosen: "" when there is none, and on pages that do
// not follow it (ByCommunity). Whether there is such a community is for the page to find out.
func Community(c *gin.Context) string { return c.GetString(communityKey) }

// RememberCommunity lets the browser remember a community for a year, or forget it when code is empty. The cookie holds the
// code, which thousands share, and nothing else.
func (s *Site) RememberCommunity(c *gin.Context, code string) {
	age := 365 * 24 * 3600
	if code == "" {
		age = -1
	}
	http.SetCookie(c.Writer, &http.Cookie{ // #nosec G124 -- Secure follows how browsers reach the site
		Name: communityCookie, Value: code, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: s.opts.TLS, SameSite: http.SameSiteLaxMode,
	})
}
