package journals_test

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/web/webtest"
)

// Each number leads to a list that is as long as it says, in every breakdown; the table that is taken away has the same numbers.
func TestEveryCountLeadsToItsList(t *testing.T) {
	s, _, _, _ := opened(t)
	head := s.As(s.Users[access.CentreHead])
	link := regexp.MustCompile(`href="(/journals/applications\?[^"]*from=2026[^"]*)">(\d+)</a>`)
	for _, by := range []string{"centre", "authority", "service", "month"} {
		page := head.Get("/journals/counts?by=" + by)
		webtest.Shows(t, page, http.StatusOK, "<svg", "Підсумки", "kind=xlsx")
		links := link.FindAllStringSubmatch(page.Body.String(), -1)
		if len(links) != 1 || links[0][2] != "2" {
			t.Fatalf("by %s: %v", by, links)
		}
		webtest.Shows(t, head.Get(strings.ReplaceAll(links[0][1], "&amp;", "&")), http.StatusOK, "Знайдено 2 записи")
	}
	webtest.Shows(t, head.Get("/journals/counts?from=2025-01-01&to=2025-12-31"), http.StatusOK, "Записів немає")
	webtest.Shows(t, head.Get("/journals/counts?from=2026-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Перший день пізніший за останній")
	webtest.Shows(t, head.Get("/journals/counts?from=2016-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Скоротіть період")
	if w := head.Get("/journals/counts/table?from=2016-11-20&to=2026-11-10"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a table of ten years: %d", w.Code)
	}
	table := head.Get("/journals/counts/table?kind=xlsx&by=service")
	book, err := excelize.OpenReader(bytes.NewReader(table.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Підсумки")
	if err != nil || len(rows) != 2 || !strings.HasPrefix(rows[1][0], "00034 ") || rows[1][1] != "2" || rows[1][2] != "0" {
		t.Errorf("%v, %v", rows, err)
	}
}
