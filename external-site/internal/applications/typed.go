package applications

import (
	"fmt"
	"maps"
	"reflect"
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
	// Refused are the files that did not become part of the draft when the page was sent, each with the reason.
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

// Take reads what was sent of a page. When nothing is wrong it becomes the page's answers and the page counts as
// answered; otherwise the answers stay as they are, post says what is wrong, and what was typed is kept.
func (d *Draft) Take(p Page, post Posted, now time.Time) bool {
	before := len(post.Errors())
	answers := d.bind(p, post, now)
	refused := post.Errors()[:before]
	if len(post.Errors()) == 0 {
		d.answer(p, answers)
		return true
	}
	t := Typed{Values: d.values(p, post), Sent: true}
	for _, e := range refused {
		r := Refusal{Field: e.Field, Key: e.Key}
		for _, a := range e.Args {
			r.Args = append(r.Args, fmt.Sprint(a))
		}
		t.Refused = append(t.Refused, r)
	}
	d.Typed[p.key()] = t
	return false
}

// Keep takes what stands on a page that nobody has sent, and says whether there is anything to keep.
func (d *Draft) Keep(p Page, post Posted, now time.Time) bool {
	values, typed := d.values(p, post), d.Typed[p.key()]
	answers := d.bind(p, post, now)
	if len(post.Errors()) == 0 && d.Visited[p.key()] && reflect.DeepEqual(answers, d.AnswersOf(p)) {
		delete(d.Typed, p.key())
		return true
	}
	if len(values) == 0 && !d.Visited[p.key()] {
		return len(typed.Values) > 0
	}
	typed.Values = values
	d.Typed[p.key()] = typed
	return true
}

// bind reads a page into a copy of the answers that it changes, and adds what is wrong to post.
func (d *Draft) bind(p Page, post Posted, now time.Time) forms.Answers {
	answers := maps.Clone(d.AnswersOf(p))
	p.Form.Bind(p.Step, post, answers, now)
	for _, e := range p.Form.CheckStep(p.Step, answers, now) { // what is missing among the files, which arrive by themselves
		if field := p.Form.Field(e.Field); field != nil && field.Widget == forms.WidgetFile {
			post.Add(e.Field, e.Key, e.Args...)
		}
	}
	return answers
}

// answer makes answers those of the page, which counts as answered.
func (d *Draft) answer(p Page, answers forms.Answers) {
	if p.Portal {
		d.Portal = answers
	} else {
		d.Answers = answers
	}
	delete(d.Typed, p.key())
	d.Visit(p)
}

// Empty says whether nothing stands on the page besides answers.
func (d *Draft) Empty(p Page) bool {
	t := d.Typed[p.key()]
	return len(t.Values)+len(t.Refused) == 0
}

// values are what was typed into the fields of a page, nil when there is nothing or too much.
func (d *Draft) values(p Page, post forms.Posted) map[string][]string {
	out, size := map[string][]string{}, 0
	for _, f := range p.Fields {
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

// Show puts what the page holds into post: what was typed last, with what is wrong about it once it was sent, or else
// the answers, with what is wrong about them by now.
func (d *Draft) Show(p Page, post Posted, now time.Time) {
	typed, ok := d.Typed[p.key()]
	if !ok {
		p.Form.Fill(p.Step, d.AnswersOf(p), post)
		if d.Visited[p.key()] {
			for _, e := range d.Problems(p, now) {
				post.Add(e.Field, e.Key, e.Args...)
			}
		}
		return
	}
	for name, values := range typed.Values {
		post.Set(name, values...)
	}
	if !typed.Sent {
		return
	}
	for _, r := range typed.Refused {
		e := r.Error()
		post.AddAnother(e.Field, e.Key, e.Args...)
	}
	d.bind(p, post, now)
}
