package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

const (
	languageKey    = "web.language"
	languageCookie = "lang"
)

// language finds the reader's language: ?lang=, which is remembered, else the cookie, else the browser's
// wish, else Ukrainian.
func (s *Site) language(c *gin.Context) {
	lang, chosen := locale.Parse(c.Query(languageCookie))
	if chosen {
		s.rememberLanguage(c, lang, 365*24*3600)
	} else if cookie, err := c.Request.Cookie(languageCookie); err == nil {
		lang, chosen = locale.Parse(cookie.Value)
	}
	if !chosen {
		lang = locale.Accept(c.GetHeader("Accept-Language"))
	}
	c.Set(languageKey, lang)
	c.Header("Content-Language", string(lang))
	c.Writer.Header().Add("Vary", "Cookie, Accept-Language")
}

// rememberLanguage lets the browser remember the language for so many seconds, with 0 until it is closed.
func (s *Site) rememberLanguage(c *gin.Context, lang locale.Lang, seconds int) {
	http.SetCookie(c.Writer, &http.Cookie{ // #nosec G124 -- Secure follows how browsers reach the site
		Name: languageCookie, Value: string(lang), Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.opts.TLS, SameSite: http.SameSiteLaxMode,
	})
}

// Lang is the reader's language.
func Lang(c *gin.Context) locale.Lang {
	if lang, ok := c.Value(languageKey).(locale.Lang); ok {
		return lang
	}
	return locale.UK
}

// languageLinks lead to the page itself in each language, keeping what else its address says.
func (s *Site) languageLinks(c *gin.Context) []ui.LanguageLink {
	names := map[locale.Lang]string{locale.UK: "Українська", locale.EN: "English"}
	here, twins := s.address(c), s.hasEnglish(c)
	links := make([]ui.LanguageLink, 0, len(locale.Langs))
	for _, lang := range locale.Langs {
		q := here.Query()
		q.Set(languageCookie, string(lang))
		q.Del(showMark)
		u := url.URL{Path: "/" + strings.TrimLeft(here.Path, "/"), RawQuery: q.Encode()} // "//host" is another site's address
		if twins {
			path := "/" + strings.TrimLeft(Path(c), "/")
			u.Path = path
			if lang == locale.EN {
				q.Del(languageCookie)
				u = url.URL{Path: InEnglish(path), RawQuery: q.Encode()}
			}
		}
		links = append(links, ui.LanguageLink{Lang: lang, Name: names[lang], Href: u.String(), Current: lang == Lang(c)})
	}
	return links
}

// address is where the page can be got again: of a form that failed, the page with the form, which may
// have another address than the form is sent to.
func (s *Site) address(c *gin.Context) *url.URL {
	if c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead || s.hasPage(c.FullPath()) {
		return c.Request.URL
	}
	from, err := url.Parse(c.Request.Referer())
	if err != nil || from.Host != c.Request.Host {
		return &url.URL{Path: "/"}
	}
	return from
}

// hasPage says whether a route can be got.
func (s *Site) hasPage(route string) bool { return s.patterns()[route] }

// isPage says whether there is something at a path of the site, judging by the routes.
func (s *Site) isPage(path string) bool {
	parts := strings.Split(path, "/")
	for route := range s.patterns() {
		if matches(strings.Split(route, "/"), parts) {
			return true
		}
	}
	return false
}

// matches says whether the parts of a path are those of a route.
func matches(route, path []string) bool {
	for i, part := range route {
		switch {
		case strings.HasPrefix(part, "*"):
			return true
		case i >= len(path), part != path[i] && (!strings.HasPrefix(part, ":") || path[i] == ""):
			return false
		}
	}
	return len(route) == len(path)
}

// patterns are the routes that can be got. They are complete when the first request comes.
func (s *Site) patterns() map[string]bool {
	s.readPages.Do(func() {
		s.pages = map[string]bool{}
		for _, r := range s.engine.Routes() {
			if r.Method == http.MethodGet {
				s.pages[r.Path] = true
				if path, ok := cutEnglish(r.Path); ok {
					s.english = append(s.english, strings.Split(path, "/"))
				}
			}
		}
	})
	return s.pages
}
