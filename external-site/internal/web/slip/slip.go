// Package slip is a number with the secret code that belongs to it, as a browser carries both from page to page in a cookie
// that no script can read and no other site's request carries. It may import internal/tracking and shared.
package slip

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/tracking"
	"portal.example/shared/seal"
	"portal.example/shared/web"
)

// Session is the cookie that finds the session of an account. It goes to every page and opens nothing.
var Session = web.Cookie{Name: "cabinet"}

// Slip is what a receipt, or the slip of a counter, has on it.
type Slip struct {
	Number tracking.Number
	Code   seal.Code
}

// Place is a cookie that holds a slip, and for how long.
type Place struct {
	cookie web.Cookie
	life   time.Duration
}

// The slips that a browser may hold: the one that the tracking pages show, and one that is about to be saved in the
// cabinet. Each goes to the pages that need it and no further.
var (
	Tracked = Place{web.Cookie{Name: "track", Path: "/track", Strict: true}, 2 * time.Hour}
	ToKeep  = Place{web.Cookie{Name: "keep", Path: "/cabinet", Strict: true}, time.Hour}
)

// Put gives the browser the slip.
func (p Place) Put(site *web.Site, c *gin.Context, s Slip) error {
	raw, err := json.Marshal([2]string{s.Number.String(), s.Code.Reveal()})
	if err != nil {
		return err
	}
	site.SetCookie(c, p.cookie, base64.RawURLEncoding.EncodeToString(raw), p.life)
	return nil
}

// Of is the slip that the browser holds; false when it holds none.
func (p Place) Of(site *web.Site, c *gin.Context) (Slip, bool) {
	var parts [2]string
	raw, err := base64.RawURLEncoding.DecodeString(site.Cookie(c, p.cookie))
	if err != nil || json.Unmarshal(raw, &parts) != nil {
		return Slip{}, false
	}
	number, ok := tracking.ParseNumber(parts[0])
	code, err := seal.ParseCode(parts[1])
	return Slip{number, code}, ok && err == nil
}

// Drop makes the browser forget the slip.
func (p Place) Drop(site *web.Site, c *gin.Context) { site.DropCookie(c, p.cookie) }
