package forms_test

import (
	"flag"
	"html/template"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
	"portal.example/shared/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

func catalogue(t testing.TB) *locale.Catalogue {
	t.Helper()
	cat, err := locale.Load(ui.Words, forms.Words)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want := string(raw(t, name)); got != want {
		t.Errorf("%s differs; run with -update and read the change\n%s", name, got)
	}
}

func render(t *testing.T, lang locale.Lang, s forms.Shown) string {
	t.Helper()
	r, err := forms.NewRenderer(catalogue(t))
	if err != nil {
		t.Fatal(err)
	}
	var html template.HTML
	if html, err = r.Step(lang, s); err != nil {
		t.Fatal(err)
	}
	return string(html)
}

func TestEveryControl(t *testing.T) {
	f := example(t, "every.json")
	typed := fields{post("line", "<b>typed</b>", "kind", "b", "permit", "12", "many", "m2", "day-day", "31")}
	typed.Add("permit", "forms.pattern", f.Field("permit").Title, f.Field("permit").PatternHint)
	typed.Add("day", "forms.date", f.Field("day").Title)
	shown := forms.Shown{
		Form: f, Step: f.Steps[0], Answers: forms.Answers{}, Typed: typed, Accept: ".pdf", Limits: "PDF, до 10 МБ",
		Files: map[string][]forms.File{"papers": {{ID: "0193b9a0-0000-7000-8000-000000000001", Name: "папір.pdf", Size: 2048}}},
	}
	golden(t, "every.uk.html", render(t, locale.UK, shown))
	golden(t, "every.en.html", render(t, locale.EN, shown))
}

func TestConditionsOnThePage(t *testing.T) {
	f := example(t, "every.json")
	html := render(t, locale.UK, forms.Shown{Form: f, Step: f.Steps[0], Answers: forms.Answers{}, Typed: fields{post()}})
	permit, second, third := strings.Index(html, `name="permit"`), strings.Index(html, `value="b"`), strings.Index(html, `value="c"`)
	if second < 0 || permit < second || third < permit {
		t.Error("a field that one choice reveals must stand under that choice")
	}
	if !strings.Contains(html, "Потрібно лише тим, хто на запитання «Вид» відповів «Перший» або «Другий»") {
		t.Error("a field that several choices ask for must say so in words")
	}
	if !strings.Contains(html, `<div data-portal-when="kind" data-portal-values="a|b">`) {
		t.Error("the script does not know when a field is asked that several choices ask for")
	}
}

func TestEveryProblemHasWordsInBothLanguages(t *testing.T) {
	cat, f := catalogue(t), example(t, "every.json")
	typed := fields{post("line", strings.Repeat("я", 41), "kind", "forged", "email", "x", "phone", "x", "amount", "x", "whole", "1.5")}
	f.Bind(f.Steps[0], typed, forms.Answers{}, noon)
	if len(typed.problems) < 6 {
		t.Fatalf("problems %v", typed.problems)
	}
	for _, lang := range locale.Langs {
		for _, p := range typed.problems {
			checkWords(t, cat.In(lang), p, f)
		}
	}
}

func checkWords(t *testing.T, p *locale.Printer, e fault.FieldError, f *forms.Form) {
	t.Helper()
	words := p.T(e.Key, e.Args...)
	label, _ := f.Field(e.Field).Title.In(p.Lang())
	ofFormat := strings.HasPrefix(e.Key, "forms.format.") // says itself what it is about
	if words == e.Key || !ofFormat && !strings.Contains(words, label) || strings.Contains(words, "{") {
		t.Errorf("%s in %s: %q does not name %q", e.Key, p.Lang(), words, label)
	}
}

func TestRowsAreTheAnswersInWords(t *testing.T) {
	f := example(t, "every.json")
	a, err := f.ParseAnswers([]byte(`{"line":"Вулиця","amount":1250.5,"whole":7,"day":"2024-03-05","kind":"b","permit":"123456","tick":true,
		"many":["m1","m2"],"papers":["0193b9a0-0000-7000-8000-000000000001"]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	var files []string
	for _, row := range f.Rows(a, catalogue(t).In(locale.UK)) {
		got[row.Label] = row.Text()
		files = append(files, row.Files...)
	}
	for label, want := range map[string]string{
		"Рядок": "Вулиця", "Кількість": "7", "День": "5 березня 2024 року", "Вид": "Другий", "Номер дозволу": "123456",
		"Погоджуюся": "Так", "Багато": "Один\nДва", "Розповідь": "", "Папери": "",
	} {
		if got[label] != want {
			t.Errorf("%s: %q, expected %q", label, got[label], want)
		}
	}
	if !strings.HasPrefix(got["Сума"], "1") || !strings.HasSuffix(got["Сума"], "грн") || len(files) != 1 {
		t.Errorf("Сума: %q, files %v", got["Сума"], files)
	}
}

func TestABoxLeftAloneSaysNo(t *testing.T) {
	f := example(t, "every.json")
	for _, row := range f.Rows(forms.Answers{}, catalogue(t).In(locale.UK)) {
		if row.Label == "Погоджуюся" && row.Text() != "Ні" {
			t.Errorf("a box that nobody ticked reads %q", row.Text())
		}
	}
}

func TestFormsCataloguesComplete(t *testing.T) {
	cat := catalogue(t)
	for _, key := range cat.Keys() {
		for _, lang := range locale.Langs {
			if strings.HasPrefix(key, "forms.") && !cat.In(lang).Has(key) {
				t.Errorf("%s is missing in %s", key, lang)
			}
		}
	}
}
