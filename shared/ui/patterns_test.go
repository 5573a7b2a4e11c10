package ui_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/uitest"
)

// around makes a whole page of content and further templates.
func around(content, more string) string {
	return `{{define "title"}}Зразок{{end}}{{define "content"}}<h1 class="govuk-heading-l">Зразок</h1>` + content + `{{end}}` + more
}

type patternPage struct {
	ui.Page
	Form   ui.Fields
	Rows   []patternRow
	List   ui.Listing
	Note   string
	Name   locale.Text
	Phones []string
}

type patternRow struct{ Number, Who string }

func show(t *testing.T, content, more string, data *patternPage) string {
	t.Helper()
	dressed(&data.Page, locale.UK)
	data.Errors = nil
	page := render(t, ui.Staff, locale.UK, around(content, more), data)
	uitest.Page(t, page)
	return page
}

func has(t *testing.T, page string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(page, w) {
			t.Errorf("no %q in\n%s", w, page[strings.Index(page, "<main"):])
		}
	}
}

func lacks(t *testing.T, page string, unwanted ...string) {
	t.Helper()
	for _, w := range unwanted {
		if strings.Contains(page, w) {
			t.Errorf("%q in\n%s", w, page[strings.Index(page, "<main"):])
		}
	}
}

func TestFactsLeaveOutWhatIsNotKnown(t *testing.T) {
	page := show(t, `{{$list := facts (fact "Назва" (text .Name)) (fact "Код" "") (fact "Ніщо" nil) (fact "Телефони" (telLinks .Phones))
		(fact "Сайт" (siteLink "javascript:alert(1)")) (fact "Пошта" (mailLink "")) (fact "Нотатка" .Note)}}
		{{range .Rows}}{{$list = addFact .Number .Who $list}}{{end}}{{govukSummaryList $list}}`, "",
		&patternPage{Name: locale.Text{UK: "Земля"}, Phones: []string{"+380 44 1", "2"}, Note: "<b>два\nрядки", Rows: []patternRow{{"Додано", "так"}, {"Порожнє", ""}}})
	has(t, page, "Земля", `<a class="govuk-link" href="tel:+380441">+380 44 1</a><br><a class="govuk-link" href="tel:2">2</a>`,
		`<dd class="govuk-summary-list__value portal-lines">&lt;b&gt;два`, "javascript:alert(1)</dd>", "Додано")
	lacks(t, page, "Код", "Ніщо", "Пошта", "Порожнє", `href="javascript`)
}

const cells = `{{define "a/cell/number"}}<a class="govuk-link" href="/a/{{.Row.Number}}">{{.Row.Number}}</a>{{end}}
{{define "a/cell/who"}}{{.Row.Who}}{{end}}{{define "a/cell/n"}} {{number .N}} {{.Page.Note}} {{end}}`

func TestTableOfData(t *testing.T) {
	rows := []patternRow{{"1", "Ґалаґан <x>"}, {"2", ""}}
	page := show(t, `{{table "Справи" "a" .Rows . (column "number" "Номер" | asRowHeader | unbroken) (column "who" "Хто") (column "n" "№" | asNumber)
		| compact | atStep 2 | withFoot "Разом" "2" 1 | whenEmpty "Нема" | showTable}}`, cells, &patternPage{Rows: rows, Note: "з"})
	has(t, page, `<caption class="govuk-table__caption govuk-visually-hidden">Справи</caption>`, `portal-table--compact portal-table--stack`,
		`<th scope="col" role="columnheader" class="govuk-table__header portal-nowrap">Номер</th>`,
		`<th scope="row" role="rowheader" data-label="Номер" class="govuk-table__header portal-nowrap"><a class="govuk-link" href="/a/1">1</a></th>`,
		`<td role="cell" data-label="Хто" class="govuk-table__cell">Ґалаґан &lt;x&gt;</td>`,
		`data-label="Хто" class="govuk-table__cell"></td>`, // empty for the style sheet
		`<td role="cell" data-label="№" class="govuk-table__cell govuk-table__cell--numeric">2 з</td>`,
		`<tr class="govuk-table__row" role="row" aria-current="step">`,
		`<th scope="row" role="rowheader" class="govuk-table__header" colspan="2">Разом</th>`)
	if strings.Count(page, "aria-current=\"step\"") != 1 {
		t.Error("more than one row is the present step")
	}
	lacks(t, page, "Нема")
	empty := show(t, `{{table "Справи" "a" .Rows . (column "who" "Хто") | whenEmpty "Нема <й>" | showTable}}`, cells, &patternPage{})
	has(t, empty, `<p class="govuk-body">Нема &lt;й&gt;</p>`)
	lacks(t, empty, "<table")
	hours := show(t, `{{table "Години" "a" .Rows . (column "number" "" | asRowHeader) (column "who" "") | headless | showTable}}`, cells, &patternPage{Rows: rows})
	has(t, hours, `<th scope="row" class="govuk-table__header"><a`)
	lacks(t, hours, "<thead", "data-label", "portal-table--stack")
}

