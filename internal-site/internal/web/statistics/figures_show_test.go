package statistics_test

import (
	"bytes"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"portal.example/internal-site/internal/access"
	domain "portal.example/internal-site/internal/statistics"
	"portal.example/internal-site/internal/web/webtest"
)

// Each number leads to a list that is as long as it says, whatever the figures are broken down by; medians of few cases are not said.
func TestEveryNumberLeadsToItsList(t *testing.T) {
	s := opened(t)
	head := s.As(s.Users[access.CentreHead])
	link := regexp.MustCompile(`href="(/statistics/cases\?[^"]+)">(?:раніше )?(\d+)</a>`)
	for i := range 2 * len(domain.Breakdowns) {
		by, compared := domain.Breakdowns[i/2], i%2 == 1
		path := "/statistics?by=" + by
		if compared { // all of the cases are in the period of the year before
			path += "&from=2027-11-01&to=2027-11-30&compare=year"
		}
		page := head.Get(path)
		webtest.Shows(t, page, http.StatusOK, "Разом", "kind=xlsx")
		if !compared {
			webtest.Shows(t, page, http.StatusOK, "<svg", "медіана 1, 90 % – 30")
		}
		links := link.FindAllStringSubmatch(page.Body.String(), -1)
		if len(links) != 10 { // decided, late, handed over, paused and withdrawn; of the line and of all
			t.Fatalf("%s: %v", path, links)
		}
		for i, want := range []string{"11", "2", "9", "1", "1"} {
			if links[i][2] != want || links[i+5][2] != want {
				t.Errorf("%s: number %d is %s, in all %s, want %s", path, i, links[i][2], links[i+5][2], want)
			}
			list := head.Get(strings.ReplaceAll(links[i][1], "&amp;", "&"))
			webtest.Shows(t, list, http.StatusOK, "Знайдено "+want+" справ")
			if rows := strings.Count(list.Body.String(), `href="/cases/`); fmt.Sprint(rows) != want {
				t.Errorf("%s shows %d cases of %s", links[i][1], rows, want)
			}
			webtest.Lacks(t, list, "Ґава")
		}
	}
	webtest.Shows(t, head.Get("/statistics?from=2025-01-01&to=2025-12-31"), http.StatusOK, "Завершених справ за цей період немає")
	webtest.Shows(t, head.Get("/statistics?from=2026-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Перший день пізніший за останній")
	for _, path := range []string{"", "/parties", "/cases", "/parties/stages"} {
		for typed, kept := range map[string]string{"from=01-09-2026": "01-09-2026", "from=0226-09-01": "0226-09-01", "from=2026-13-40&to=31.02.2026": "2026-13-40"} {
			w := head.Get("/statistics" + path + "?" + typed)
			webtest.Shows(t, w, http.StatusUnprocessableEntity, "Напишіть день так, як у прикладі: 01.09.2026")
			webtest.Lacks(t, w, "Завершених справ за цей період немає", "Перелік порожній", "01.01.0001")
			if path == "" || path == "/parties" {
				webtest.Shows(t, w, http.StatusUnprocessableEntity, `type="text" value="`+kept+`"`)
			}
		}
		if w := head.Get("/statistics" + path + "/table?from=2026-13-40"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a table of %s since no day: %d", path, w.Code)
		}
	}
	webtest.Shows(t, head.Get("/statistics?from=1.11.2026&to=30.11.2026"), http.StatusOK, "З 01.11.2026 по 30.11.2026", `value="2026-11-01"`)
	webtest.Shows(t, head.Get("/statistics?to=2025-06-30"), http.StatusOK, `value="2025-01-01"`, `value="2025-06-30"`)
	webtest.Shows(t, head.Get("/statistics/cases?from=2016-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Скоротіть період")
	webtest.Shows(t, head.Get("/statistics?from=2026-12-01&to=2026-12-31&compare=before"), http.StatusOK, "раніше 11", "раніше 82")
	s.DB.Exec(`update cases.measurings set done_at = null, seen = 7`)
	webtest.Shows(t, head.Get("/statistics"), http.StatusOK, "Переглянуто справ: 7")
	s.DB.Exec(`update cases.measures set completed_on = '2025-10-01' where outcome = 'withdrawn'`)
	months := head.Get("/statistics?by=month&compare=year").Body.String()
	if i, j := strings.Index(months, "10.2026</th>"), strings.Index(months, "11.2026</th>"); i < 0 || i > j {
		t.Errorf("October is at %d, November at %d", i, j)
	}
	webtest.Shows(t, s.As(s.OtherUsers[access.CentreHead]).Get("/statistics"), http.StatusOK, "Завершених справ за цей період немає")
}

// The table that is taken away has the numbers of the page as numbers; the print is made of the same lines.
func TestFiguresAreTakenAway(t *testing.T) {
	s := opened(t)
	head := s.As(s.Users[access.CentreHead])
	book, err := excelize.OpenReader(bytes.NewReader(head.Get("/statistics/table?kind=xlsx&by=service&compare=year").Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Статистика")
	if err != nil || len(rows) < 6 || !strings.HasPrefix(rows[4][0], "За період з 01.01.2026 по 18.11.2026") || !strings.HasPrefix(rows[1][0], "00034 ") || strings.Join(rows[1][1:12], " ") != "11 0 2 0 82  1  30  9" || rows[2][1] != "11" {
		t.Errorf("%q, %v", rows, err)
	}
	print := head.Get("/statistics/print?compare=before")
	if print.Code != http.StatusOK || !bytes.HasPrefix(print.Body.Bytes(), []byte("%PDF-")) {
		t.Errorf("print: %d", print.Code)
	}
	if w := head.Get("/statistics/table?from=2016-11-20&to=2026-11-10"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a table of ten years: %d", w.Code)
	}
}
