package decisions

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"portal.example/internal-site/internal/paper"
	"portal.example/shared/fault"
)

// wrongOf is the key of the mistake in a text, with what it names.
func wrongOf(t *testing.T, err error) (key string, args []any) {
	t.Helper()
	var e *fault.Error
	if !errors.As(err, &e) || len(e.Fields) != 1 {
		t.Fatalf("%v", err)
	}
	return e.Fields[0].Key, e.Fields[0].Args
}

func TestStandardTemplatesAreGood(t *testing.T) {
	for _, o := range Outcomes {
		if text := Standard(o); text == "" || check(o, text) != nil || tidy(text) != text {
			t.Errorf("%s: %v", o, check(o, text))
		}
	}
	for _, f := range Fields {
		if got, ok := fieldOf(f.Name()); !ok || got != f || strings.HasPrefix(f.Name(), "decisions.") {
			t.Errorf("the field %s is called %q, which is %q", f, f.Name(), got)
		}
	}
}

// Whoever saves a template is told which field there is not, with those that there are, and which one is lacking.
func TestTemplatesAreChecked(t *testing.T) {
	whole := Standard(Refused)
	for text, want := range map[string]string{
		whole + "\n{прізвище}":                      "decisions.field_unknown",
		whole + "\n{номер справи":                   "decisions.braces",
		whole + "\nномер справи}":                   "decisions.braces",
		whole + "\n{номер {дата рішення}}":          "decisions.braces",
		whole + "\n{{номер справи}}":                "decisions.braces",
		whole + "\n{}":                              "decisions.field_unknown",
		strings.ReplaceAll(whole, "{підстави}", ""): "decisions.field_missing",
		whole + strings.Repeat("\n{послуга}", 40):   "decisions.too_many_fields",
		whole + strings.Repeat("а", maxTemplate):    "form.too_long",
	} {
		if key, _ := wrongOf(t, check(Refused, text)); key != want {
			t.Errorf("%.20q…: %s, want %s", text[len(text)-20:], key, want)
		}
	}
	if key, args := wrongOf(t, check(Refused, whole+"{прізвище}")); len(args) != 2 || args[0] != "прізвище" || !strings.Contains(args[1].(string), "заявник") {
		t.Errorf("%s %v", key, args)
	}
	for _, good := range []string{whole + "\n{Суб'єкт  надання} {ЗАЯВНИК}", ""} {
		if err := check(Refused, good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	if key, _ := wrongOf(t, check("perhaps", whole)); key != "decisions.outcome_required" {
		t.Error(key)
	}
}

func document(text string, values map[Field]string) Document {
	return Document{Number: "01-2026-000001", Title: TitleOf("01-2026-000001", time.Unix(0, 0)), Made: time.Unix(0, 0), Text: text, Values: values}
}

// A value is text and nothing else, whatever it looks like; lines without values are left out.
func TestLinesOfADocument(t *testing.T) {
	lines, err := document("# РІШЕННЯ {номер рішення}\n\n\nАдреса: {адреса}\n\nЗаявник: {заявник}, {адреса}\n{обґрунтування}\nКінець", map[Field]string{
		Number: "5", Applicant: "# {адреса}", Reasoning: "перше\n\n# друге {заявник}",
	}).Lines()
	if err != nil {
		t.Fatal(err)
	}
	want := []paper.Line{{Text: "РІШЕННЯ 5", Heading: true}, {}, {Text: "Заявник: # {адреса},"}, {Text: "перше"}, {}, {Text: "# друге {заявник}"}, {Text: "Кінець"}}
	if len(lines) != len(want) {
		t.Fatalf("%+v", lines)
	}
	for i := range want {
		if lines[i] != want[i] {
			t.Errorf("line %d: %+v, want %+v", i, lines[i], want[i])
		}
	}
}

// The longest that can be typed, in every field that the template may name, makes pages all the same.
func TestTheLongestDocument(t *testing.T) {
	values := map[Field]string{}
	for _, f := range Fields {
		values[f] = strings.Repeat("Їжак\u202eґанок ", 1000)
	}
	pages, err := document(Standard(Refused), values).Print()
	if err != nil || !strings.HasPrefix(string(pages), "%PDF-") {
		t.Fatal(err)
	}
	if pages, err := document(Standard(Granted), nil).Print(); err != nil || len(pages) == 0 {
		t.Errorf("without any value: %v", err)
	}
}

func TestASampleNamesTheFields(t *testing.T) {
	if _, err := Sample(Refused, "{прізвище}", time.Unix(0, 0)); err == nil {
		t.Error("of a template that is wrong there is a sample")
	}
	d, err := Sample(Granted, Standard(Granted), time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	lines, err := d.Lines()
	if err != nil || !slices.Contains(lines, paper.Line{Text: "Заявник: [заявник]"}) {
		t.Errorf("%v, %v", lines, err)
	}
}
