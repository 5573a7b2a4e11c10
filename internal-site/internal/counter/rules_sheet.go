package counter

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"portal.example/shared/fault"
	"portal.example/shared/forms"
)

// AnswerPrefix begins the names of the application form's fields, which stand on one page with those of the counter.
const AnswerPrefix = "answer."

// Sheet is one version of a service's application form as it is filled in at the counter: it asks for no files, because the
// documents themselves are handed over and ticked on the card's list.
type Sheet struct {
	ID   uuid.UUID
	Form *forms.Form
}

// Typed is what stands in the fields of the application form, by their names without the prefix, right or wrong.
type Typed map[string][]string

// apply reads what the visitor applies for, and says what is wrong with the applicant and the answers.
func (c Content) apply(service Service, now time.Time) (forms.Answers, []fault.FieldError) {
	wrong := c.Who.Normal().Check(service.Applicants, now)
	if service.Sheet == nil {
		return forms.Answers{}, wrong
	}
	answers, unanswered := service.Sheet.Read(c.Answers, now)
	return answers, append(wrong, unanswered...)
}

// reading reads the fields of a form and collects what is wrong with them.
type reading struct {
	typed Typed
	wrong []fault.FieldError
}

var _ forms.Posted = (*reading)(nil)

func (r *reading) Value(name string) string {
	if v := r.typed[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (r *reading) Values(name string) []string       { return r.typed[name] }
func (r *reading) Set(name string, values ...string) { r.typed[name] = values }
func (r *reading) Add(field, key string, args ...any) {
	r.add(fault.FieldError{Field: field, Key: key, Args: args})
}

func (r *reading) add(e fault.FieldError) {
	if e.Field != "" {
		e.Field = AnswerPrefix + e.Field
	}
	r.wrong = append(r.wrong, e)
}

// Read turns what was typed into answers and says what is wrong with them, judged by the same code as an application that
// comes online.
func (s Sheet) Read(typed Typed, now time.Time) (forms.Answers, []fault.FieldError) {
	r, answers := &reading{typed: typed}, forms.Answers{}
	for _, step := range s.Form.Steps {
		s.Form.Bind(step, r, answers, now)
	}
	var invalid *fault.Error
	if err := s.Form.Validate(answers, now); len(r.wrong) == 0 && errors.As(err, &invalid) {
		for _, e := range invalid.Fields {
			r.add(e)
		}
		if len(r.wrong) == 0 {
			r.wrong = append(r.wrong, fault.FieldError{Field: "service", Key: invalid.Key})
		}
	}
	return answers, r.wrong
}

// Repeat fills the fields that are still empty with the answers of an earlier application, and says whether there were any.
// What has to be confirmed anew each time stays empty.
func (s Sheet) Repeat(typed Typed, earlier json.RawMessage) (Typed, bool) {
	kept, answers := &reading{typed: Typed{}}, s.known(earlier)
	for _, step := range s.Form.Steps {
		for _, field := range step.Fields {
			empty := !slices.ContainsFunc(field.Inputs(), func(name string) bool { return (&reading{typed: typed}).Value(name) != "" })
			if field.MustTick || !empty {
				delete(answers, field.Name)
			}
		}
		s.Form.Fill(step, answers, kept)
	}
	for name, values := range typed {
		if _, filled := kept.typed[name]; !filled {
			kept.typed[name] = values
		}
	}
	return kept.typed, len(answers) > 0
}

// known are the answers of an earlier application that this version of the form still asks for.
func (s Sheet) known(earlier json.RawMessage) forms.Answers {
	var raw map[string]json.RawMessage
	if json.Unmarshal(earlier, &raw) != nil {
		return forms.Answers{}
	}
	known := forms.Answers{}
	for name, value := range raw {
		one, err := json.Marshal(map[string]json.RawMessage{name: value})
		if err != nil {
			continue
		}
		if answer, err := s.Form.ParseAnswers(one); err == nil {
			known[name] = answer[name]
		}
	}
	s.Form.Prune(known)
	return known
}
