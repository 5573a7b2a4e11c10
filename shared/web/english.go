package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/shared/locale"
)

// EnglishPrefix stands before the address of a page that has an address of its own in English. Such a page is in English for
// everybody who follows a link to it, and remembers nothing; pages without one are English by the cookie.
const EnglishPrefix = "/en"

const prefixKey = "web.english"

// English is the step before the handlers of a page below EnglishPrefix.
func English(c *gin.Context) {
	if wanted, chosen := locale.Parse(c.Query(languageCookie)); chosen && wanted != locale.EN {
		to := url.URL{Path: Path(c), RawQuery: c.Request.URL.RawQuery}
		c.Redirect(http.StatusSeeOther, to.String())
		c.Abort()
		return
	}
	c.Set(prefixKey, true)
	c.Set(languageKey, locale.EN)
	c.Header("Content-Language", string(locale.EN))
}

// Path is the path of the request without EnglishPrefix.
func Path(c *gin.Context) string {
	if path, ok := cutEnglish(c.Request.URL.Path); ok && !strings.HasPrefix(path, "//") {
		return path
	}
	return c.Request.URL.Path
}

func cutEnglish(path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, EnglishPrefix)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	if rest == "" {
		rest = "/"
	}
	return rest, true
}

// Canonical is the address of a page that has an English one too, in the language of the request. base is the address of the site
// without a trailing slash, at the page's path with its query.
func Canonical(c *gin.Context, base, at string) string {
	if Lang(c) != locale.EN {
		return base + at
	}
	return base + InEnglish(at)
}

// InEnglish is the address of the English page to one in Ukrainian: "/services" → "/en/services", "/" → "/en".
func InEnglish(at string) string {
	path, query, asked := strings.Cut(at, "?")
	path = EnglishPrefix + strings.TrimSuffix(path, "/")
	if asked {
		path += "?" + query
	}
	return path
}

// IsEnglish says whether an address is below EnglishPrefix.
func IsEnglish(at string) bool {
	path, _, _ := strings.Cut(at, "?")
	_, ok := cutEnglish(path)
	return ok
}

// InUkrainian is the address of the Ukrainian page to one below EnglishPrefix.
func InUkrainian(at string) string {
	path, query, asked := strings.Cut(at, "?")
	path, _ = cutEnglish(path)
	if asked {
		path += "?" + query
	}
	return path
}

// InLanguage is the address of a page of the site for whoever is on a page below EnglishPrefix, or not: there it is the English
// one, if the page has one.
func (s *Site) InLanguage(c *gin.Context, at string) string {
	path, _, _ := strings.Cut(at, "?")
	if c.GetBool(prefixKey) && s.HasEnglish(path) {
		return InEnglish(at)
	}
	return at
}

// hasEnglish says whether the page of the request has an address in English.
func (s *Site) hasEnglish(c *gin.Context) bool {
	return c.GetBool(prefixKey) || c.FullPath() != "" && s.hasPage(strings.TrimSuffix(EnglishPrefix+c.FullPath(), "/"))
}

// HasEnglish says whether the page at a path of the site has an address in English.
func (s *Site) HasEnglish(path string) bool {
	s.patterns()
	parts := strings.Split(path, "/")
	return slices.ContainsFunc(s.english, func(pattern []string) bool { return matches(pattern, parts) })
}

// notPages begin addresses that say the same in every language.
var notPages = []string{"//", "/assets/", "/api/", "/documents/", "/feed.atom", "/manifest.webmanifest", "/apple-touch-icon", "/icon", "/favicon"}

var link = regexp.MustCompile(` (?:href|action|data-portal-suggest)="(/[^"]*)"`)

// keepEnglish leads the links and forms of a page below EnglishPrefix to pages below it. An address that is not there leads on to the
// page in English (noRoute). Links that name a language are left.
func keepEnglish(page []byte) []byte {
	return link.ReplaceAllFunc(page, func(found []byte) []byte {
		attribute, at, _ := strings.Cut(strings.TrimSuffix(string(found), `"`), `"`)
		return []byte(attribute + `"` + englishLink(at) + `"`)
	})
}

func englishLink(at string) string {
	if _, already := cutEnglish(at); already || strings.Contains(at, languageCookie+"=") {
		return at
	}
	if slices.ContainsFunc(notPages, func(prefix string) bool { return strings.HasPrefix(at, prefix) }) {
		return at
	}
	if rest := at[1:]; rest == "" || rest[0] == '#' || rest[0] == '?' {
		return EnglishPrefix + rest
	}
	return EnglishPrefix + at
}
