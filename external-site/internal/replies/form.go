package replies

import (
	_ "embed" // the words of the form
	"encoding/json"
	"fmt"
	"maps"
	"strconv"

	"portal.example/shared/contract"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// The fields of every reply. What staff ask for stands before them, under the names of the service's form.
const (
	textField  = "reply_text"
	filesField = "reply_files"
	// documentField and a number from 1 are the files of a document that is asked for.
	documentField = "reply_document_"
)

// How many files a field takes. All together are bounded by the contract.
const (
	filesOfDocument = 3
	otherFiles      = 5
)

// Form is the page of the reply as a form: the fields to correct, a few words, and a place for each paper.
func (a About) Form() (*forms.Form, error) { return a.form(true) }

// accepted is the form by which a reply is checked. Whoever has only a part of what is asked may send that part.
func (a About) accepted() (*forms.Form, error) { return a.form(false) }

// form says of what is asked for, fields and documents, whether it has to be there.
func (a About) form(whole bool) (*forms.Form, error) {
	fields, properties := []string{}, map[string]any{}
	if a.Asked != nil && len(a.Asked.Form) > 0 && a.Purpose == contract.ReplyAnswers {
		names, asked, err := fieldsOf(a.Asked.Form)
		if err != nil {
			return nil, err
		}
		fields = append(fields, names...)
		maps.Copy(properties, asked)
	}
	required := []string{}
	if whole {
		required = append(required, fields...)
	}
	fields = append(fields, textField)
	properties[textField] = textarea(words[a.Purpose])
	if a.Purpose == contract.ReplyAnswers {
		for i, d := range a.documents() {
			name := documentField + strconv.Itoa(i+1)
			fields, properties[name] = append(fields, name), fileField(d.Name, d.ID, filesOfDocument)
			if whole {
				required = append(required, name)
			}
		}
		fields, properties[filesField] = append(fields, filesField), fileField(words["files"].Title, contract.ReplyFiles, otherFiles)
	}
	raw, err := json.Marshal(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "additionalProperties": false,
		"properties": properties, "required": required,
		"x-steps": []any{map[string]any{"id": "reply", "title": words["step"].Title, "fields": fields}},
	})
	if err != nil {
		return nil, fmt.Errorf("form of a reply: %w", err)
	}
	return forms.ParsePortal(raw)
}

func (a About) documents() []contract.AskedDocument {
	if a.Asked == nil {
		return nil
	}
	return a.Asked.Documents
}

// fieldsOf reads the fields that are to be corrected, in their order.
func fieldsOf(form json.RawMessage) (names []string, properties map[string]any, err error) {
	parsed, err := forms.Parse(form)
	if err != nil {
		return nil, nil, fmt.Errorf("form of what is asked: %w", err)
	}
	var whole struct {
		Properties map[string]any `json:"properties"`
	}
	if err := json.Unmarshal(form, &whole); err != nil {
		return nil, nil, fmt.Errorf("form of what is asked: %w", err)
	}
	for _, step := range parsed.Steps {
		for _, f := range step.Fields {
			names = append(names, f.Name)
		}
	}
	return names, whole.Properties, nil
}

// wording is how something is asked for.
type wording struct {
	Title locale.Text `json:"title"`
	Hint  locale.Text `json:"hint"`
}

//go:embed words.json
var wordsFile []byte

// words are those of the form: of its step, of a few words by what the reply is for, and of files that nobody named.
var words = func() (w map[string]wording) {
	if err := json.Unmarshal(wordsFile, &w); err != nil {
		panic("words of a reply: " + err.Error())
	}
	return w
}()

func textarea(a wording) map[string]any {
	return map[string]any{"type": "string", "maxLength": contract.MaxReplyText, "x-widget": "textarea", "x-title": a.Title, "x-hint": a.Hint}
}

func fileField(title locale.Text, document string, most int) map[string]any {
	if title.EN == "" { // names of documents in cards may have one language
		title.EN = title.UK
	}
	return map[string]any{
		"type": "array", "items": map[string]any{"type": "string", "format": "uuid"}, "maxItems": most, "x-widget": "file",
		"x-document": document, "x-title": title,
	}
}
