package pages

import (
	"bytes"
	"encoding/xml"
	"net/http"

	"github.com/gin-gonic/gin"

	"portal.example/external-site/internal/catalogue"
	"portal.example/external-site/internal/replica"
)

// robots keeps search engines to the catalogue and away from what is about one person or one search.
func (h *handlers) robots(c *gin.Context) error {
	c.String(http.StatusOK, "User-agent: *\nDisallow: /apply/\nDisallow: /track\nDisallow: /search\nDisallow: /services?\n\nSitemap: "+
		h.BaseURL+"/sitemap.xml\n")
	return nil
}

type sitemapURL struct {
	Loc string `xml:"loc"`
}

type sitemapFile struct {
	XMLName xml.Name     `xml:"urlset"`
	NS      string       `xml:"xmlns,attr"`
	URLs    []sitemapURL `xml:"url"`
}

// sitemap lists every page of the catalogue.
func (h *handlers) sitemap(c *gin.Context) error {
	paths := []string{"/", "/services", "/centres", "/authorities", "/accessibility", "/privacy"}
	err := h.Replica.At(c.Request.Context(), func(v replica.View) error {
		more, err := cataloguePaths(c, v)
		paths = append(paths, more...)
		return err
	})
	if err != nil {
		return err
	}
	file := sitemapFile{NS: "http://www.sitemaps.org/schemas/sitemap/0.9"}
	for _, p := range paths {
		file.URLs = append(file.URLs, sitemapURL{h.BaseURL + p})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(file); err != nil {
		return err
	}
	c.Data(http.StatusOK, "application/xml; charset=utf-8", b.Bytes())
	return nil
}

func cataloguePaths(c *gin.Context, v replica.View) (paths []string, err error) {
	ctx := c.Request.Context()
	categories, err := v.Catalogue.Categories(ctx)
	if err != nil {
		return nil, err
	}
	paths = categoryPaths(categories)
	situations, err := v.Catalogue.Situations(ctx)
	if err != nil {
		return nil, err
	}
	for _, s := range situations {
		paths = append(paths, "/life-situations/"+s.Slug())
	}
	centres, err := v.Org.Centres(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range centres {
		paths = append(paths, "/centres/"+x.Slug())
	}
	authorities, err := v.Org.Authorities(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range authorities {
		paths = append(paths, "/authorities/"+a.Slug())
	}
	slugs, err := v.Catalogue.Slugs(ctx)
	for _, s := range slugs {
		paths = append(paths, "/services/"+s)
	}
	return paths, err
}

func categoryPaths(categories []catalogue.Category) (paths []string) {
	for _, c := range categories {
		paths = append(paths, "/categories/"+c.Slug())
		paths = append(paths, categoryPaths(c.Children)...)
	}
	return paths
}
