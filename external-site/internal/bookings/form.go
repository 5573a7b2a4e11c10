package bookings

import (
	_ "embed" // the words of the form
	"encoding/json"
	"fmt"
	"time"

	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// The fields of the form.
const (
	atField      = "at"
	secondField  = "second"
	nameField    = "name"
	emailField   = "email"
	phoneField   = "phone"
	consentField = "consent"
)

// wording is how something is asked for.
type wording struct {
	Title locale.Text `json:"title"`
	Hint  locale.Text `json:"hint"`
}

//go:embed words.json
var wordsFile []byte

// words are those of the form, by field; «step» is the form's own title.
var words = func() (w map[string]wording) {
	if err := json.Unmarshal(wordsFile, &w); err != nil {
		panic("words of a booking: " + err.Error())
	}
	return w
}()

type schema = map[string]any

// form is the page of a day: its free times, how to address and reach whoever books, and their consent. While the inside cannot be asked,
// it asks for a second time as well.
func (o Offer) form(day time.Time) (*forms.Form, error) {
	properties := schema{
		atField:      timeField(words[atField], o.On(day), false),
		nameField:    text("text", words[nameField], contract.MaxBookingName, "x-autocomplete", "name"),
		emailField:   text("email", words[emailField], contract.MaxBookingEmail, "format", "email"),
		phoneField:   text("phone", words[phoneField], 30, "format", "phone"),
		consentField: schema{"type": "string", "enum": []string{"yes"}, "x-widget": "radios", "x-title": words[consentField].Title, "x-hint": words[consentField].Hint, "x-labels": schema{"yes": words["yes"].Title}},
	}
	fields := []string{atField}
	if o.Spare && len(o.other(day)) > 0 {
		fields, properties[secondField] = append(fields, secondField), timeField(words[secondField], o.other(day), true)
	}
	raw, err := json.Marshal(schema{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"properties": properties, "required": []string{atField, nameField, consentField},
		"x-steps": []schema{{"id": "booking", "title": words["step"].Title, "fields": append(fields, nameField, emailField, phoneField, consentField)}},
	})
	if err != nil {
		return nil, fmt.Errorf("form of a booking: %w", err)
	}
	return forms.ParsePortal(raw)
}

func text(widget string, w wording, most int, key, value string) schema {
	s := schema{"type": "string", "maxLength": most, "x-widget": widget, "x-title": w.Title, key: value}
	if !w.Hint.IsZero() {
		s["x-hint"] = w.Hint
	}
	return s
}

// fewTimes are shown as buttons; more are chosen from a list.
const fewTimes = 10

// timeField chooses one of the times, with their dates when dated.
func timeField(w wording, times []time.Time, dated bool) schema {
	values, labels, widget := []string{}, schema{}, "radios"
	for _, at := range times {
		value, local := at.UTC().Format(time.RFC3339), at.In(locale.Kyiv())
		label := local.Format("15:04")
		if dated {
			label = local.Format("02.01.2006, 15:04")
		}
		values, labels[value] = append(values, value), locale.Text{UK: label, EN: label}
	}
	if len(times) > fewTimes {
		widget = "select"
	}
	if len(values) == 0 { // the day is full: the page says so, and nothing can be chosen
		values, labels = []string{"none"}, schema{"none": locale.Text{UK: "–", EN: "–"}}
	}
	s := schema{"type": "string", "enum": values, "x-widget": widget, "x-title": w.Title, "x-labels": labels}
	if !w.Hint.IsZero() {
		s["x-hint"] = w.Hint
	}
	return s
}
