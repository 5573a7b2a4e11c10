package forms_test

import (
	"testing"

	"portal.example/shared/forms"
)

const choosing = `{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
	"required": ["work", "truth"],
	"properties": {
		"work": {"type": "string", "enum": ["new", "rebuild"], "x-widget": "radios", "x-title": {"uk": "Роботи", "en": "Works"},
			"x-labels": {"new": {"uk": "Нове", "en": "New"}, "rebuild": {"uk": "Реконструкція", "en": "Rebuilding"}}},
		"near": {"type": "array", "items": {"type": "string", "enum": ["road", "river"]}, "uniqueItems": true, "x-widget": "checkboxes",
			"x-title": {"uk": "Поруч", "en": "Near"}, "x-labels": {"road": {"uk": "дорога", "en": "a road"}, "river": {"uk": "річка", "en": "a river"}}},
		"listed": {"type": "boolean", "x-widget": "checkbox", "x-title": {"uk": "Пам’ятка", "en": "Listed"}, "x-when": {"field": "work", "in": ["rebuild"]}},
		"truth": {"type": "boolean", "const": true, "x-widget": "checkbox", "x-title": {"uk": "Правда", "en": "True"}}
	},
	"x-steps": [{"id": "a", "title": {"uk": "А", "en": "A"}, "fields": ["work", "near", "listed", "truth"]}]}`

func TestChoices(t *testing.T) {
	form, err := forms.Parse([]byte(choosing))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range form.Choices() {
		got = append(got, c.Field.Name+"="+c.Value+" "+c.Answer.UK)
	}
	want := []string{"work=new Нове", "work=rebuild Реконструкція", "near=road дорога", "near=river річка", "listed=true ", "listed=false "}
	if len(got) != len(want) {
		t.Fatalf("choices %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("choice %d is %q, want %q", i, got[i], want[i])
		}
	}
	if _, ok := form.Choice("truth", "true"); ok {
		t.Error("a tick that has to be set is a choice")
	}
}

func TestChosen(t *testing.T) {
	form, err := forms.Parse([]byte(choosing))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		answers, question, value string
		want                     bool
	}{
		{`{"work": "new"}`, "work", "new", true},
		{`{"work": "new"}`, "work", "rebuild", false},
		{`{}`, "work", "new", false},
		{`{"near": ["road", "river"]}`, "near", "river", true},
		{`{"near": ["road"]}`, "near", "river", false},
		{`{"work": "rebuild", "listed": true}`, "listed", "true", true},
		{`{"work": "rebuild"}`, "listed", "false", true},
		{`{"work": "rebuild", "listed": true}`, "listed", "false", false},
		{`{"work": "new"}`, "listed", "false", false}, // it was not asked
		{`{"work": "new", "listed": true}`, "listed", "true", false},
	} {
		answers, err := form.ParseAnswers([]byte(c.answers))
		if err != nil {
			t.Fatal(err)
		}
		if got := form.Chosen(answers, form.Field(c.question), c.value); got != c.want {
			t.Errorf("%s: %s=%s is %v", c.answers, c.question, c.value, got)
		}
	}
}
