package sending

import (
	"encoding/base64"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/account"
	"portal.example/external-site/internal/web/slip"
	"portal.example/shared/web"
)

// Who applies is filled in from the cabinet without its key leaving there, and without a script: the form keeps what was typed and leads to the cabinet
// (AskToFill); there one of those who are kept is chosen, and the form of that page goes to where the application takes it, as if it had been typed.

// FillPath is where one chooses for whom an application is made.
const FillPath = "/cabinet/applicants/pick"

// fillCookie says to the cabinet which application is to be filled in. It opens nothing.
var fillCookie = web.Cookie{Name: "fill", Path: FillPath}

// SignedIn says whether an account is open in the browser, as far as a page outside the cabinet knows.
func (w *Window) SignedIn(c *gin.Context) bool {
	return w.Accounts != nil && w.Site.Cookie(c, slip.Session) != ""
}

// AskToFill leads to where one chooses for whom the application is made; to takes what is chosen.
func (w *Window) AskToFill(c *gin.Context, to string) error {
	w.Site.SetCookie(c, fillCookie, base64.RawURLEncoding.EncodeToString([]byte(to)), askedLife)
	return web.Redirect(c, FillPath)
}

// Filled forgets for which application one was to choose.
func (w *Window) Filled(c *gin.Context) { w.Site.DropCookie(c, fillCookie) }

// fills are the addresses that take what is chosen, as the page of which step.
var fills = regexp.MustCompile(`^/apply/[^/\\]+/step/[^/\\]+/fill$`)

// ToFill is what takes the choice, and the page to go back to; false when it is not known. The cookie comes from the browser, so it counts as an address of this
// site only.
func ToFill(site *web.Site, c *gin.Context) (to, back string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(site.Cookie(c, fillCookie))
	u, parseErr := url.Parse(string(raw))
	if err != nil || parseErr != nil || u.IsAbs() || u.Host != "" || !fills.MatchString(u.Path) || path.Clean(u.Path) != u.Path {
		return "", "", false
	}
	page := *u
	page.Path = strings.TrimSuffix(u.Path, "/fill")
	return u.String(), page.String(), true
}

// Remember keeps the applicant for the account that the reader has open.
func (w *Window) Remember(c *gin.Context, a account.Applicant) error {
	session, err := account.ParseToken(w.Site.Cookie(c, slip.Session), "")
	if err != nil {
		return err
	}
	return w.Accounts.RememberApplicant(c.Request.Context(), session, a)
}
