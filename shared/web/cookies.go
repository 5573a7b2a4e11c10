package web

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	sessionCookie = "session"
)

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

// cookieName adds the prefix that makes browsers refuse the cookie from anywhere but this very host.
func (s *Site) cookieName(name string) string {
	if s.opts.TLS {
		return "__Host-" + name
	}
	return name
}

// SetCookie sets a cookie that no script can read and no other site's request carries. A maxAge of zero
// lasts until the browser is closed; a negative one deletes the cookie.
func (s *Site) SetCookie(c *gin.Context, name, value string, maxAge time.Duration) {
	s.setCookie(c, name, value, maxAge, http.SameSiteLaxMode)
}

// SetStrictCookie is SetCookie for a secret that no link from another site may carry either.
func (s *Site) SetStrictCookie(c *gin.Context, name, value string, maxAge time.Duration) {
	s.setCookie(c, name, value, maxAge, http.SameSiteStrictMode)
}

func (s *Site) setCookie(c *gin.Context, name, value string, maxAge time.Duration, site http.SameSite) {
	seconds := int(maxAge / time.Second)
	if maxAge < 0 {
		seconds = -1
	}
	http.SetCookie(c.Writer, &http.Cookie{ // #nosec G124 -- Secure follows how browsers reach the site
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.opts.TLS, SameSite: site,
	})
}

// Cookie returns the value of a cookie, "" when there is none.
func (s *Site) Cookie(c *gin.Context, name string) string {
	cookie, err := c.Request.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// StartSession gives the browser the token of a session; the site stores HashToken(token).
func (s *Site) StartSession(c *gin.Context, token string, maxAge time.Duration) {
	s.SetCookie(c, sessionCookie, token, maxAge)
}

// SessionToken is the token the browser sent, "" when it has none.
func (s *Site) SessionToken(c *gin.Context) string { return s.Cookie(c, sessionCookie) }

// EndSession makes the browser forget the token; the site deletes the session itself.
func (s *Site) EndSession(c *gin.Context) { s.SetCookie(c, sessionCookie, "", -1) }
