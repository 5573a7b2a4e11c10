package ui_test

import (
	"bytes"
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
	"portal.example/shared/ui/uitest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with the file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { // #nosec G306 -- a file of the repository
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (look at it and run with -update):\n%s", file, got)
	}
}

// typed is a form of which some fields have a value or a problem.
type typed struct {
	values   map[string][]string
	problems map[string]fault.FieldError
}

func (f typed) Value(name string) string {
	if v := f.values[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}
func (f typed) Values(name string) []string { return f.values[name] }
func (f typed) Problem(name string) (fault.FieldError, bool) {
	p, ok := f.problems[name]
	return p, ok
}

type samplePage struct {
	ui.Page
	Form  ui.Fields
	Items []ui.SelectItem
	Table ui.Table
	At    time.Time
	Moj   map[string]any
	Name  locale.Text
}

const samples = `{{define "title"}}{{t "sample.title"}}{{end}}{{define "content"}}<h1 class="govuk-heading-l">{{template "title" .}}</h1>
{{input .Form "name" "Ім’я" | withHint "Як у паспорті" | withClasses "govuk-input--width-20" | withAutocomplete "name" | govukInput}}
{{input .Form "fee" "Сума" | withPrefix "₴" | withSuffix "грн" | withInputmode "decimal" | withType "text" | govukInput}}
{{textarea .Form "why" "Чому" | withRows 3 | govukTextarea}}
{{select .Form "area" "Громада" .Items | withAttribute "data-x" "<1>" | govukSelect}}
{{radios .Form "kind" "Спосіб" (choices (choice "a" "Перший") (choice "b" "Другий" "підказка")) | govukRadios}}
{{checkboxes .Form "many" "Кілька" (choices (choice "x" "Ікс") (choice "y" "Ігрек")) | govukCheckboxes}}
{{dateInput .Form "born" "Дата" | withHint "Наприклад, 31 1 1980" | govukDateInput}}
{{fileUpload .Form "doc" "Документ" | withAttribute "accept" ".pdf" | govukFileUpload}}
{{characterCount .Form "note" "Пояснення" 5 | withRows 2 | govukCharacterCount}}
{{govukButton (button "Надіслати")}}{{govukButton (secondaryButton "Чернетка" | withName "action" "draft")}}{{govukButton (warningButton "Видалити")}}{{govukButton (linkButton "/x" "Далі")}}{{govukButton (startButton "/y" "Почати")}}
{{govukSummaryList (summaryList (row "Строк" "30 днів" | withAction "/t" "Змінити" "строк") (row "Назва" (text .Name)))}}
{{govukTag (tag "Нова" "green")}}{{govukInsetText (insetText "Відступ")}}{{govukWarningText (warningText "Увага")}}{{govukDetails (details "Ще" "Текст")}}
{{govukTable .Table}}<p>{{dateTime .At}} {{th "sample.markup" "<b>"}} <a href="{{telURL "+380 (44) 123-45-67"}}">тел.</a></p>
{{mojAlert .Moj.alert}}{{mojBadge .Moj.badge}}{{mojIdentityBar .Moj.bar}}{{mojPageHeaderActions .Moj.head}}{{mojSubNavigation .Moj.sub}}{{mojSideNavigation .Moj.side}}{{mojTimeline .Moj.timeline}}{{mojSearch .Moj.search}}{{mojSortableTable .Table}}{{mojFilter .Moj.filter}}
{{end}}`

func text(s string) ui.Content { return ui.Content{Text: s} }

func sample() *samplePage {
	at := time.Date(2026, 11, 22, 12, 5, 0, 0, time.UTC)
	items := []ui.SubNavigationItem{{Content: text("Справа"), Href: "/a", Active: true}, {Content: text("Історія"), Href: "/b"}}
	return &samplePage{
		At: at, Name: locale.Text{UK: "Земля"},
		Form: typed{
			values: map[string][]string{"name": {`О"Ґ`}, "area": {"2"}, "kind": {"b"}, "many": {"x", "y"}, "born-day": {"31"}, "why": {"</textarea>"}},
			problems: map[string]fault.FieldError{
				"name": {Field: "name", Key: "sample.wrong", Args: []any{3}}, "born": {Field: "born", Key: "sample.title"},
			},
		},
		Items: []ui.SelectItem{{Text: "Виберіть"}, {Value: "2", Text: "Тихолуги"}},
		Table: ui.Table{
			Caption: "Справи", Stack: true, Head: []ui.Cell{ui.SortHead("Номер", "?s=n&d=1", "ascending"), {Content: text("Днів"), Format: "numeric"}},
			Rows: [][]ui.Cell{{{Content: text("2026-01-000123")}, {Content: text("12"), Format: "numeric"}}}, FirstCellIsHeader: true,
		},
		Moj: map[string]any{
			"alert":    ui.Alert{Variant: "warning", Title: "Строк", Content: text("Строк спливає завтра")},
			"badge":    ui.Badge{Content: text("новинка"), Classes: "moj-badge--green"},
			"bar":      ui.IdentityBar{Title: text("2026-01-000123"), Buttons: []ui.Button{{Content: text("Друк"), Href: "/p"}}},
			"head":     ui.PageHeaderActions{Heading: ui.PageHeading{Content: text("Справи"), HeadingLevel: 2}, Items: []ui.Button{{Content: text("Нова")}}},
			"sub":      ui.SubNavigation{Items: items, Label: "Справа"},
			"side":     ui.SideNavigation{Sections: []ui.SideNavigationSection{{Heading: text("Розділ"), HeadingLevel: 3, Items: items}}, Label: "Розділ"},
			"timeline": ui.Timeline{Items: []ui.TimelineItem{{Label: text("Зареєстровано"), Byline: "ЦНАП", At: at, Content: text("Номер")}}},
			"search":   ui.Search{Action: "/list", Input: ui.Input{ID: "q", Label: ui.Label{Content: text("Пошук")}}, Hidden: []ui.Hidden{{Name: "state", Value: "new"}}},
			"filter": ui.Filter{
				OptionsHTML: template.HTML("<p>умови</p>"),
				Selected:    &ui.FilterSelected{ClearHref: "?", Categories: []ui.FilterCategory{{Heading: "Стан", Items: []ui.Link{{Href: "?a=1&b=2", Text: "Нові"}}}}},
			},
		},
	}
}

func render(t *testing.T, layout ui.Layout, lang locale.Lang, content string, data any) string {
	t.Helper()
	words := fstest.MapFS{
		"uk.yaml": {Data: []byte("site: {name: Портал}\nsample: {title: Зразок, wrong: 'Помилка в {0}', markup: 'Текст <b>жирний</b> {0}'}\nnav: {home: Головна, list: Список}\n")},
		"en.yaml": {Data: []byte("site: {name: Portal}\nsample: {title: Sample, wrong: 'Wrong in {0}', markup: 'A <b>bold</b> text {0}'}\nnav: {home: Home, list: List}\n")},
	}
	cat, err := locale.Load(ui.Words, words)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := ui.LoadPages(cat, layout, nil, fstest.MapFS{"sample.gohtml": {Data: []byte(content)}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pages.Render(&b, lang, "sample", data); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// dressed is a page with everything a layout can show.
func dressed(p *ui.Page, lang locale.Lang) {
	now := time.Date(2026, 11, 22, 12, 5, 3, 0, time.UTC)
	p.Lang = lang
	p.Site = ui.Site{NameKey: "site.name", TaglineKey: "sample.title", Footer: []ui.NavItem{{Href: "/help", Key: "nav.list"}}, FooterKey: "sample.markup", Region: &ui.Region{Name: locale.Text{UK: "Озерна область", EN: "Ozerna Region"}, Owner: locale.Text{UK: "Озерна обласна рада"}, HelpPhone: "0 800 500 500", Notice: locale.Text{UK: "Область вигадана", EN: "A fictional region"}, ArmsURL: "/region/arms?v=1", ArmsAlt: locale.Text{UK: "Герб: щука"}}}
	p.Languages = []ui.LanguageLink{{Lang: locale.UK, Name: "Українська", Href: "/?lang=uk", Current: lang == locale.UK}, {Lang: locale.EN, Name: "English", Href: "/?lang=en", Current: lang == locale.EN}}
	p.User = &ui.User{Name: "Оксана", Role: "Адміністратор", SignOutURL: "/sign-out", ProfileURL: "/me"}
	p.Nav = []ui.NavItem{{Href: "/", Key: "nav.home", Current: true}, {Href: "/list", Key: "nav.list", Count: 3}}
	p.Freshness = &ui.Freshness{HeardAt: now.Add(-3 * time.Second), Now: now}
	p.Flash = &ui.Flash{Key: "sample.title", Kind: "success"}
	p.Breadcrumbs = []ui.Link{{Href: "/", Text: "Головна"}, {Text: "Зразок"}}
	p.Errors = []fault.FieldError{{Field: "name", Key: "sample.wrong", Args: []any{3}}, {Field: "born", Key: "sample.title"}, {Key: "sample.title"}}
}

func TestPagesOfBothLayouts(t *testing.T) {
	for _, layout := range []ui.Layout{ui.Staff, ui.Public} {
		for _, lang := range locale.Langs {
			t.Run(string(layout)+" "+string(lang), func(t *testing.T) {
				page := sample()
				dressed(&page.Page, lang)
				got := render(t, layout, lang, samples, page)
				uitest.Page(t, got)
				golden(t, string(layout)+"."+string(lang)+".golden.html", strings.ReplaceAll(got, ui.URL(""), "/assets/VERSION/"))
			})
		}
	}
}

func TestFreshnessIsHonest(t *testing.T) {
	const page = `{{define "title"}}x{{end}}{{define "content"}}<h1>x</h1>{{end}}`
	now := time.Now()
	for name, c := range map[string]struct {
		fresh ui.Freshness
		want  string
	}{
		"fresh": {ui.Freshness{HeardAt: now.Add(-2 * time.Second), Now: now}, "Дані оновлено 2 секунди тому."},
		"stale": {ui.Freshness{HeardAt: now.Add(-5 * time.Minute), Now: now, Stale: true}, "останнє оновлення даних – 5 хвилин тому"},
		"never": {ui.Freshness{Now: now, Stale: true}, "Внутрішня система ще не передала даних"},
	} {
		data := &ui.Page{Freshness: &c.fresh}
		dressedCopy := *data
		dressed(&dressedCopy, locale.UK)
		dressedCopy.Freshness = &c.fresh
		got := plain(render(t, ui.Public, locale.UK, page, &dressedCopy))
		if strings.Count(got, c.want) != 1 {
			t.Errorf("%s: %q stands %d times", name, c.want, strings.Count(got, c.want))
		}
		if staff := plain(render(t, ui.Staff, locale.UK, page, &dressedCopy)); strings.Contains(staff, c.want) {
			t.Errorf("%s: staff see the line of the replica", name)
		}
	}
}

// plain is the text of a page.
func plain(page string) string { return regexp.MustCompile(`<[^>]*>`).ReplaceAllString(page, "") }

func TestModifiersRefuseWhatTheyCannotChange(t *testing.T) {
	cat := locale.MustLoad(ui.Words)
	components, err := ui.NewComponents(cat.In(locale.UK))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`{{button "x" | withHint "y"}}`, `{{tag "x" "" | withRows 3}}`, `{{backLink "/" "x" | withClasses "y"}}`, `{{button "x" | asHeading}}`,
		`{{button "x" | withAttribute "onclick" "evil()" | govukButton}}`, `{{button "x" | withAttribute "style" "color:red" | govukButton}}`,
		`{{button "x" | withAttribute "a b" "c" | govukButton}}`, `{{govukButton "text"}}`, `{{dict "a"}}`, `{{dict 1 2}}`,
	} {
		tmpl := template.Must(template.New("x").Funcs(components.Funcs()).Parse(text))
		if err := tmpl.Execute(&bytes.Buffer{}, nil); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}

func TestPaginate(t *testing.T) {
	for name, c := range map[string]struct {
		page, pages int
		want        string
	}{
		"one page": {1, 1, ""}, "first": {1, 5, "[1] 2 … 5 >"}, "second": {2, 3, "< 1 [2] 3 >"}, "middle": {5, 12, "< 1 … 4 [5] 6 … 12 >"},
		"last": {12, 12, "< 1 … 11 [12]"}, "no gap of none": {3, 5, "< 1 2 [3] 4 5 >"},
	} {
		p := ui.Paginate(c.page, c.pages, func(n int) string { return "?page=" + string(rune('0'+n)) })
		var got []string
		if p.Previous != nil {
			got = append(got, "<")
		}
		for _, item := range p.Items {
			switch {
			case item.Ellipsis:
				got = append(got, "…")
			case item.Current:
				got = append(got, "["+item.Number+"]")
			default:
				got = append(got, item.Number)
			}
		}
		if p.Next != nil {
			got = append(got, ">")
		}
		if s := strings.Join(got, " "); s != c.want || p.Empty() != (c.want == "") {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestNothingOfGovUKsOwnIsShipped(t *testing.T) {
	for _, name := range []string{"public.css", "public.js", "staff.css", "staff.js"} {
		raw, err := os.ReadFile("dist/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"gds transport", "crown", "crest", "url(http", "url(//", "fonts.g"} {
			if strings.Contains(strings.ToLower(string(raw)), word) {
				t.Errorf("%s has %q", name, word)
			}
		}
	}
}

func TestPagesThatCannotWorkAreRefusedAtTheStart(t *testing.T) {
	for want, content := range map[string]string{
		`does not define "content"`: `{{define "title"}}x{{end}}`,
		`does not define "title"`:   `{{define "content"}}x{{end}}`,
		"different contexts":        `{{define "title"}}x{{end}}{{define "content"}}<a href={{if .}}"x{{else}}y{{end}}>{{end}}`,
		"no such template":          `{{define "title"}}x{{end}}{{define "content"}}{{template "nowhere"}}{{end}}`,
		`function "nothing" not`:    `{{define "title"}}x{{end}}{{define "content"}}{{nothing}}{{end}}`,
	} {
		_, err := ui.LoadPages(locale.MustLoad(ui.Words), ui.Public, nil, fstest.MapFS{"x.gohtml": {Data: []byte(content)}})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "page x") {
			t.Errorf("%s: error %v", want, err)
		}
	}
}
