package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

var sessionCookie = Cookie{Name: "session"}

// NewToken makes a secret of 256 random bits for a session or a link.
func NewToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// HashToken is what the database keeps instead of a token. Tokens are random, so one round is enough.
func HashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// Cookie says what a cookie of the site is.
type Cookie struct {
	Name string
	// Path is the part of the site that gets it, as browsers write addresses; the whole site when empty. A secret goes
	// no further than the pages that need it.
	Path string
	// Strict keeps it out of requests that a link of another site begins.
	Strict bool
}

// cookieName adds the prefix that makes browsers refuse the cookie from anywhere but https; one for the whole site
// also from anywhere but this very host, which browsers promise for no narrower path.
func (s *Site) cookieName(cookie Cookie) string {
	switch {
	case !s.opts.TLS:
		return cookie.Name
	case cookie.Path == "" || cookie.Path == "/":
		return "__Host-" + cookie.Name
	}
	return "__Secure-" + cookie.Name
}

// SetCookie sets a cookie that no script can read and no other site's request carries. A maxAge of zero
// lasts until the browser is closed; a negative one deletes the cookie.
func (s *Site) SetCookie(c *gin.Context, cookie Cookie, value string, maxAge time.Duration) {
	seconds, site, path := int(maxAge/time.Second), http.SameSiteLaxMode, cookie.Path
	if maxAge < 0 {
		seconds = -1
	}
	if cookie.Strict {
		site = http.SameSiteStrictMode
	}
	if path == "" {
		path = "/"
	}
	http.SetCookie(c.Writer, &http.Cookie{ // #nosec G124 -- Secure follows how browsers reach the site
		Name: s.cookieName(cookie), Value: value, Path: path, MaxAge: seconds,
		HttpOnly: true, Secure: s.opts.TLS, SameSite: site,
	})
}

// DropCookie makes the browser forget the cookie.
func (s *Site) DropCookie(c *gin.Context, cookie Cookie) { s.SetCookie(c, cookie, "", -1) }

// Cookie returns the value of a cookie, "" when there is none.
func (s *Site) Cookie(c *gin.Context, cookie Cookie) string {
	got, err := c.Request.Cookie(s.cookieName(cookie))
	if err != nil {
		return ""
	}
	return got.Value
}

// StartSession gives the browser the token of a session; the site stores HashToken(token).
func (s *Site) StartSession(c *gin.Context, token string, maxAge time.Duration) {
	s.SetCookie(c, sessionCookie, token, maxAge)
}

// SessionToken is the token the browser sent, "" when it has none.
func (s *Site) SessionToken(c *gin.Context) string { return s.Cookie(c, sessionCookie) }
