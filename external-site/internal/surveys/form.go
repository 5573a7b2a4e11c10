package surveys

import (
	_ "embed" // the words of the form
	"encoding/json"
	"fmt"

	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

//go:embed words.json
var wordsFile []byte

// words are those that are the same in every survey: of answers by their value, and of questions that are answered in own words.
var words = func() (w map[string]locale.Text) {
	if err := json.Unmarshal(wordsFile, &w); err != nil {
		panic("words of a survey: " + err.Error())
	}
	return w
}()

// Form is the page of the survey.
func (s Survey) Form() (*forms.Form, error) {
	properties, fields, required := map[string]any{}, []string{}, []string{}
	for _, q := range s.Questions {
		fields, properties[q.Key] = append(fields, q.Key), field(q)
		if q.Required {
			required = append(required, q.Key)
		}
	}
	raw, err := json.Marshal(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"properties": properties, "required": required, "x-steps": []any{map[string]any{"id": "survey", "title": s.Title, "fields": fields}},
	})
	if err != nil {
		return nil, fmt.Errorf("form of a survey: %w", err)
	}
	return forms.ParsePortal(raw)
}

func field(q contract.SurveyQuestion) map[string]any {
	if q.Kind == contract.AskText {
		return map[string]any{"type": "string", "maxLength": q.Limit, "x-widget": "textarea", "x-title": q.Text, "x-hint": words["free"]}
	}
	labels := map[string]any{}
	for _, value := range q.Values() {
		labels[value] = Label(q, value)
	}
	return map[string]any{"type": "string", "enum": q.Values(), "x-widget": "radios", "x-labels": labels, "x-title": q.Text}
}

// Label is an answer that can be counted, in words.
func Label(q contract.SurveyQuestion, value string) locale.Text {
	if q.Kind == contract.AskChoice {
		return q.Option(value)
	}
	if text, found := words[value]; found {
		return text
	}
	return locale.Text{UK: value, EN: value}
}