func TestPartThatCannotBeEscapedStopsTheStart(t *testing.T) {
	cat := locale.MustLoad(ui.Words, fstest.MapFS{"uk.yaml": {Data: []byte("site: {name: Портал}")}})
	for _, part := range []string{`{{define "a/cell/x"}}<a href="{{if .}}"{{end}}>{{end}}`, `{{define "a/part/x"}}<script>{{.}}{{end}}`} {
		if _, err := ui.LoadPages(cat, ui.Staff, nil, fstest.MapFS{"p.gohtml": {Data: []byte(around("x", part))}}); err == nil {
			t.Errorf("%s is taken", part)
		}
	}
}

func TestEditForm(t *testing.T) {
	form := typed{values: map[string][]string{"version": {"7"}, "name": {"Набране"}}}
	fields := `{{define "a/part/fields"}}{{input .Form "name" "Назва" | govukInput}}{{end}}`
	page := show(t, `{{editForm .Form (part "a/part/fields" .) "Зберегти" | showForm}}`, fields, &patternPage{Form: form})
	has(t, page, `<form method="post" action="?" novalidate>`, `<input type="hidden" name="version" value="7">`, `value="Набране"`, `value="save" name="do"`)
	lacks(t, page, "multipart", "portal-sticky-buttons", "tabindex")
	page = show(t, `{{editForm .Form (part "a/part/fields" .) "Зберегти" | ofRows | orElse "finish" "Завершити" | withClasses "x" | showForm}}`, fields, &patternPage{Form: form})
	has(t, page, `<form method="post" action="?" enctype="multipart/form-data" novalidate class="x"`, `value="finish" name="do"`, "portal-sticky-buttons")
	if first := strings.Index(page, `value="save"`); first > strings.Index(page, "Набране") {
		t.Error("the Enter key in a field would press another button than the one that saves")
	}
}

func TestListing(t *testing.T) {
	content := `{{filterBar "/list" (input .Form "q" "Пошук" | govukInput) "Знайти" .List | withMore (part "a/part/more" .) | keeping "mine" "1" | keeping "none" "" | showFilter}}
		{{listCount .List "Знайдено 120"}}{{listPages .List}}`
	more := `{{define "a/part/more"}}{{input .Form "z" "Ще" | govukInput}}{{end}}`
	list := ui.Listing{
		Total: 120, Page: 2, Pages: 3, Filtered: true, ClearHref: "/list", ExportHref: "/list?export=csv",
		Pagination: ui.Paginate(2, 3, func(int) string { return "/list?page=1" }),
	}
	page := show(t, content, more, &patternPage{Form: typed{}, List: list})
	has(t, page, `<p class="govuk-body" role="status">Знайдено 120 · сторінка 2 з 3 · `, `href="/list?export=csv" download`, "Скинути відбір",
		`<input type="hidden" name="mine" value="1">`, `name="z"`, "govuk-pagination")
	lacks(t, page, `name="none"`)
	if n := strings.Count(page, "Скинути відбір"); n != 1 {
		t.Errorf("the page offers %d times to clear its filters", n)
	}
	page = show(t, content, more, &patternPage{Form: typed{}, List: ui.Listing{Total: 0, Page: 1, ExportHref: "/list?export=csv"}})
	lacks(t, page, "Скинути відбір", "export=csv", "govuk-pagination")
}

func TestConfirmForm(t *testing.T) {
	form := typed{values: map[string][]string{"version": {"7"}, "reason": {"Набране"}}}
	fields := `{{define "a/part/fields"}}{{textarea .Form "reason" "Причина" | govukTextarea}}{{end}}`
	page := show(t, `{{confirmForm .Form "Назад не буде <x>" "Закрити справу" | saying "Заявник побачить" "" "Колеги не зможуть" | asking (part "a/part/fields" .)
		| posting "/a/1" | sending "act" "close" | backTo "/a" "Повернутися" | showConfirm}}`, fields, &patternPage{Form: form})
	has(t, page, "Назад не буде &lt;x&gt;", "<li>Заявник побачить</li><li>Колеги не зможуть</li>", `<form method="post" action="/a/1" novalidate>`,
		`<input type="hidden" name="version" value="7">`, `<input type="hidden" name="act" value="close">`, "Набране</textarea>",
		`value="yes" name="sure" class="govuk-button govuk-button--warning"`, `<a href="/a" role="button"`)
	page = show(t, `{{confirmForm .Form "Можна повернути" "Вимкнути" | calmly | sending "act" "close" | backBy "Повернутися" | showConfirm}}`, "", &patternPage{Form: typed{}})
	has(t, page, `<form method="post" novalidate>`, `value="yes" name="sure" class="govuk-button"`, `value="yes" name="back" class="govuk-button govuk-button--secondary"`)
	lacks(t, page, `name="version"`, "govuk-list--bullet", "govuk-button--warning")
}
