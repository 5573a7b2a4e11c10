package forms_test

import (
	"slices"
	"testing"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

const whole = `{
  "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
  "required": ["who"],
  "properties": {
    "who": {"type": "string", "enum": ["mother", "guardian"], "x-title": {"uk": "Хто", "en": "Who"}, "x-widget": "radios",
            "x-labels": {"mother": {"uk": "Мати", "en": "Mother"}, "guardian": {"uk": "Опікун", "en": "Guardian"}}},
    "order": {"type": "string", "maxLength": 40, "x-title": {"uk": "Рішення", "en": "Order"}, "x-widget": "text",
              "x-when": {"field": "who", "in": ["guardian"]}},
    "born": {"type": "string", "format": "date", "x-title": {"uk": "Народження", "en": "Birth"}, "x-widget": "date",
             "x-limits": [{"field": "who", "in": ["mother"], "after": "today-1y"}]},
    "papers": {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": 2,
               "x-title": {"uk": "Папери", "en": "Papers"}, "x-widget": "file", "x-document": "papers"}
  },
  "x-steps": [{"id": "one", "title": {"uk": "Раз", "en": "One"}, "fields": ["who", "order", "born", "papers"]}]
}`

// What is asked again has to be answered, whatever the answers beside it are, and nothing else can be.
func TestExcerptAsksForItsFieldsAlone(t *testing.T) {
	title := locale.Text{UK: "Виправте", EN: "Correct"}
	raw, err := forms.Excerpt([]byte(whole), title, "born", "order")
	if err != nil {
		t.Fatal(err)
	}
	form, err := forms.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range form.Steps[0].Fields {
		names = append(names, f.Name)
	}
	if !slices.Equal(names, []string{"order", "born"}) || form.Steps[0].Title != title {
		t.Errorf("fields %v under %v", names, form.Steps[0].Title)
	}
	now := time.Date(2026, 11, 18, 10, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		answers forms.Answers
		fits    bool
	}{
		"both":        {forms.Answers{"order": "№ 5", "born": "2019-03-01"}, true},
		"one missing": {forms.Answers{"order": "№ 5"}, false},
		"another":     {forms.Answers{"order": "№ 5", "born": "2019-03-01", "who": "mother"}, false},
		"no day":      {forms.Answers{"order": "№ 5", "born": "2019-02-31"}, false},
	} {
		if err := form.Validate(tt.answers, now); (err == nil) != tt.fits || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestExcerptOfWhatCannotBeCorrected(t *testing.T) {
	for _, names := range [][]string{{"papers"}, {"unknown"}, {"who", "who"}, {}} {
		if _, err := forms.Excerpt([]byte(whole), locale.Text{UK: "А", EN: "A"}, names...); err == nil {
			t.Errorf("an excerpt of %v", names)
		}
	}
}
