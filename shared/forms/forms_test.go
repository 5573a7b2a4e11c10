package forms_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

var noon = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func example(t testing.TB, name string) *forms.Form {
	t.Helper()
	f, err := forms.Parse(raw(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func raw(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name)) //nolint:gosec // a file of this test
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// posted is a form as a site would give it.
type posted struct {
	url.Values
	problems map[string]fault.FieldError
}

func post(pairs ...string) posted {
	p := posted{url.Values{}, map[string]fault.FieldError{}}
	for i := 0; i < len(pairs); i += 2 {
		p.Values.Add(pairs[i], pairs[i+1])
	}
	return p
}

func (p posted) Value(name string) string          { return p.Get(name) }
func (p posted) Set(name string, values ...string) { p.Values[name] = values }
func (p posted) Add(field, key string, args ...any) {
	if _, twice := p.problems[field]; !twice {
		p.problems[field] = fault.FieldError{Field: field, Key: key, Args: args}
	}
}

func (p posted) Problem(name string) (fault.FieldError, bool) {
	e, ok := p.problems[name]
	return e, ok
}

// fields resolves the two methods that url.Values and ui.Fields name alike.
type fields struct{ posted }

func (f fields) Values(name string) []string { return f.posted.Values[name] }

func TestSlipsInTheSchemaAreNamed(t *testing.T) {
	good := string(raw(t, "extract.json"))
	for _, c := range []struct{ name, old, new, says string }{
		{"unknown key", `"x-minutes"`, `"x-minuts"`, "x-minuts"},
		{"unknown key of a field", `"x-width": 2`, `"x-widht": 2`, "x-widht"},
		{"unknown widget", `"x-widget": "date"`, `"x-widget": "calendar"`, `"registered_on": x-widget "calendar"`},
		{"field in no step", `"registered_on", "copies"]`, `"copies"]`, `"registered_on" stands in no step`},
		{"field in two", `["identity_document"]`, `["identity_document", "copies"]`, "twice"},
		{"field that is not there", `"registered_on", "copies"]`, `"registered_on", "copies", "x"]`, "not among the properties"},
		{"missing English", `"en": "How many copies you need"`, `"en": ""`, "x-title is missing"},
		{"label of no choice", `"other": {"uk"`, `"othr": {"uk"`, `choice "other"`},
		{"required with x-when", `"required": ["purpose",`, `"required": ["purpose_other",`, "x-required"},
		{"x-required without x-when", `"x-width": 2,`, `"x-required": true,`, "use required"},
		{"condition on a later field", `{"field": "purpose", "in"`, `{"field": "copies", "in"`, "no earlier field"},
		{"condition on no value", `"in": ["other"]`, `"in": ["others"]`, "no value of"},
		{"length missing", `"maxLength": 200, `, ``, "maxLength"},
		{"type of another widget", `"type": "integer"`, `"type": "string"`, "does not suit"},
		{"reserved step", `"id": "extract"`, `"id": "check"`, "taken"},
		{"minimum above maximum", `"minimum": 1`, `"minimum": 9`, "above"},
		{"date limit", `"x-before": "today"`, `"x-before": "tomorrow"`, "x-before"},
		{"open schema", `"additionalProperties": false`, `"additionalProperties": true`, "additionalProperties"},
		{"no document", `"x-document": "passport",`, ``, "x-document"},
		{"not JSON", `{`, `[`, "not a form"},
	} {
		if !strings.Contains(good, c.old) {
			t.Fatalf("%s: the example has no %s", c.name, c.old)
		}
		_, err := forms.Parse([]byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v; expected it to say %q", c.name, err, c.says)
		}
	}
	if _, err := forms.Parse([]byte(good + "{}")); err == nil {
		t.Error("a form followed by another was taken")
	}
}

func TestBindKeepsNormalFormsAndNamesWhatIsWrong(t *testing.T) {
	f := example(t, "every.json")
	step := f.Steps[0]
	good := post("line", "  Вулиця  ", "story", "Перший\nдругий", "amount", " 1 250,50 ", "whole", "007",
		"day-day", "5", "day-month", "3", "day-year", "2024", "phone", "067 123-45-67", "email", "a@example.com",
		"kind", "b", "list", "y", "tick", "true", "many", "m2", "many", "m1", "tax", "3184710691", "account", "ua21 3223 1300 0002 6007 2335 6600 1")
	a := forms.Answers{}
	f.Bind(step, fields{good}, a, noon)
	if len(good.problems) > 0 {
		t.Fatalf("problems: %v", good.problems)
	}
	got, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"account":"UA213223130000026007233566001","amount":1250.50,"day":"2024-03-05","email":"a@example.com","kind":"b",` +
		`"line":"Вулиця","list":"y","many":["m2","m1"],"phone":"+380671234567","story":"Перший\nдругий","tax":"3184710691","tick":true,"whole":7}`
	if string(got) != want {
		t.Errorf("answers\n%s\nexpected\n%s", got, want)
	}
	again, err := f.ParseAnswers(got)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Validate(again, noon); err != nil {
		t.Errorf("answers that were bound do not validate: %v", err)
	}
}

func TestBindSaysWhatIsWrong(t *testing.T) {
	f := example(t, "every.json")
	for _, c := range []struct{ field, typed, key string }{
		{"line", "", "forms.required"},
		{"line", strings.Repeat("я", 41), "forms.too_long"},
		{"line", "я", "forms.too_short"},
		{"amount", "багато", "forms.number"},
		{"amount", "0,1", "forms.minimum"},
		{"whole", "1,5", "forms.integer"},
		{"whole", "1000000", "forms.maximum"},
		{"phone", "12", "forms.format.phone"},
		{"email", "a@b", "forms.format.email"},
		{"kind", "", "forms.required_choice"},
		{"kind", "forged", "forms.required_choice"},
		{"tick", "", "forms.required_tick"},
		{"many", "forged", "forms.wrong"},
		{"tax", "3184710692", "ukr.tax_number.check"},
		{"account", "UA213223130000026007233566002", "ukr.iban.check"},
		{"permit", "12", "forms.pattern"},
	} {
		p := fields{post("kind", "c", c.field, c.typed)}
		p.posted.Values[c.field] = []string{c.typed}
		if c.field == "permit" {
			p.Set("kind", "b")
		}
		f.Bind(f.Steps[0], p, forms.Answers{}, noon)
		name := strings.Replace(c.field, "-month", "-day", 1) // the part that is missing
		if got := p.problems[name]; got.Key != c.key || len(got.Args) == 0 {
			t.Errorf("%s = %q: %q %v, expected %q with the label", c.field, c.typed, got.Key, got.Args, c.key)
		}
		if p.Value(c.field) != c.typed {
			t.Errorf("%s: what was typed became %q", c.field, p.Value(c.field))
		}
	}
}

func TestDatesHaveLimits(t *testing.T) {
	f := example(t, "every.json")              // day: from 2020-01-31 to today
	for date, want := range map[string]string{ // field and key
		"30 1 2020": "day forms.date_after", "31 1 2020": "", "22 11 2026": "", "23 11 2026": "day forms.date_before",
	} {
		if got := problemOfDate(f, strings.Fields(date)...); got != want {
			t.Errorf("%s: %q, expected %q", date, got, want)
		}
	}
}

// problemOfDate binds a date and returns the field of the problem with its key.
func problemOfDate(f *forms.Form, parts ...string) string {
	p := fields{post("day-day", parts[0], "day-month", parts[1], "day-year", parts[2])}
	f.Bind(f.Steps[0], p, forms.Answers{}, noon)
	for field, e := range p.problems {
		if strings.HasPrefix(field, "day") {
			return field + " " + e.Key
		}
	}
	return ""
}

// TestDatesSayWhichPartIsWrong: and take the months' names.
func TestDatesSayWhichPartIsWrong(t *testing.T) {
	f := example(t, "every.json")
	for typed, want := range map[[3]string]string{
		{"5", "жовтня", "2024"}: "", {"05", "Oct", " 2024 р."}: "", {"5", "ЖОВТ.", "2024"}: "", {"5.10.2024", "", ""}: "", {"2024-10-05", "", ""}: "",
		{"5 жовтня 2024 року", "", ""}: "", {"2024-02-30", "", ""}: "day-day forms.day_none", {"29", "2", "2024"}: "",
		{"29", "2", "2023"}: "day-day forms.day_none", {"32", "2", "2023"}: "day-day forms.day_wrong", {"x", "2", "2023"}: "day-day forms.day_wrong",
		{"5", "13", "2023"}: "day-month forms.month_wrong", {"5", "маю", "2023"}: "day-month forms.month_wrong",
		{"5", "2", "87"}: "day-year forms.year_short", {"5", "2", "20232"}: "day-year forms.year_wrong",
		{"", "2", "2023"}: "day-day forms.day_missing", {"5", "", "2023"}: "day-month forms.month_missing", {"5", "2", ""}: "day-year forms.year_missing",
	} {
		if got := problemOfDate(f, typed[:]...); got != want {
			t.Errorf("%v: %q, expected %q", typed, got, want)
		}
	}
}

// TestEveryCodeTakesTheSameSpellings: whatever stands between its characters, and letters of the other alphabet.
func TestEveryCodeTakesTheSameSpellings(t *testing.T) {
	f := example(t, "codes.json")
	for field, c := range map[string]struct{ kept, wrong string }{
		"tax": {"3184710691", "3184710692"}, "edrpou": {"14360570", "14360571"}, "plot": {"1234567890:98:123:9876", "12345"},
		"account": {"UA213223130000026007233566001", "UA213223130000026007233566002"}, "passport": {"КС 123456", "К 123456"},
		"foreign": {"AB1234567", "AB<1234567"}, "chip": {"804098100012345", "80409810001234"}, "post": {"33000", "3300"},
		"plate": {"ВК 1234 АА", "ВК 123 АА"}, "phone": {"+380671234567", "+380012345678"},
	} {
		for _, typed := range []string{
			c.kept, spaced(c.kept, " "), spaced(c.kept, "\u00a0"), spaced(c.kept, "-"), spaced(c.kept, "–"), "(" + c.kept + ")",
			strings.ToLower(c.kept), strings.NewReplacer("К", "K", "С", "C", "В", "B", "А", "A").Replace(c.kept), "\u200b" + c.kept,
		} {
			p, a := fields{post(field, typed)}, forms.Answers{}
			f.Bind(f.Steps[0], p, a, noon)
			if a[field] != c.kept || p.problems[field].Key != "" {
				t.Errorf("%s: %q became %v, %q", field, typed, a[field], p.problems[field].Key)
			}
		}
		p, a := fields{post(field, c.wrong)}, forms.Answers{}
		f.Bind(f.Steps[0], p, a, noon)
		if p.problems[field].Key == "" {
			t.Errorf("%s: %q was taken as %v", field, c.wrong, a[field])
		}
		if err := f.Validate(forms.Answers{field: spaced(c.kept, "-")}, noon); err == nil {
			t.Errorf("%s: another spelling than the one that is kept validates", field)
		}
	}
}

// spaced puts gap between every two characters.
func spaced(s, gap string) string {
	return strings.Join(strings.Split(strings.ReplaceAll(s, " ", ""), ""), gap)
}

// TestDateMayDependOnAnAnswer: a child may be older for an adoptive parent.
func TestDateMayDependOnAnAnswer(t *testing.T) {
	schema := strings.Replace(string(raw(t, "every.json")), `"x-before": "today", "x-widget": "date"`,
		`"x-before": "today", "x-limits": [{"field": "kind", "in": ["b"], "before": "today"}], "x-widget": "date"`, 1)
	late, err := forms.Parse([]byte(strings.Replace(schema, `"line", "story", "amount", "whole", "day", "phone", "email", "kind"`, `"line", "story", "amount", "whole", "phone", "email", "kind", "day"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for kind, key := range map[string]string{"a": "forms.date_after", "b": ""} {
		p := fields{post("kind", kind, "day-day", "1", "day-month", "1", "day-year", "2010")}
		a := forms.Answers{}
		late.Bind(late.Steps[0], p, a, noon)
		if p.problems["day"].Key != key {
			t.Errorf("kind %s: %q, expected %q", kind, p.problems["day"].Key, key)
		}
		if wrong := late.CheckStep(late.Steps[0], a, noon); key == "" && strings.Contains(fmt.Sprint(wrong), "date_after") {
			t.Errorf("kind %s is judged in another way later: %v", kind, wrong)
		}
	}
	if _, err := forms.Parse([]byte(schema)); err == nil || !strings.Contains(err.Error(), "x-limits") {
		t.Errorf("a limit by a later answer: %v", err)
	}
}

// TestOneOfTwoIsEnough: and one is needed, said at the first of them, with no word of «optional».
func TestOneOfTwoIsEnough(t *testing.T) {
	f, err := forms.Parse([]byte(strings.Replace(string(raw(t, "every.json")), `"x-steps"`, `"x-any-of": [["phone", "email"]], "x-steps"`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{"": "forms.any_of", "a@example.com": ""} {
		p, a := fields{post("email", typed)}, forms.Answers{}
		f.Bind(f.Steps[0], p, a, noon)
		if p.problems["phone"].Key != want {
			t.Errorf("e-mail %q: %q", typed, p.problems["phone"].Key)
		}
	}
	html := render(t, locale.UK, forms.Shown{Form: f, Step: f.Steps[0], Answers: forms.Answers{}, Typed: fields{post()}})
	if strings.Contains(html, "Телефон (необов’язково)") || !strings.Contains(html, "Досить телефону або електронної пошти") {
		t.Error("the page does not say that one of both is needed")
	}
}

// A single box that may stay empty says so by being one: «optional» beside a statement reads as if it might be ignored.
func TestABoxIsNotCalledOptional(t *testing.T) {
	may := strings.NewReplacer(`"const": true,`, "", `"kind", "tick"],`, `"kind"],`)
	f, err := forms.Parse([]byte(may.Replace(string(raw(t, "every.json")))))
	if err != nil {
		t.Fatal(err)
	}
	html := ""
	for _, step := range f.Steps {
		html += render(t, locale.UK, forms.Shown{Form: f, Step: step, Answers: forms.Answers{}, Typed: fields{post()}, All: true})
	}
	if !strings.Contains(html, "Погоджуюся") || strings.Contains(html, "Погоджуюся (") {
		t.Error("the box is called optional, or is not there")
	}
}

// TestFormAndCardAreCompared: whoever does what the form says must not be refused by the card.
func TestFormAndCardAreCompared(t *testing.T) {
	f := example(t, "extract.json") // asks everybody for the document "passport"
	named := func(id string, required, attached bool) forms.CardDocument {
		return forms.CardDocument{ID: id, Name: locale.Text{UK: id, EN: id}, Required: required, Attached: attached}
	}
	for name, c := range map[string]struct {
		documents []forms.CardDocument
		keys      string
	}{
		"agree":      {[]forms.CardDocument{named("passport", true, true), named("application", true, false), named("heir", false, true)}, ""},
		"not listed": {nil, "forms.card_unlisted"},
		"no place":   {[]forms.CardDocument{named("passport", true, true), named("bank", true, true)}, "forms.card_unasked"},
	} {
		if got := keysOf(problems(f.Disagreements(c.documents))); got != c.keys {
			t.Errorf("%s: %q, expected %q", name, got, c.keys)
		}
	}
	every := example(t, "every.json") // its papers are optional
	if got := keysOf(problems(every.Disagreements([]forms.CardDocument{named("papers", true, true)}))); got != "forms.card_optional" {
		t.Errorf("optional in the form: %q", got)
	}
}

func problems(list []forms.Disagreement) (errors []fault.FieldError) {
	for _, d := range list {
		errors = append(errors, d.Problem(""))
	}
	return errors
}

func keysOf(errors []fault.FieldError) string {
	keys := make([]string, len(errors))
	for i, e := range errors {
		keys[i] = e.Key
	}
	return strings.Join(keys, " ")
}

func TestWhatIsNotAskedIsDropped(t *testing.T) {
	f := example(t, "extract.json")
	a := forms.Answers{}
	f.Bind(f.Steps[0], fields{post("purpose", "other", "purpose_other", "Для себе", "persons", "me", "copies", "1")}, a, noon)
	if a["purpose_other"] != "Для себе" {
		t.Fatalf("answers %v", a)
	}
	f.Bind(f.Steps[0], fields{post("purpose", "court", "purpose_other", "Для себе", "persons", "me", "copies", "1")}, a, noon)
	if _, kept := a["purpose_other"]; kept {
		t.Fatalf("an answer to a question that is no longer asked stayed: %v", a)
	}
	a["identity_document"] = []string{"0193b9a0-0000-7000-8000-000000000001"}
	if err := f.Validate(a, noon); err != nil {
		t.Fatal(err)
	}
	a["purpose_other"] = "smuggled"
	if err := f.Validate(a, noon); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a smuggled answer: %v", err)
	}
}

func TestAnswersOfOtherShapesAreRefused(t *testing.T) {
	f := example(t, "every.json")
	for _, raw := range []string{`[]`, `{"line":{}}`, `{"line":null}`, `{"many":[1]}`, `{"x":"y"}`, `{}{}`, `{"line":`} {
		if a, err := f.ParseAnswers([]byte(raw)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s was read as %v: %v", raw, a, err)
		}
	}
	for _, raw := range []string{`{"line":true}`, `{"amount":"1"}`, `{"tick":"true"}`, `{"many":"m1"}`, `{"day":5}`, `{"kind":["a"]}`} {
		a, err := f.ParseAnswers([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Validate(a, noon); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s validates: %v", raw, err)
		}
	}
}

// Where documents are handed over on paper the form asks everything but for files.
func TestFormWithoutFiles(t *testing.T) {
	f, err := example(t, "extract.json").WithoutFiles()
	if err != nil {
		t.Fatal(err)
	}
	if _, kept := f.Step("documents"); kept || len(f.FileFields()) > 0 || f.Field("identity_document") != nil {
		t.Error("it asks for files")
	}
	right := forms.Answers{"purpose": "court", "persons": "me", "copies": json.Number("2")}
	if err := f.Validate(right, noon); err != nil {
		t.Errorf("%v", err)
	}
	delete(right, "copies")
	if err := f.Validate(right, noon); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a required answer: %v", err)
	}
}
