package applications

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"portal.example/external-site/internal/catalogue"
	"portal.example/shared/fault"
	"portal.example/shared/forms"
	"portal.example/shared/locale"
)

// Saved is somebody for whom the owner of an account applies: answers to SavedForm.
type Saved struct{ Answers forms.Answers }

// savedUntil is the question until when a representative may act. No application asks it: their paper says so.
const savedUntil = "representative_until"

// SavedForm asks, of any kind of applicant, what the pages «who» and «how to reach you» of every application ask.
var SavedForm = sync.OnceValues(func() (*forms.Form, error) {
	words, err := questions()
	if err != nil {
		return nil, err
	}
	f, err := builder{words: words, saved: true}.build([]catalogue.Applicant{catalogue.Person, catalogue.Entrepreneur, catalogue.Entity}, nil)
	if err != nil {
		return nil, fmt.Errorf("form of applicants: %w", err)
	}
	return f, nil
})

// ReadSaved takes what is kept, as far as the form in force still asks for it.
func ReadSaved(raw json.RawMessage) (Saved, error) {
	f, err := SavedForm()
	if err != nil {
		return Saved{}, err
	}
	return Saved{readAnswers(f, raw)}, nil
}

// JSON is what an account keeps.
func (s Saved) JSON() (json.RawMessage, error) { return json.Marshal(s.Answers) }

// Kind is the kind of applicant: person, entrepreneur or entity.
func (s Saved) Kind() string { return s.text("kind") }

// Name is what the applicant is called: the body, or the person.
func (s Saved) Name() string {
	if entity := s.text("entity"); entity != "" {
		return entity
	}
	return strings.Join(strings.Fields(s.text("surname")+" "+s.text("given_name")+" "+s.text("patronymic")), " ")
}

// Representative is the name of who acts for the applicant; "" for nobody.
func (s Saved) Representative() string {
	return strings.Join(strings.Fields(s.text("representative_surname")+" "+s.text("representative_given_name")+" "+s.text("representative_patronymic")), " ")
}

// Until is the last day in Kyiv on which the representative may act; zero when that is not known or nobody acts.
func (s Saved) Until() time.Time {
	day, err := time.ParseInLocation(time.DateOnly, s.text(savedUntil), locale.Kyiv())
	if err != nil {
		return time.Time{}
	}
	return day
}

// Ended says whether the representative may no longer act on that day.
func (s Saved) Ended(today time.Time) bool {
	until := s.Until()
	return !until.IsZero() && today.Format(time.DateOnly) > until.Format(time.DateOnly)
}

// Repeats says whether other has all that s says; until when somebody may act, no application asks.
func (s Saved) Repeats(other Saved) bool {
	said := func(s Saved) forms.Answers {
		a := maps.Clone(s.Answers)
		delete(a, savedUntil)
		return a
	}
	return reflect.DeepEqual(said(s), said(other))
}

// Lasts is s with the day on which the authority ends that other knows of, where s knows none and the same person acts for the same applicant by the same paper.
func (s Saved) Lasts(other Saved) Saved {
	names := []string{
		"kind", "tax_number", "passport", "foreign_passport", "residence_permit", "edrpou",
		"representative_surname", "representative_given_name", "representative_patronymic", "representative_basis", "representative_document",
	}
	differ := func(name string) bool { return s.text(name) != other.text(name) }
	if s.Representative() == "" || !s.Until().IsZero() || other.Until().IsZero() || slices.ContainsFunc(names, differ) {
		return s
	}
	lasts := Saved{maps.Clone(s.Answers)}
	lasts.Answers[savedUntil] = other.text(savedUntil)
	return lasts
}

func (s Saved) text(name string) string { v, _ := s.Answers[name].(string); return v }

// Inputs are the answers as the pages of an application send them.
func (s Saved) Inputs() (url.Values, error) {
	f, err := SavedForm()
	if err != nil {
		return nil, err
	}
	post := &inputs{values: url.Values{}}
	for _, step := range f.Steps {
		step.Fields = slices.DeleteFunc(slices.Clone(step.Fields), func(field *forms.Field) bool { return field.Name == savedUntil })
		f.Fill(step, s.Answers, post)
	}
	return post.values, nil
}

// inputs is a page that nobody has sent.
type inputs struct {
	values url.Values
	wrong  []fault.FieldError
}

func (i *inputs) Value(name string) string          { return i.values.Get(name) }
func (i *inputs) Values(name string) []string       { return i.values[name] }
func (i *inputs) Set(name string, values ...string) { i.values[name] = values }
func (i *inputs) Errors() []fault.FieldError        { return i.wrong }
func (i *inputs) Add(field, key string, args ...any) {
	i.wrong = append(i.wrong, fault.FieldError{Field: field, Key: key, Args: args})
}
func (i *inputs) AddAnother(field, key string, args ...any) { i.Add(field, key, args...) }

// ToSave is the applicant of the draft as an account keeps them.
func (d *Draft) ToSave() (Saved, error) {
	f, err := SavedForm()
	if err != nil {
		return Saved{}, err
	}
	s := Saved{forms.Answers{}}
	for name, answer := range d.Portal {
		if f.Field(name) != nil {
			s.Answers[name] = answer
		}
	}
	s.Answers["kind"] = d.applicant().Kind
	f.Prune(s.Answers)
	return s, nil
}

// CanBe says whether the service is given to applicants of that kind.
func (s Service) CanBe(kind string) bool {
	return slices.Contains(s.Applicants, catalogue.Applicant(kind))
}

// Fill puts what is typed about an applicant on the portal's pages of the draft, in place of what stands there. The choice of a centre stays. Nothing
// counts as answered by it: whoever applies looks the pages over and sends them.
func (d *Draft) Fill(typed url.Values, now time.Time) {
	for _, p := range d.service.Pages(d) {
		if !p.Portal {
			continue
		}
		shown := &inputs{values: url.Values{}}
		d.Show(p, shown, now)
		put := &inputs{values: url.Values{}}
		for _, field := range p.Fields {
			for _, name := range field.Inputs() {
				if _, answered := typed[name]; field.Name == "centre" && !answered {
					put.Set(name, shown.values[name]...)
				} else {
					put.Set(name, typed[name]...)
				}
			}
		}
		d.Keep(p, put, nil, now)
	}
	d.Filled = true
}
