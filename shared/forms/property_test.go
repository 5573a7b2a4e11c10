package forms_test

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// TestWhatBindTakesValidates: whatever people post, the answers that Bind leaves without a problem are taken by
// Validate, as JSON and back, and by the derived JSON Schema, and binding their own words again changes nothing.
func TestWhatBindTakesValidates(t *testing.T) {
	f := example(t, "every.json")
	step := f.Steps[0]
	values := rapid.OneOf(
		rapid.SampledFrom([]string{
			"", "a", "b", "c", "x", "y", "m1", "m2", "true", "1", "7", "0", "007", "1,5", "-3", "1e9", "31", "12", "2024",
			"0671234567", "+380 67 123 45 67", "a@example.com", "123456", "3184710691", "UA213223130000026007233566001", " ", "Вулиця", "²",
		}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		p := fields{post()}
		for _, field := range step.Fields {
			for _, suffix := range []string{"", "-day", "-month", "-year"} {
				p.posted.Values[field.Name+suffix] = rapid.SliceOfN(values, 0, 2).Draw(t, field.Name+suffix)
			}
		}
		a := forms.Answers{}
		f.Bind(step, p, a, noon)
		if len(p.problems) > 0 {
			return
		}
		raw, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		back, err := f.ParseAnswers(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if err := f.Validate(back, noon); err != nil {
			t.Fatalf("%s was bound without a problem but does not validate: %v", raw, err)
		}
		again := fields{post()}
		f.Fill(step, back, again)
		f.Bind(step, again, back, noon)
		if second, err := json.Marshal(back); err != nil || string(second) != string(raw) {
			t.Fatalf("bound again\n%s\nbecame\n%s (%v)", raw, second, err)
		}
	})
}

// TestValidateNeverPanicsAndNamesFields: answers of any shape are judged, and a refusal is always Invalid.
func TestValidateNeverPanicsAndNamesFields(t *testing.T) {
	f := example(t, "every.json")
	names := []string{"line", "story", "amount", "whole", "day", "phone", "email", "kind", "permit", "either", "list", "tick", "many", "tax", "account", "papers"}
	rapid.Check(t, func(t *rapid.T) {
		a := forms.Answers{}
		for _, name := range names {
			if v := rapid.SampledFrom([]any{nil, "", "b", "2024-01-01", json.Number("5"), json.Number("x"), true, false, []string{}, []string{"m1"}, []string{"m1", "m1"}}).Draw(t, name); v != nil {
				a[name] = v
			}
		}
		if err := f.Validate(a, noon); err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v: %v", a, err)
		}
	})
}

func FuzzParse(fz *testing.F) {
	fz.Add(raw(fz, "every.json"))
	fz.Add(raw(fz, "extract.json"))
	fz.Fuzz(func(t *testing.T, schema []byte) {
		f, err := forms.Parse(schema)
		if err != nil {
			return
		}
		for _, s := range f.Steps {
			f.Bind(s, fields{post()}, forms.Answers{}, noon)
		}
		if err := f.Validate(forms.Answers{}, noon); err != nil && strings.Contains(err.Error(), "derived schema") {
			t.Fatalf("own checks let through what the schema refuses: %v", err)
		}
	})
}
