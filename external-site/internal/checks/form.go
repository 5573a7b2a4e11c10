package checks

import (
	"cmp"
	_ "embed" // the words of the form
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"portal.example/external-site/internal/org"
	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// The fields of the form.
const (
	centreField = "centre" // only where there is a choice
	otherField  = "other"  // papers that answer to no document of the list
	noteField   = "note"
	nameField   = "name"
	emailField  = "email"
	phoneField  = "phone"
	// documentField and a number from 1 are the files of a document of the list.
	documentField = "document_"
)

// How many files a field takes. All together are bounded by the contract.
const (
	filesOfDocument = 3
	otherFiles      = 5
)

// manyCentres are chosen from a list instead of buttons.
const manyCentres = 10

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
		panic("words of a check: " + err.Error())
	}
	return w
}()

type schema = map[string]any

// Form is the page: the centre, how to reach whoever sends the papers, and a place for each document of the list. No document has to be
// there: somebody may want to know of one paper only.
func (o Offer) Form() (*forms.Form, error) {
	properties := schema{
		otherField: fileField(words[otherField].Title, locale.Text{}, contract.CheckFiles, otherFiles),
		noteField:  text("textarea", words[noteField], contract.MaxCheckNote),
		nameField:  with(text("text", words[nameField], 200), "x-autocomplete", "name"),
		emailField: with(text("email", words[emailField], 254), "format", "email"),
		phoneField: with(text("phone", words[phoneField], 30), "format", "phone"),
	}
	var fields []string
	required := []string{nameField}
	if len(o.Centres) > 1 {
		fields, required = append(fields, centreField), append(required, centreField)
		properties[centreField] = centreChoice(o.Centres)
	}
	fields = append(fields, nameField, emailField, phoneField, noteField) // files are the last on their page
	for i, d := range o.Documents {
		name := documentField + strconv.Itoa(i+1)
		fields, properties[name] = append(fields, name), fileField(d.Name, d.Note, d.ID, filesOfDocument)
	}
	raw, err := json.Marshal(schema{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"properties": properties, "required": required, "x-any-of": [][]string{{emailField, phoneField}},
		"x-steps": []schema{{"id": "check", "title": words["step"].Title, "fields": append(fields, otherField)}},
	})
	if err != nil {
		return nil, fmt.Errorf("form of a check: %w", err)
	}
	return forms.ParsePortal(raw)
}

func text(widget string, w wording, most int) schema {
	s := schema{"type": "string", "maxLength": most, "x-widget": widget, "x-title": w.Title}
	if !w.Hint.IsZero() {
		s["x-hint"] = w.Hint
	}
	return s
}

func with(s schema, key string, value any) schema {
	s[key] = value
	return s
}

// fileField takes files. What cards say may be in one language.
func fileField(title, hint locale.Text, document string, most int) schema {
	s := schema{
		"type": "array", "items": schema{"type": "string", "format": "uuid"}, "maxItems": most, "x-widget": "file",
		"x-document": document, "x-title": inBoth(title),
	}
	if !hint.IsZero() {
		both := inBoth(hint) // what may be attached follows it as another sentence
		s["x-hint"] = locale.Text{UK: strings.TrimRight(both.UK, ". "), EN: strings.TrimRight(both.EN, ". ")}
	}
	return s
}

func inBoth(t locale.Text) locale.Text {
	return locale.Text{UK: cmp.Or(t.UK, t.EN), EN: cmp.Or(t.EN, t.UK)}
}

func centreChoice(centres []org.Centre) schema {
	values, labels, widget := []string{}, schema{}, "radios"
	for _, c := range centres {
		values = append(values, c.ID.String())
		labels[c.ID.String()] = named(c)
	}
	if len(centres) > manyCentres {
		widget = "select"
	}
	return schema{"type": "string", "enum": values, "x-widget": widget, "x-labels": labels, "x-title": words[centreField].Title}
}

// named is a centre as people choose it: its name and where it is.
func named(c org.Centre) locale.Text {
	in := func(lang locale.Lang) string {
		name, _ := c.Name.In(lang)
		if at, _ := c.Contacts.Address.In(lang); at != "" {
			return name + ", " + at
		}
		return name
	}
	return locale.Text{UK: in(locale.UK), EN: in(locale.EN)}
}

// documentOf is the document of the list that the field is for.
func (o Offer) documentOf(field string) (id string, ok bool) {
	number, found := strings.CutPrefix(field, documentField)
	n, err := strconv.Atoi(number)
	if !found || err != nil || n < 1 || n > len(o.Documents) {
		return "", false
	}
	return o.Documents[n-1].ID, true
}

// fieldOf is the field for files that answer to the document; those of a document that the list has no more are other papers.
func (o Offer) fieldOf(document string) string {
	for i, d := range o.Documents {
		if document != "" && d.ID == document {
			return documentField + strconv.Itoa(i+1)
		}
	}
	return otherField
}
