package pages_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/external-site/internal/web/area"
	"portal.example/external-site/internal/web/areatest"
	"portal.example/external-site/internal/web/pages"
)

// Of more addresses than a file may hold, in all languages together, none is lost: the map then names its parts.
func TestSitemapOfParts(t *testing.T) {
	mapped := func(size int) *areatest.Site {
		others := []area.Area{{Name: "some", Files: fstest.MapFS{}, Sitemap: area.Always("/a", "/b")}}
		return areatest.New(t, pages.Area(pages.Deps{
			Replica: areatest.Replica{}, Switches: areatest.AllOn, BaseURL: areatest.BaseURL, SitemapSize: size, Others: others,
		}))
	}
	const all = 8 // two, and the three of the area itself in both languages
	whole := mapped(all).Page("/sitemap.xml")
	if n := strings.Count(whole, "<loc>"); n != all || !strings.Contains(whole, "<urlset") {
		t.Fatalf("%d addresses: %s", n, whole)
	}
	s := mapped(3)
	index := s.Page("/sitemap.xml")
	areatest.Contains(t, index, "<sitemapindex", "<loc>"+areatest.BaseURL+"/sitemap/1</loc>", "<loc>"+areatest.BaseURL+"/sitemap/3</loc>")
	areatest.Lacks(t, index, "/sitemap/4", "<urlset")
	found := 0
	for _, part := range []string{"1", "2", "3"} {
		page := s.Page("/sitemap/" + part)
		found += strings.Count(page, "<loc>")
		areatest.Contains(t, page, "<urlset")
	}
	if found != all {
		t.Errorf("%d addresses in the parts, want %d", found, all)
	}
	for _, part := range []string{"0", "4", "01", "x", "99999999999999999999"} {
		if w := s.Get("/sitemap/" + part); w.Code != http.StatusNotFound {
			t.Errorf("part %s: %d", part, w.Code)
		}
	}
}
