package locale_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"portal.example/shared/locale"
)

func TestCataloguesComplete(t *testing.T) {
	in := locale.Inspection{
		All: locale.MustLoad(), Own: oneFS(os.DirFS("words")), Sources: []fs.FS{os.DirFS("."), os.DirFS("../ukr")},
	}
	for _, problem := range locale.Check(in) {
		t.Error(problem)
	}
}

func TestCheckFindsEveryKindOfFault(t *testing.T) {
	words := fstest.MapFS{
		"uk.yaml": {Data: []byte(`
a:
  fine: Добре
  only_uk: Лише тут
  args: "{0} з {1}"
  plural: {one: "{0} справа", few: "{0} справи", other: "{0} справи"}
  unused: Нікому
  state: {new: Нова, done: Готова}
  go: Для коду
  days: "Ще {1} робочих днів для {0}"
`)},
		"en.yaml": {Data: []byte(`
a:
  fine: Fine
  only_en: Only here
  args: "{0} of"
  plural: {one: "{0} case", other: "{0} cases"}
  unused: Nobody's
  state: {new: New, done: Done}
  go: For code
  days: "{1} working days more for {0}"
`)},
	}
	sources := fstest.MapFS{
		"page.gohtml": {Data: []byte(`{{define "x"}}{{if .Y}}{{t "a.fine"}}{{else}}{{t "a.gone"}}{{end}}` +
			`{{t "a.only_uk"}}{{t "a.only_en"}}{{range .L}}{{t "a.args" 1 2}}{{"a.plural" | t}}{{t (printf "a.state.%s" .)}}{{t "a.days" 1 2}}{{end}}` +
			`{{input .F "n" (t "a.nested")}}{{end}}`)},
		"code.go":      {Data: []byte("package x\nfunc f() { form.Check(true, \"a.field\", \"a.go\"); form.Add(\"f\", \"a.lost\"); x = \"a.column\" }")},
		"code_test.go": {Data: []byte("package x\nvar s = \"a.unused\"")},
	}
	all := locale.MustLoad(words)
	got := locale.Check(locale.Inspection{All: all, Own: oneFS(words), Sources: oneFS(sources)})
	want := []string{
		`a.args: placeholders {0} {1} in Ukrainian, {0} in English`,
		`a.days: "{1} working days" has no plural forms in English`,
		`a.days: "{1} робочих дні" has no plural forms in Ukrainian`,
		`a.gone: used in page.gohtml and in no catalogue`,
		`a.lost: used in code.go and in no catalogue`,
		`a.nested: used in page.gohtml and in no catalogue`,
		`a.only_en: missing in Ukrainian`,
		`a.only_en: used in page.gohtml and in no catalogue`,
		`a.only_uk: missing in English`,
		`a.plural: no plural form "many" in Ukrainian`,
		`a.unused: unused`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func oneFS(f fs.FS) []fs.FS { return []fs.FS{f} }
