package ui

import "html/template"

// EditForm is the pattern for a form in which a record is changed: it posts to its own address, without the part after
// "#" that a link to a mistake or a button of a row has left there, so that the answer is shown from its top. It carries
// the version of the record that the page showed, so that a save that came too late is noticed, and ends with its
// buttons. The fields are a part of the page.
//
//	{{editForm .Form (part "services/part/fields" .) (t "services.save") | showForm}}
//
// The layout shows the summary of errors above the page's content.
type EditForm struct {
	Version string
	Base    string // what was saved when the form was opened, for the page of a conflict
	Judged  bool   // the page says what is wrong with the form, or one before it did
	Fields  template.HTML
	Save    string   // text of the button that saves
	Others  []Button // further ways to send the form
	Files   bool     // fields hold uploads, or the form is too long for another encoding
	Rows    bool     // fields hold buttons of their own: the Enter key must still save
	Sticky  bool     // the buttons stay in sight while a long form is scrolled
	Classes string
}

// editForms are the constructor and the modifiers of EditForm.
func editForms() template.FuncMap {
	return template.FuncMap{
		"editForm": func(form Fields, fields template.HTML, save string) EditForm {
			judged, ok := form.(interface{ Judged() bool })
			return EditForm{Version: form.Value("version"), Base: form.Value("base"), Judged: ok && judged.Judged(), Fields: fields, Save: save}
		},
		"withFiles": func(f EditForm) EditForm { f.Files = true; return f },
		"ofRows":    func(f EditForm) EditForm { f.Rows, f.Files, f.Sticky = true, true, true; return f },
		"orElse": func(do, text string, f EditForm) EditForm {
			f.Others = append(f.Others[:len(f.Others):len(f.Others)],
				Button{Content: Content{Text: text}, Name: "do", Value: do, Classes: "govuk-button--secondary"})
			return f
		},
	}
}
