package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portal.example/shared/fault"
	"portal.example/shared/plain"
)

// maxFields is more than any form of ours has: an information card with long lists comes near a thousand.
const maxFields = 2500

// mostFields is how many are read of a form that has too many, to show it again.
const mostFields = 10_000

// Form is what was typed into a form and what is wrong with it. Templates read it through ui.Fields, so
// a form that failed shows again what was typed.
type Form struct {
	values    url.Values
	problems  []fault.FieldError
	rehearsed bool   // nothing is wrong, and yet the form is to be shown again
	unasked   bool   // nobody has asked yet what is wrong, so that the page does not say it
	asked     string // the one field of an unasked form of which the page does
}

// JudgedField is a hidden field of forms whose reader has been told what is wrong with them: buttons that only show such a
// form again go on telling.
const JudgedField = "judged"

// ParseForm reads the body of a POST. More than 1 MiB is TooLarge.
func ParseForm(c *gin.Context) (*Form, error) {
	if err := c.Request.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, fault.Wrap(fault.TooLarge, err, "")
		}
		return nil, fault.Wrap(fault.Invalid, err, "")
	}
	form, err := newForm(c.Request.PostForm)
	if err == nil {
		SetTyped(c, form)
	}
	return form, err
}

// QueryForm reads a form that is sent with GET: search and filters.
func QueryForm(c *gin.Context) (*Form, error) { return newForm(c.Request.URL.Query()) }

// NewForm makes a form that shows values; FormOf makes one out of a struct.
func NewForm(values url.Values) *Form {
	if values == nil {
		values = url.Values{}
	}
	return &Form{values: values}
}

func newForm(values url.Values) (*Form, error) {
	n := 0
	for name, vs := range values {
		n += len(vs)
		for i, v := range vs {
			if !isText(v) || !isText(name) {
				return nil, fault.New(fault.Invalid, "")
			}
			vs[i] = readable(name, v)
		}
	}
	if n > maxFields {
		return nil, fault.New(fault.TooLarge, "")
	}
	return &Form{values: values}, nil
}

// isText says whether PostgreSQL takes s as text.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// readable is what was typed into the field without characters that nobody sees. A direction mark would turn around what
// colleagues and citizens read. Passwords stay as they are.
func readable(field, typed string) string {
	if slices.Contains(secrets, field) {
		return typed
	}
	return plain.Visible(typed)
}

// Value is what was typed into the field, without spaces around it.
func (f *Form) Value(name string) string { return strings.TrimSpace(f.values.Get(name)) }

// Values is everything that was chosen in the field.
func (f *Form) Values(name string) []string { return f.values[name] }

// Names are the names of all fields that were sent, sorted.
func (f *Form) Names() []string { return slices.Sorted(maps.Keys(f.values)) }

// Set changes what the field shows.
func (f *Form) Set(name string, values ...string) { f.values[name] = values }

// Has says whether the field was sent at all, as buttons are.
func (f *Form) Has(name string) bool { return f.values.Has(name) }

// Add says that something is wrong with the field ("" for the whole form). Only the first problem of a field is kept, and
// each problem of the whole form once.
func (f *Form) Add(field, key string, args ...any) {
	said := func(p fault.FieldError) bool { return p.Field == field && (field != "" || p.Key == key) }
	if slices.ContainsFunc(f.problems, said) {
		return
	}
	f.problems = append(f.problems, fault.FieldError{Field: field, Key: key, Args: args})
}

// AddAnother is Add for a field that several things may be wrong with, such as each of its files.
func (f *Form) AddAnother(field, key string, args ...any) {
	f.problems = append(f.problems, fault.FieldError{Field: field, Key: key, Args: args})
}

// Check adds a problem unless ok.
func (f *Form) Check(ok bool, field, key string, args ...any) {
	if !ok {
		f.Add(field, key, args...)
	}
}

// Required adds a problem when nothing was typed or chosen; "" as the key is the general message.
func (f *Form) Required(field, key string) {
	if key == "" {
		key = "form.required"
	}
	f.Check(f.Value(field) != "", field, key)
}

// OneOf adds a problem when something else was chosen than what the page offers; nothing chosen is
// Required's business.
func (f *Form) OneOf(field string, offered ...string) {
	for _, v := range f.Values(field) {
		f.Check(v == "" || slices.Contains(offered, v), field, "form.choice")
	}
}

// MaxLen adds a problem when the text has more than n characters.
func (f *Form) MaxLen(field string, n int) {
	f.Check(utf8.RuneCountInString(f.Value(field)) <= n, field, "form.too_long", n)
}

// Take adds the field errors of an Invalid error from a domain and says whether there were any; another error is not the
// form's business. Where the request only asks to see the form again, there is nothing to add, and OK is false all the same.
func (f *Form) Take(err error) bool {
	var e *fault.Error
	if !errors.As(err, &e) || e.Kind != fault.Invalid || len(e.Fields) == 0 {
		return false
	}
	if fault.IsRehearsed(err) {
		f.rehearsed = true
		return true
	}
	for _, p := range e.Fields {
		f.Add(p.Field, p.Key, p.Args...)
	}
	return true
}

// OK says whether nothing is wrong so far, and what was asked for has not been undone.
func (f *Form) OK() bool { return len(f.problems) == 0 && !f.rehearsed }

// Wrong lists everything that is wrong, whether it is to be shown or not.
func (f *Form) Wrong() []fault.FieldError { return f.problems }

// Errors lists what to show as wrong, in the summary at the top of the page.
func (f *Form) Errors() (shown []fault.FieldError) {
	if !f.unasked {
		return f.problems
	}
	for _, p := range f.problems {
		if f.asked != "" && p.Field == f.asked {
			shown = append(shown, p)
		}
	}
	return shown
}

// Unask keeps mistakes from being shown, but those of the field that the request was about, if any. Whoever has not sent
// the form to be done has not asked yet.
func (f *Form) Unask(but string) { f.unasked, f.asked = true, but }

// Judged says whether the reader is told what is wrong with the form, now or since an earlier answer.
func (f *Form) Judged() bool {
	return !f.unasked && (len(f.problems) > 0 || f.Value(JudgedField) != "")
}

// Problem is what to show as wrong with one field.
func (f *Form) Problem(name string) (fault.FieldError, bool) {
	if all := f.Problems(name); len(all) > 0 {
		return all[0], true
	}
	return fault.FieldError{}, false
}

// Problems is everything to show as wrong with one field.
func (f *Form) Problems(name string) (out []fault.FieldError) {
	for _, p := range f.Errors() {
		if p.Field == name {
			out = append(out, p)
		}
	}
	return out
}

// All is everything that was sent, for pages that carry a form along. Do not change it.
func (f *Form) All() url.Values { return f.values }
