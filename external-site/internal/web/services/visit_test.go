package services_test

import (
	"strings"
	"testing"

	"portal.example/external-site/internal/web/webtest"
)

// A list for one visit: whatever stands in its address, it is a page, with at most ten services.
func visits(t *testing.T, s *webtest.Site) {
	t.Helper()
	page := s.Page("/visit?s=00034&s=00102")
	webtest.Contains(t, page, `href="/visit?centre=01&amp;s=00034&amp;s=00102"`, `href="/visit?s=00102"`, "Паспорт громадянина України", `content="noindex"`)
	webtest.Lacks(t, page, "ЦНАП селища Ґрунь", "Деяких вибраних послуг") // it takes only one of the two
	webtest.Contains(t, s.Page("/visit"), "Послуг не вибрано", `href="/#home-situations"`)
	webtest.Contains(t, s.Page("/visit?s=%00&s=%ff&s=zzz&centre=%ff"), "Послуг не вибрано")
	webtest.Contains(t, s.Page("/visit?s=00034&s=00101"), "Немає центру, який приймає всі ці заяви")
	webtest.Contains(t, s.Page("/visit?s=a"+strings.Repeat("&s=00034", 30)+"&s=b&s=c&s=d&s=e&s=f&s=g&s=h&s=i&s=j&s=k"), "Показуємо перші десять")
	webtest.Contains(t, s.PageIn("/visit?s=00034", "en"), "Come once", "show, one is enough", "Print the list")
}
