package submission

import (
	"fmt"
	"maps"
	"time"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// Typed is what stands on a page but is no answer yet: it was wrong, or nobody has sent the page so far. It is kept as
// it was typed, so that going back, reloading and switching the language lose nothing.
type Typed struct {
	Values map[string][]string `json:"values"`
	// Sent says that the page was sent, so that it says what is wrong when it is shown again.
	Sent bool `json:"sent,omitempty"`
	// Refused are the files that did not become part of the draft when they were sent, each with the reason.
	Refused []Refusal `json:"refused,omitempty"`
}

// Refusal is a problem as it can be kept.
type Refusal struct {
	Field string   `json:"field"`
	Key   string   `json:"key"`
	Args  []string `json:"args"`
}

// Error is the problem as pages show it.
func (r Refusal) Error() fault.FieldError {
	args := make([]any, len(r.Args))
	for i, a := range r.Args {
		args[i] = a
	}
	return fault.FieldError{Field: r.Field, Key: r.Key, Args: args}
}

// Posted is a page as it was sent: a form that can be kept.
type Posted interface {
	forms.Posted
	AddAnother(field, key string, args ...any)
	Errors() []fault.FieldError
}

// maxTyped bounds what is kept of one page besides its answers, in bytes. No page with honest answers comes near.
const maxTyped = 60_000

// Sheet is one page of a form, with the answers that it reads.
type Sheet struct {
	Form    *forms.Form
	Step    forms.Step
	Answers forms.Answers
}

// Take reads what was sent of the page. When nothing is wrong it returns the answers; otherwise post says what is wrong,
// and what was typed is returned, to be kept.
func (s Sheet) Take(post Posted, now time.Time) (forms.Answers, *Typed) {
	before := len(post.Errors())
	answers := s.Bind(post, now)
	refused := post.Errors()[:before]
	if len(post.Errors()) == 0 {
		return answers, nil
	}
	return nil, &Typed{Values: s.Values(post), Sent: true, Refused: Refusals(refused)}
}

// Refusals are problems as they can be kept; never nil.
func Refusals(problems []fault.FieldError) []Refusal {
	refused := []Refusal{}
	for _, e := range problems {
		r := Refusal{Field: e.Field, Key: e.Key}
		for _, a := range e.Args {
			r.Args = append(r.Args, fmt.Sprint(a))
		}
		refused = append(refused, r)
	}
	return refused
}

// Bind reads the page into a copy of its answers, which it returns, and adds what is wrong to post.
func (s Sheet) Bind(post Posted, now time.Time) forms.Answers {
	answers := maps.Clone(s.Answers)
	s.Form.Bind(s.Step, post, answers, now)
	for _, e := range s.Form.CheckStep(s.Step, answers, now) { // what is missing among the files, which arrive by themselves
		if field := s.Form.Field(e.Field); field != nil && field.Widget == forms.WidgetFile {
			post.Add(e.Field, e.Key, e.Args...)
		}
	}
	return answers
}

// Values are what was typed into the fields of the page, nil when there is nothing or too much.
func (s Sheet) Values(post forms.Posted) map[string][]string {
	out, size := map[string][]string{}, 0
	for _, f := range s.Step.Fields {
		for _, name := range f.Inputs() {
			for _, v := range post.Values(name) {
				if v != "" {
					out[name] = append(out[name], v)
					size += len(name) + len(v)
				}
			}
		}
	}
	if size > maxTyped {
		return nil
	}
	return out
}

// Show puts what was typed last into post, with what became of its files, and with what is wrong about it once it was sent.
func (s Sheet) Show(t Typed, post Posted, now time.Time) {
	for name, values := range t.Values {
		post.Set(name, values...)
	}
	for _, r := range t.Refused {
		e := r.Error()
		post.AddAnother(e.Field, e.Key, e.Args...)
	}
	if t.Sent {
		s.Bind(post, now)
	}
}
