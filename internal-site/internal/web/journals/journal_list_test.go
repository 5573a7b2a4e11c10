package journals_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"portal.example/internal-site/internal/access"
	"portal.example/internal-site/internal/fixture"
	"portal.example/internal-site/internal/web/webtest"
)

// The head of a centre reads a journal, narrows it, and takes away what the page shows: the same columns and lines, numbers as numbers.
func TestWhatIsTakenAwayIsWhatIsShown(t *testing.T) {
	s, first, second, _ := opened(t)
	head := s.As(s.Users[access.CentreHead])
	webtest.Shows(t, head.Get("/journals"), http.StatusOK, first.Number, second.Number)
	page := head.Get("/journals/applications?q=" + url.QueryEscape("їжак"))
	webtest.Shows(t, page, http.StatusOK, "Знайдено 1 запис", second.Number, "=Їжак", "№ з/п", "/journals/applications/table?kind=xlsx&amp;q=", "/journals/applications/print?q=")
	webtest.Lacks(t, page, first.Number)
	webtest.Lacks(t, head.Get("/journals/applications"), "<b>Ґава")

	table := head.Get("/journals/applications/table?kind=xlsx&q=" + url.QueryEscape("їжак"))
	if table.Code != http.StatusOK || !strings.Contains(table.Header().Get("Content-Disposition"), "zhurnal-zvernen.xlsx") || table.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", table.Code, table.Header())
	}
	book, err := excelize.OpenReader(bytes.NewReader(table.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows("Звернення")
	if err != nil || len(rows) != 2 || rows[0][0] != "№ з/п" || rows[1][0] != "2" || rows[1][2] != second.Number || rows[1][3] != "=Їжак" || rows[1][7] != "портал" {
		t.Errorf("%v, %v", rows, err)
	}
	if n := strings.Count(page.Body.String(), `<th scope="col"`); n != len(rows[0]) {
		t.Errorf("the page has %d columns, the table %d", n, len(rows[0]))
	}
	webtest.Lacks(t, page, "Номер справи, ЦНАП")
	webtest.Shows(t, s.As(s.Users[access.RegionalManager]).Get("/journals/applications"), http.StatusOK, "Номер справи, ЦНАП", `<br><bdi><span class="portal-nowrap">ЦНАП</span>`)
	csv := head.Get("/journals/applications/table?kind=csv")
	webtest.Shows(t, csv, http.StatusOK, "№ з/п;Дата й час;Номер справи", ";'=Їжак;")
	if one, two := strings.Index(csv.Body.String(), first.Number), strings.Index(csv.Body.String(), second.Number); one < 0 || two < one {
		t.Errorf("the lines stand at %d and %d", one, two)
	}
	for _, path := range []string{"/journals/secrets", "/journals/applications/entries/0", "/journals/issued/entries/1"} {
		if w := head.Get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	webtest.Shows(t, head.Get("/journals/applications?from=2026-11-20&to=2026-11-10"), http.StatusUnprocessableEntity, "Перший день пізніший за останній")
	for _, path := range []string{"/journals", "/journals/applications", "/journals/counts"} {
		w := head.Get(path + "?to=2026-13-40")
		webtest.Shows(t, w, http.StatusUnprocessableEntity, "Напишіть день так, як у прикладі: 01.09.2026", `type="text" value="2026-13-40"`)
		webtest.Lacks(t, w, first.Number, "01.01.0001", "Записів немає", "Знайдено 0")
	}
	for _, path := range []string{"/journals/applications/table", "/journals/applications/print", "/journals/counts/table"} {
		if w := head.Get(path + "?from=31.02.2026"); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s since no day: %d", path, w.Code)
		}
	}
	webtest.Shows(t, head.Get("/journals/applications?from=1.1.2020"), http.StatusOK, first.Number, `value="2020-01-01"`)
	if w := head.Get("/journals/applications/table?from=2026-11-20&to=2026-11-10"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a table of no days: %d", w.Code)
	}
	if pdf := head.Get("/journals/applications/print"); pdf.Code != http.StatusOK || !bytes.HasPrefix(pdf.Body.Bytes(), []byte("%PDF-")) {
		t.Errorf("the print: %d", pdf.Code)
	}
}

// A line leads to what its reader may open: a request to the request, which the authority that is asked sees without the case. Remarks are
// added where the reader may add them, line by line.
func TestLinesLeadToWhatCanBeOpened(t *testing.T) {
	s, first, _, _ := opened(t)
	id := fixture.NewID()
	s.DB.Exec(`insert into requests.requests (id, case_id, position, asker, asker_kind, authority_id, asked, days, due_on, asked_at, asked_by)
		values ($1, $2, 1, $3, 'centre', $4, 'довідка', 5, current_date, $5, $6)`, id, first.ID, s.Centre, s.OtherAuthority, webtest.Now(), s.Users[access.Administrator].UserID)
	for _, who := range []access.Actor{s.OtherUsers[access.AuthorityHead], s.Users[access.CentreHead]} {
		page := s.As(who).Get("/journals/requests?q=" + first.Number + "/1")
		webtest.Shows(t, page, http.StatusOK, first.Number+"/1", `href="/requests/`+id.String()+`"`)
		webtest.Lacks(t, page, `href="/cases/`)
	}
	s.DB.Exec(`insert into journals.entries (journal, centre_id, year, number, day, at, case_id, authority_id, service_id)
		select 'applications', $2, year, 7, day, at, case_id, authority_id, service_id from journals.entries where case_id = $1 and journal = 'applications'`, first.ID, s.OtherCentre)
	both := s.AddUser("both", access.Grant{Group: access.RegionalManager, Place: access.InRegion()}, access.Grant{Group: access.CentreHead, Place: access.InCentre(s.OtherCentre)})
	page := s.As(both).Get("/journals/applications")
	webtest.Shows(t, page, http.StatusOK, `href="/cases/`+first.ID.String()+`"`, "до запису № 7")
	if n := strings.Count(page.Body.String(), "Додати примітку"); n != 1 {
		t.Errorf("remarks can be added to %d lines", n)
	}
}
