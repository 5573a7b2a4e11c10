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
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

type sitemapFile struct {
	XMLName xml.Name     `xml:"urlset"`
	NS      string       `xml:"xmlns,attr"`
	URLs    []sitemapURL `xml:"url"`
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
	file := sitemapFile{NS: "http://www.sitemaps.org/schemas/sitemap/0.9"}
	for _, p := range paths {
		entry := sitemapURL{Loc: h.BaseURL + p.Path}
		if !p.Changed.IsZero() {
			entry.LastMod = p.Changed.In(locale.Kyiv()).Format(time.RFC3339)
		}
		file.URLs = append(file.URLs, entry)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(file); err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/xml; charset=utf-8", b.Bytes())
	return nil
}
