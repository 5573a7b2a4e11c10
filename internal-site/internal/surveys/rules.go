package surveys

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portal.example/shared/contract"
	"portal.example/shared/fault"
	"portal.example/shared/locale"
	"portal.example/shared/plain"
)

// Limits of what staff write, in characters.
const (
	MaxTitle = 200
	MaxAbout = 2000
	MaxAsked = 300 // a question, or an option
)

// Settings are a survey without its questions.
type Settings struct {
	Title, About locale.Text
	FirstDay     time.Time
	LastDay      *time.Time
	ResultsAfter bool
}

func lineOf(t locale.Text) locale.Text {
	return locale.Text{UK: plain.Line(t.UK), EN: plain.Line(t.EN)}
}

// Set puts the settings into the survey. Invalid names what is wrong as the form calls it.
func (s *Survey) Set(v Settings) error {
	s.Title, s.About = lineOf(v.Title), locale.Text{UK: plain.Lines(v.About.UK), EN: plain.Lines(v.About.EN)}
	s.FirstDay, s.LastDay, s.ResultsAfter = v.FirstDay, v.LastDay, v.ResultsAfter
	wrong := append(both("title", s.Title, MaxTitle), long("about", s.About, MaxAbout)...)
	if (s.About.UK == "") != (s.About.EN == "") {
		wrong = append(wrong, fault.FieldError{Field: "about." + missing(s.About), Key: "surveys.both_languages"})
	}
	switch {
	case s.FirstDay.IsZero():
		wrong = append(wrong, fault.FieldError{Field: "first", Key: "surveys.first_required"})
	case s.LastDay != nil && s.LastDay.Before(s.FirstDay):
		wrong = append(wrong, fault.FieldError{Field: "last", Key: "surveys.last_before"})
	}
	return fault.InvalidFields(wrong...)
}

func missing(t locale.Text) string {
	if t.UK == "" {
		return "uk"
	}
	return "en"
}

// both asks for a text in both languages.
func both(field string, t locale.Text, most int) (wrong []fault.FieldError) {
	for lang, text := range map[string]string{"uk": t.UK, "en": t.EN} {
		if text == "" {
			wrong = append(wrong, fault.FieldError{Field: field + "." + lang, Key: "surveys.both_languages"})
		}
	}
	slices.SortFunc(wrong, func(a, b fault.FieldError) int { return strings.Compare(b.Field, a.Field) }) // Ukrainian first
	return append(wrong, long(field, t, most)...)
}

func long(field string, t locale.Text, most int) (wrong []fault.FieldError) {
	if utf8.RuneCountInString(t.UK) > most {
		wrong = append(wrong, fault.FieldError{Field: field + ".uk", Key: "form.too_long", Args: []any{most}})
	}
	if utf8.RuneCountInString(t.EN) > most {
		wrong = append(wrong, fault.FieldError{Field: field + ".en", Key: "form.too_long", Args: []any{most}})
	}
	return wrong
}

// Asked is a question as the form has it: the options one a line, in the same order in both languages.
type Asked struct {
	Kind       string
	Text       locale.Text
	Required   bool
	Options    locale.Text
	LimitTyped string
}

// Put writes the question with the key, or adds it when the key is "".
func (s *Survey) Put(key string, a Asked) error {
	q := contract.SurveyQuestion{Key: key, Kind: a.Kind, Text: lineOf(a.Text), Required: a.Required}
	wrong := both("text", q.Text, MaxAsked)
	switch a.Kind {
	case contract.AskChoice:
		options, problems := optionsOf(a.Options)
		q.Options, wrong = options, append(wrong, problems...)
	case contract.AskText:
		limit, err := strconv.Atoi(a.LimitTyped)
		if err != nil || limit < 1 || limit > contract.MaxSurveyText {
			wrong = append(wrong, fault.FieldError{Field: "limit", Key: "surveys.limit_wrong", Args: []any{contract.MaxSurveyText}})
		}
		q.Limit = limit
	case contract.AskScale, contract.AskYesNo:
	default:
		wrong = append(wrong, fault.FieldError{Field: "kind", Key: "surveys.kind_required"})
	}
	if err := fault.InvalidFields(wrong...); err != nil {
		return err
	}
	if i := s.at(key); i >= 0 {
		s.Questions[i] = q
		return nil
	}
	if len(s.Questions) >= contract.MaxSurveyQuestions {
		return fault.New(fault.Conflict, "surveys.too_many")
	}
	s.keys++
	q.Key = "q" + strconv.Itoa(s.keys)
	s.Questions = append(s.Questions, q)
	return nil
}

func optionsOf(typed locale.Text) (options []contract.SurveyOption, wrong []fault.FieldError) {
	uk, en := lines(typed.UK), lines(typed.EN)
	switch {
	case len(uk) < 2 || len(uk) > contract.MaxSurveyOptions:
		return nil, []fault.FieldError{{Field: "options.uk", Key: "surveys.options_number", Args: []any{contract.MaxSurveyOptions}}}
	case len(en) != len(uk):
		return nil, []fault.FieldError{{Field: "options.en", Key: "surveys.options_same", Args: []any{len(uk)}}}
	}
	for i := range uk {
		text := locale.Text{UK: uk[i], EN: en[i]}
		if wrong = append(wrong, long("options", text, MaxAsked)...); len(wrong) > 0 {
			return nil, wrong
		}
		options = append(options, contract.SurveyOption{Key: "o" + strconv.Itoa(i+1), Text: text})
	}
	return options, nil
}

func lines(typed string) (out []string) {
	for line := range strings.SplitSeq(plain.Lines(typed), "\n") {
		if line = plain.Line(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func (s *Survey) at(key string) int {
	return slices.IndexFunc(s.Questions, func(q contract.SurveyQuestion) bool { return q.Key == key })
}

// Question is the one with the key; NotFound when there is none.
func (s *Survey) Question(key string) (contract.SurveyQuestion, error) {
	i := s.at(key)
	if i < 0 {
		return contract.SurveyQuestion{}, fault.New(fault.NotFound, "")
	}
	return s.Questions[i], nil
}

// Remove takes the question out.
func (s *Survey) Remove(key string) error {
	if _, err := s.Question(key); err != nil {
		return err
	}
	s.Questions = slices.DeleteFunc(s.Questions, func(q contract.SurveyQuestion) bool { return q.Key == key })
	return nil
}

// Raise puts the question before the one above it.
func (s *Survey) Raise(key string) error {
	i := s.at(key)
	if i < 0 {
		return fault.New(fault.NotFound, "")
	}
	if i > 0 {
		s.Questions[i-1], s.Questions[i] = s.Questions[i], s.Questions[i-1]
	}
	return nil
}

// Publish lets people answer. What they see changes no more.
func (s *Survey) Publish() error {
	if len(s.Questions) == 0 {
		return fault.New(fault.Conflict, "surveys.no_questions")
	}
	s.State = Published
	return nil
}

// Takes says whether the survey takes an answer on the day about a case that ended on the other.
func (s Survey) Takes(day, ended time.Time) bool {
	return s.State == Published && !day.Before(s.FirstDay) && (s.LastDay == nil || !day.After(*s.LastDay)) &&
		!day.After(ended.AddDate(0, 0, contract.RatingDays))
}

// hidden says whether results are shown to nobody yet.
func (s Survey) hidden() bool { return s.ResultsAfter && s.State != Closed }
