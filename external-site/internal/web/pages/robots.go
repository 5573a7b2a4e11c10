package pages

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/replica"
	"portal.example/external-site/internal/web/area"
	"portal.example/shared/fault"
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

// sitemapIndex names the parts of a map with more addresses than one file may hold.
type sitemapIndex struct {
	XMLName xml.Name      `xml:"sitemapindex"`
	NS      string        `xml:"xmlns,attr"`
	Parts   []sitemapPart `xml:"sitemap"`
}

type sitemapPart struct {
	Loc string `xml:"loc"`
}

const (
	sitemapNS  = "http://www.sitemaps.org/schemas/sitemap/0.9"
	maxSitemap = 50_000 // how many addresses a file may hold
	maxParts   = 1_000  // far more than any catalogue fills
)

// urls are the addresses of a page, one for each language in which it has one. Each of them names all.
func urls(base string, p area.Place, english bool) (list []sitemapURL) {
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
		if at, ok := addresses[lang]; ok {
			list = append(list, sitemapURL{at, changed, in})
		}
	}
	return list
}

// sitemap lists every page that the areas want to be known, or the parts of the list.
func (h *handlers) sitemap(c *gin.Context) error {
	parts, err := h.sitemapParts(c)
	if err != nil {
		return err
	}
	if len(parts) == 1 {
		return sendSitemap(c, parts[0])
	}
	index := sitemapIndex{NS: sitemapNS}
	for i := range parts {
		index.Parts = append(index.Parts, sitemapPart{fmt.Sprintf("%s/sitemap/%d", h.BaseURL, i+1)})
	}
	return sendXML(c, index)
}

// sitemapPart is one part of a list that is longer than one file may be.
func (h *handlers) sitemapPart(c *gin.Context) error {
	n, err := strconv.Atoi(c.Param("part"))
	if err != nil || n < 1 || n > maxParts || strconv.Itoa(n) != c.Param("part") {
		return fault.New(fault.NotFound, "")
	}
	parts, err := h.sitemapParts(c)
	if err != nil {
		return err
	}
	if n > len(parts) {
		return fault.New(fault.NotFound, "")
	}
	return sendSitemap(c, parts[n-1])
}

// sitemapParts are all addresses, as many in each part as a file may hold; there is always one.
func (h *handlers) sitemapParts(c *gin.Context) ([][]sitemapURL, error) {
	switches, err := h.Switches(c.Request.Context())
	if err != nil {
		return nil, err
	}
	var paths []area.Place
	err = h.Replica.At(c.Request.Context(), func(v replica.View) (err error) {
		paths, err = area.Sitemap(c.Request.Context(), area.On(h.Others, switches), v)
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []sitemapURL
	for _, p := range paths {
		all = append(all, urls(h.BaseURL, p, h.site.HasEnglish(p.Path))...)
	}
	parts := slices.Collect(slices.Chunk(all, cmp.Or(h.SitemapSize, maxSitemap)))
	if len(parts) == 0 {
		parts = [][]sitemapURL{nil}
	}
	return parts, nil
}

func sendSitemap(c *gin.Context, part []sitemapURL) error {
	return sendXML(c, sitemapFile{NS: sitemapNS, XHTML: "http://www.w3.org/1999/xhtml", URLs: part})
}

func sendXML(c *gin.Context, file any) error {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(file); err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/xml; charset=utf-8", b.Bytes())
	return nil
}
