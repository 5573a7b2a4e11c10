package ui

import "html/template"

// ConfirmForm is the pattern for the page that stands before an act which cannot be taken back: it says what follows and
// for whom, asks for a reason where the record needs one, and ends with one button that names the act and a way back.
// It posts with the version of the record that the person saw, so that nothing is done to a record that has changed since.
//
//	{{confirmForm .Form (t "cases.confirm.close.warning") (t "cases.confirm.close.button")
//	  | saying (t "cases.confirm.close.applicant") | posting "/cases/1/act" | backTo "/cases/1" (t "cases.back") | showConfirm}}
type ConfirmForm struct {
	Action  string // where it posts; empty for the page's own address
	Version string
	Warning string
	Follows []string // what follows, a sentence each
	Fields  template.HTML
	Hidden  []Hidden
	Button  string // text of the button that does it
	Calm    bool   // nothing is lost: the button is not the red one
	Back    Button
}

// confirmForms are the constructor and the modifiers of ConfirmForm.
func confirmForms() template.FuncMap {
	return template.FuncMap{
		"confirmForm": func(form Fields, warning, button string) ConfirmForm {
			return ConfirmForm{Version: form.Value("version"), Warning: warning, Button: button}
		},
		"saying": func(args ...any) ConfirmForm {
			f := args[len(args)-1].(ConfirmForm)
			follows := append([]string{}, f.Follows...)
			for _, a := range args[:len(args)-1] {
				if s, _ := a.(string); s != "" {
					follows = append(follows, s)
				}
			}
			f.Follows = follows
			return f
		},
		"asking":  func(fields template.HTML, f ConfirmForm) ConfirmForm { f.Fields = fields; return f },
		"posting": func(action string, f ConfirmForm) ConfirmForm { f.Action = action; return f },
		"calmly":  func(f ConfirmForm) ConfirmForm { f.Calm = true; return f },
		"carrying": func(fields []Hidden, f ConfirmForm) ConfirmForm {
			f.Hidden = append(f.Hidden[:len(f.Hidden):len(f.Hidden)], fields...)
			return f
		},
		"sending": func(name, value string, f ConfirmForm) ConfirmForm {
			f.Hidden = append(f.Hidden[:len(f.Hidden):len(f.Hidden)], Hidden{Name: name, Value: value})
			return f
		},
		"backTo": func(href, text string, f ConfirmForm) ConfirmForm {
			f.Back = Button{Href: href, Content: Content{Text: text}, Classes: "govuk-button--secondary"}
			return f
		},
		// backBy leads back by the same form, for pages whose other fields hold text that must come along. The form then
		// holds "back", beside whatever it is sending.
		"backBy": func(text string, f ConfirmForm) ConfirmForm {
			f.Back = Button{Name: "back", Value: "yes", Content: Content{Text: text}, Classes: "govuk-button--secondary"}
			return f
		},
	}
}
