package pages

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/shared/locale"
	"portal.example/shared/web"
)

// robots keeps search engines to the catalogue and away from what is about one person or one search.
func (h *handlers) robots(c *gin.Context) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	for _, path := range area.Robots(h.Others) {
		fmt.Fprintf(&b, "Disallow: %s\n", path)
	}
	fmt.Fprintf(&b, "\nSitemap: %s/sitemap.xml\n", h.BaseURL)
	c.String(http.StatusOK, "%s", b.String())
	return nil
}

type sitemapURL struct {
	Loc     string          `xml:"loc"`
	LastMod string          `xml:"lastmod,omitempty"`
	In      []sitemapInLang `xml:"xhtml:link"`
}

type sitemapInLang struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

type sitemapFile struct {
	XMLName xml.Name     `xml:"urlset"`
	NS      string       `xml:"xmlns,attr"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []sitemapURL `xml:"url"`
}

// maxSitemap is how many addresses a site map may hold.
const maxSitemap = 50_000

// add adds a page, once for each language in which it has an address. Each of them names all.
func (f *sitemapFile) add(base string, p area.Place, english bool) {
	addresses := map[locale.Lang]string{locale.UK: base + p.Path}
	if english {
		addresses[locale.EN] = base + web.InEnglish(p.Path)
	}
	var changed string
	if !p.Changed.IsZero() {
		changed = p.Changed.In(locale.Kyiv()).Format(time.RFC3339)
	}
	var in []sitemapInLang
	for _, lang := range locale.Langs {
		if english {
			in = append(in, sitemapInLang{"alternate", string(lang), addresses[lang]})
		}
	}
	for _, lang := range locale.Langs {
		if at, ok := addresses[lang]; ok && len(f.URLs) < maxSitemap {
			f.URLs = append(f.URLs, sitemapURL{at, changed, in})
		}
	}
}

// sitemap lists every page that the areas want to be known.
func (h *handlers) sitemap(c *gin.Context) error {
	switches, err := h.Switches(c.Request.Context())
	if err != nil {
		return err
	}
	var paths []area.Place
	err = h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		paths, err = area.Sitemap(c.Request.Context(), area.On(h.Others, switches), v)
		return err
	})
	if err != nil {
		return err
	}
	file := sitemapFile{NS: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	for _, p := range paths {
		file.add(h.BaseURL, p, h.site.HasEnglish(p.Path))
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(file); err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/xml; charset=utf-8", b.Bytes())
	return nil
}
