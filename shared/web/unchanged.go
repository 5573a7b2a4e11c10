package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
)

// mayKeepKey marks a request whose page the reader's browser may keep.
const mayKeepKey = "web.may_keep"

// MayKeep says that the page of this request is everybody's: the browser may keep it, and asks each time whether it has
// changed. On a slow line that saves the page, and never shows an old one. Whoever the page knows anything of but the
// language gets it afresh: a page that takes or sets another cookie is not kept.
func MayKeep(c *gin.Context) { c.Set(mayKeepKey, true) }

// clocks are the parts of a page that differ from one second to the next and say nothing new: the moment when the inside
// was last heard of, beside its words, and the moment on a printed sheet.
var clocks = regexp.MustCompile(`<time datetime="[^"]*" title="[^"]*">|<p class="portal-printed[^>]*>[^<]*</p>`)

// unchanged names the version of the page by what it says, and answers 304 where the browser has that version.
func unchanged(c *gin.Context, status int, body []byte) bool {
	if !c.GetBool(mayKeepKey) || status != http.StatusOK || !IsAnonymous(c) {
		return false
	}
	return sameVersion(c, Version(body))
}

// Version names what a page, or a part of one, says, whenever it says it.
func Version(body []byte) string {
	sum := sha256.Sum256(clocks.ReplaceAll(body, nil))
	return hex.EncodeToString(sum[:16])
}

// sameVersion says which version of the page this is, and answers 304 where the browser has that version.
func sameVersion(c *gin.Context, tag string) bool {
	tag = `"` + tag + `"`
	h := c.Writer.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", "W/"+tag) // of the page, however it is compressed
	h.Add("Vary", "Accept-Encoding")
	for known := range strings.SplitSeq(c.GetHeader("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(known), "W/") == tag {
			c.Status(http.StatusNotModified)
			c.Writer.WriteHeaderNow()
			return true
		}
	}
	return false
}

// IsAnonymous says whether the request and its answer tell nothing of the reader but the language and the community.
func IsAnonymous(c *gin.Context) bool {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead || len(c.Writer.Header().Values("Set-Cookie")) > 0 {
		return false
	}
	for _, cookie := range c.Request.Cookies() {
		if cookie.Name != languageCookie && cookie.Name != communityCookie {
			return false
		}
	}
	return true
}
